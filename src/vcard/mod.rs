//! vCards 3.0 (RFC 2426) and 4.0 (RFC 6350) that are read, and edited without touching what was not to change: an
//! untouched line keeps its bytes, its folding and its place.
//!
//! ```
//! use nextcloud_mcp_server::vcard::{Card, Line};
//!
//! let stored = "BEGIN:VCARD\r\nVERSION:4.0\r\nitem1.TEL;TYPE=cell:+49 1\r\nX-OTHER:kept\r\nEND:VCARD\r\n";
//! let mut card = Card::parse(stored).unwrap();
//! let (at, phone) = card.all("TEL").next().unwrap();
//! assert_eq!((phone.text().as_str(), phone.types()), ("+49 1", vec!["cell".to_owned()]));
//! card.set_value(at, "+49 2");
//! card.push(&Line::text("NOTE", "a, b"));
//! assert_eq!(
//!     card.to_text(),
//!     "BEGIN:VCARD\r\nVERSION:4.0\r\nitem1.TEL;TYPE=cell:+49 2\r\nX-OTHER:kept\r\nNOTE:a\\, b\r\nEND:VCARD\r\n"
//! );
//! ```

mod card;
mod property;
mod write;

pub use card::{Card, Version};
pub use property::Property;
pub use write::Line;

/// Why a text is not taken as a vCard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VcardError {
    /// Larger than any address book keeps.
    #[error("the vCard is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// More properties than any person has.
    #[error("the vCard has more than {limit} properties")]
    TooManyProperties {
        /// The limit.
        limit: usize,
    },
    /// No `BEGIN:VCARD` … `END:VCARD`, or lines that are none.
    #[error("this is not a vCard")]
    Malformed,
    /// vCard 2.1, or a version that nobody has heard of.
    #[error("the vCard is neither of version 3.0 nor 4.0")]
    UnsupportedVersion,
}

#[cfg(test)]
mod tests;
