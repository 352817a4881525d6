//! Searching contacts where Nextcloud searches: it gives only the cards that match. Phone numbers are written in too
//! many ways for that, so for digits it gives all cards with a number, and they are compared here.

use actors::nextcloud::NextcloudClient;
use futures_util::StreamExt;
use futures_util::stream;

use super::api::{self, any_of, has, matches};
use super::find::{check_book, no_book};
use super::model::{FailedBook, FoundContact, FoundContacts, SearchContacts};
use super::view;
use crate::mcp::{About, ToolError, ToolResult};
use crate::vcard::Card;

/// Most contacts that are given.
const MOST: u32 = 500;
/// Most cards that one address book is asked for when phone numbers are compared here.
const MOST_NUMBERS: usize = 5_000;
/// Address books searched at the same time.
const PARALLEL: usize = 4;
/// Fewest digits that are taken for a part of a phone number.
const FEWEST_DIGITS: usize = 3;
/// Longest query, in characters.
const LONGEST: usize = 200;
/// Where the words of a query are looked for.
const TEXTS: [&str; 5] = ["FN", "N", "NICKNAME", "EMAIL", "ORG"];

/// The contacts found in one address book, and whether there may be more.
type Found = (Vec<FoundContact>, bool);

pub async fn search(nextcloud: NextcloudClient, args: SearchContacts) -> ToolResult<FoundContacts> {
    let query = Query::new(&args.query)?;
    if !(1..=MOST).contains(&args.limit) {
        return Err(ToolError::invalid(format!("argument `limit`: give 1 to {MOST}")));
    }
    let limit = args.limit as usize;
    let named = args.addressbook.filter(|book| !book.is_empty());
    let books = if let Some(book) = &named {
        check_book("addressbook", book)?;
        vec![book.clone()]
    } else {
        let books = api::books(&nextcloud).await.about("the address books")?;
        books.into_iter().map(|book| book.uri).collect()
    };
    let results: Vec<(String, ToolResult<Found>)> = stream::iter(books)
        .map(|book| {
            let (nextcloud, query) = (&nextcloud, &query);
            async move {
                let found = search_book(nextcloud, &book, query, limit, args.include_photos).await;
                (book, found)
            }
        })
        .buffered(PARALLEL)
        .collect()
        .await;
    let (mut contacts, mut failed, mut truncated) = (Vec::new(), Vec::new(), false);
    for (addressbook, result) in results {
        match result {
            Ok((found, more)) => {
                contacts.extend(found);
                truncated |= more;
            }
            // One that was asked for by name is the answer; one of many is not.
            Err(error) if named.is_some() => return Err(error),
            Err(error) => failed.push(FailedBook {
                addressbook,
                error: error.to_string(),
            }),
        }
    }
    contacts.sort_by_cached_key(|found| {
        let name = found.contact.r#fn.to_lowercase();
        (name, found.addressbook.clone(), found.contact.resource_path.clone())
    });
    let total_count = contacts.len();
    truncated |= total_count > limit;
    contacts.truncate(limit);
    Ok(FoundContacts {
        contacts,
        total_count,
        truncated,
        failed,
    })
}

async fn search_book(
    nextcloud: &NextcloudClient,
    book: &str,
    query: &Query,
    limit: usize,
    include_photos: bool,
) -> ToolResult<Found> {
    let asked = if query.digits.is_some() {
        MOST_NUMBERS
    } else {
        limit + 1
    };
    let subject = format!("address book \"{}\"", book.escape_debug());
    let cards = api::query(nextcloud, book, query.filter(), asked)
        .await
        .about_with(subject, no_book)?;
    let more = cards.len() >= asked;
    let found = cards
        .into_iter()
        .filter_map(|stored| {
            let card = Card::parse(&stored.text).ok()?;
            query.is_in(&card).then(|| {
                let mut contact = view::contact(&card, &stored.object, stored.etag, include_photos);
                contact.url = view::link(nextcloud, book, &contact.uid);
                FoundContact {
                    addressbook: book.to_owned(),
                    contact,
                }
            })
        })
        .collect();
    Ok((found, more))
}

/// What is searched for.
pub(super) struct Query {
    text: String,
    /// The digits, when the query can be a part of a phone number.
    digits: Option<String>,
}

impl Query {
    pub(super) fn new(query: &str) -> ToolResult<Self> {
        let text = query.trim();
        if text.is_empty() || text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            return Err(ToolError::invalid(format!(
                "argument `query`: 1 to {LONGEST} characters without control characters"
            )));
        }
        let is_number = text.chars().all(|character| {
            character.is_ascii_digit() || matches!(character, '+' | '-' | ' ' | '(' | ')' | '/' | '.')
        });
        let digits = digits(text);
        // The zero of a number dialled within a country is not part of the same number with its country code.
        let digits = digits.trim_start_matches('0').to_owned();
        Ok(Self {
            text: text.to_owned(),
            digits: (is_number && digits.len() >= FEWEST_DIGITS).then_some(digits),
        })
    }

    fn filter(&self) -> crate::dav::Element {
        let texts = TEXTS.iter().map(|property| matches(property, &self.text, "contains"));
        any_of(texts.chain(self.digits.as_ref().map(|_| has("TEL"))))
    }

    /// The server found it by a text, or its number has the digits.
    pub(super) fn is_in(&self, card: &Card) -> bool {
        let Some(wanted) = &self.digits else { return true };
        let by_number = card
            .all("TEL")
            .any(|(_, phone)| digits(&view::plain_value(phone)).contains(wanted));
        let text = self.text.to_lowercase();
        let by_text = TEXTS
            .iter()
            .flat_map(|property| card.all(property))
            .any(|(_, property)| property.text().to_lowercase().contains(&text));
        by_number || by_text
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
