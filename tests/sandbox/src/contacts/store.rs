//! Everybody's address books.

use std::collections::{BTreeMap, HashMap};

use super::vcard;
use crate::dav::DavError;
use crate::hex;

/// The accounts of the server.
pub(super) const SYSTEM: &str = "z-server-generated--system";
/// Whom one has written to lately.
pub(super) const RECENT: &str = "z-app-generated--contactsinteraction--recent";

/// The address books of every user.
#[derive(Debug, Default)]
pub(crate) struct AddressBooks {
    homes: HashMap<String, BTreeMap<String, Book>>,
}

/// An address book.
#[derive(Debug, Clone)]
pub(super) struct Book {
    pub(super) display_name: String,
    pub(super) description: Option<String>,
    /// Counts the changes: the ctag, and the number of the sync token.
    pub(super) changes: u64,
    pub(super) cards: BTreeMap<String, Card>,
}

/// An object of an address book.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub(super) text: String,
    pub(super) mtime: u64,
}

impl Book {
    pub(super) fn new(display_name: &str, description: Option<String>) -> Self {
        Self {
            display_name: display_name.to_owned(),
            description,
            changes: 1,
            cards: BTreeMap::new(),
        }
    }

    /// The object, or 404.
    pub(super) fn card(&self, name: &str) -> Result<&Card, DavError> {
        self.cards
            .get(name)
            .ok_or_else(|| DavError::not_found("Card not found"))
    }

    /// Whether another object than `name` has this UID.
    pub(super) fn has_uid_elsewhere(&self, uid: &str, name: &str) -> bool {
        self.cards
            .iter()
            .any(|(other, card)| other != name && vcard::uid(&card.text).as_deref() == Some(uid))
    }

    pub(super) fn put(&mut self, name: &str, text: String, now: u64) {
        self.cards.insert(name.to_owned(), Card { text, mtime: now });
        self.changes += 1;
    }
}

impl Card {
    /// The ETag in quotes: a digest of what is stored, whichever version is given out.
    pub(super) fn etag(&self) -> String {
        format!("\"{}\"", hex::fingerprint(&self.text))
    }
}

impl AddressBooks {
    /// The address books of a user, who has one from the start.
    pub(super) fn of(&mut self, uid: &str) -> &mut BTreeMap<String, Book> {
        self.homes
            .entry(uid.to_owned())
            .or_insert_with(|| BTreeMap::from([("contacts".to_owned(), Book::new("Contacts", None))]))
    }

    /// One of them that can be written to, or how Nextcloud refuses.
    pub(super) fn writable(&mut self, uid: &str, book: &str) -> Result<&mut Book, DavError> {
        if is_server_made(book) {
            return Err(DavError::new(
                http::StatusCode::FORBIDDEN,
                "Sabre\\DAVACL\\Exception\\NeedPrivileges",
                format!(
                    "User did not have the required privileges ({{DAV:}}bind) for path \"addressbooks/users/{uid}/{book}\""
                ),
            ));
        }
        self.of(uid).get_mut(book).ok_or_else(|| missing(book))
    }
}

/// Whether the server makes this address book.
pub(super) fn is_server_made(book: &str) -> bool {
    matches!(book, SYSTEM | RECENT)
}

/// 404 of an address book.
pub(super) fn missing(book: &str) -> DavError {
    DavError::not_found(format!("Addressbook with name '{book}' could not be found"))
}
