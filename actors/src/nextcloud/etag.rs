//! Entity tags (RFC 9110 §8.8.3) as Nextcloud uses them.

use std::fmt;

use http::HeaderValue;
use serde::{Deserialize, Serialize};

/// An entity tag without its quotes: the form in which Nextcloud's JSON bodies and our tool arguments carry it.
///
/// A weak tag (`W/"…"`) loses its prefix: nginx weakens the tags of answers it compresses, and sent back in
/// `If-Match` a weak tag never matches, though the object is the same. So does what Apache's `mod_deflate` does instead:
/// it writes `-gzip` behind the tag.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Etag(String);

impl Etag {
    /// Reads a tag with or without quotes and weakness prefix.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let text = text.strip_prefix("W/").unwrap_or(text);
        let unquoted = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .unwrap_or(text);
        Self(unquoted.strip_suffix("-gzip").unwrap_or(unquoted).to_owned())
    }

    /// The tag without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag as `If-Match` and `If-None-Match` want it: in quotes (Notes answers 412 to a bare one). `None` when it
    /// holds characters that RFC 9110 does not allow in a tag, so it cannot be one that Nextcloud gave out.
    pub fn to_header(&self) -> Option<HeaderValue> {
        let allowed = |byte: u8| byte == 0x21 || (0x23..=0x7e).contains(&byte) || byte >= 0x80;
        if self.0.is_empty() || !self.0.bytes().all(allowed) {
            return None;
        }
        HeaderValue::from_bytes(format!("\"{}\"", self.0).as_bytes()).ok()
    }
}

impl From<String> for Etag {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

impl From<Etag> for String {
    fn from(etag: Etag) -> Self {
        etag.0
    }
}

impl fmt::Display for Etag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Etag;

    #[test]
    fn quotes_and_weakness_are_taken_off() {
        for text in ["abc", "\"abc\"", "W/\"abc\"", " \"abc\" ", "\"abc-gzip\""] {
            assert_eq!(Etag::parse(text).as_str(), "abc");
        }
        assert_eq!(Etag::parse("abc").to_header().unwrap(), "\"abc\"");
    }

    #[test]
    fn what_cannot_be_a_tag_makes_no_header() {
        for text in ["", "a\"b", "a\r\nIf-Match: *", "a b"] {
            assert!(Etag::parse(text).to_header().is_none(), "{text:?}");
        }
    }
}
