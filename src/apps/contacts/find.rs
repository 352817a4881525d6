//! From a UID to the object that holds it.

use actors::nextcloud::{Etag, NextcloudClient, NextcloudError};

use super::api::{self, StoredCard};
use crate::mcp::{About, ToolError, ToolResult};
use crate::vcard::Card;

/// Longest UID, in bytes: it becomes a name in the address book.
const LONGEST_UID: usize = 240;

/// A contact as it is stored.
#[derive(Debug)]
pub struct Found {
    pub object: String,
    pub etag: Etag,
    pub card: Card,
}

/// The contact with this UID. Its object is `{uid}.vcf` when we or Nextcloud's own app made it; else it is searched
/// for.
pub async fn by_uid(nextcloud: &NextcloudClient, book: &str, uid: &str) -> ToolResult<Found> {
    let subject = subject(book, uid);
    let direct = match api::read(nextcloud, book, &object_name(uid)).await {
        Err(error) if is_missing(&error) => None,
        other => other.about_with(&subject, no_book)?,
    };
    if let Some(stored) = direct
        && let Some(found) = opened(&stored, uid)
    {
        return found.map_err(|reason| unreadable(&subject, reason));
    }
    let filter = api::any_of([
        api::matches("UID", uid, "equals"),
        api::matches("UID", &format!("urn:uuid:{uid}"), "equals"),
    ]);
    let candidates = api::query(nextcloud, book, filter, 10)
        .await
        .about_with(&subject, no_book)?;
    for candidate in candidates {
        let stored = api::read(nextcloud, book, &candidate.object).await.about(&subject)?;
        if let Some(found) = stored.and_then(|stored| opened(&stored, uid)) {
            return found.map_err(|reason| unreadable(&subject, reason));
        }
    }
    Err(ToolError::new(
        "not_found",
        format!(
            "not found — {subject}. No contact there has this UID: nc_contacts_search_contacts finds contacts by name."
        ),
    ))
}

/// How errors call a contact.
pub fn subject(book: &str, uid: &str) -> String {
    format!(
        "contact \"{}\" in address book \"{}\"",
        uid.escape_debug(),
        book.escape_debug()
    )
}

/// `{uid}.vcf`.
pub fn object_name(uid: &str) -> String {
    format!("{uid}.vcf")
}

/// Refuses what cannot be the name of an address book.
pub fn check_book(argument: &str, book: &str) -> ToolResult<()> {
    let usable = !book.is_empty()
        && book.len() <= LONGEST_UID
        && !matches!(book, "." | "..")
        && !book
            .chars()
            .any(|character| character.is_control() || matches!(character, '/' | '\\'));
    if usable {
        return Ok(());
    }
    Err(ToolError::invalid(format!(
        "argument `{argument}`: give the `uri` of an address book, such as contacts; nc_contacts_list_addressbooks lists \
         them"
    )))
}

/// Refuses what cannot be a UID and a name at once.
pub fn check_uid(uid: &str) -> ToolResult<()> {
    let usable = !uid.trim().is_empty()
        && uid.trim() == uid
        && uid.len() <= LONGEST_UID
        && !uid
            .chars()
            .any(|character| character.is_control() || matches!(character, '/' | '\\'));
    if usable {
        return Ok(());
    }
    Err(ToolError::invalid(format!(
        "argument `uid`: 1 to {LONGEST_UID} bytes without slashes, control characters and outer blanks"
    )))
}

/// Advice on a missing address book.
pub fn no_book(status: u16) -> Option<&'static str> {
    (status == 404).then_some("nc_contacts_list_addressbooks lists the address books there are.")
}

/// `None` when the card has another UID.
fn opened(stored: &StoredCard, uid: &str) -> Option<Result<Found, &'static str>> {
    let card = match Card::parse(&stored.text) {
        Ok(card) if card.is_faithful() => card,
        Ok(_) => return Some(Err("something follows its card, which a change would lose")),
        Err(_) => return Some(Err("it is no vCard of version 3.0 or 4.0")),
    };
    let own = card.first("UID").map(|(_, property)| property.text());
    let is_it = own.is_none_or(|own| own == uid || own.strip_prefix("urn:uuid:") == Some(uid));
    is_it.then(|| {
        let etag = stored.etag.clone().ok_or("it came without an etag")?;
        Ok(Found {
            object: stored.object.clone(),
            etag,
            card,
        })
    })
}

fn unreadable(subject: &str, reason: &str) -> ToolError {
    ToolError::new("unexpected_answer", format!("{subject} is left alone: {reason}"))
}

fn is_missing(error: &NextcloudError) -> bool {
    error
        .status()
        .is_some_and(|status| status == http::StatusCode::NOT_FOUND)
}
