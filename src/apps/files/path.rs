//! Paths of files as models write them, and the jail that keeps them below the user's folder.

use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::mcp::{ToolError, ToolResult};

/// Longest path in bytes; the database column holds 4000 characters.
const MAX_PATH: usize = 4000;
/// Longest name in bytes, as Nextcloud allows it.
const MAX_NAME: usize = 250;
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A path below the user's folder: no slash at the ends, no empty, `.` or `..` segments, no control characters, and in
/// NFC, as Nextcloud stores names: a decomposed spelling cannot get past a comparison of paths.
///
/// Percent signs are part of names: nothing is decoded, so nothing can be hidden by encoding it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct FilePath(String);

impl FilePath {
    /// Reads the argument called `argument`. An empty path or `/` is the user's folder.
    pub(super) fn parse(argument: &str, text: &str) -> ToolResult<Self> {
        let refuse = |why: &str| Err(ToolError::invalid(format!("argument `{argument}`: {why}")));
        if text.len() > MAX_PATH {
            return refuse("longer than any path in Nextcloud (4000 bytes)");
        }
        if text.chars().any(char::is_control) {
            return refuse("contains a control character");
        }
        if text.contains('\\') {
            return refuse("contains a backslash, which no name can have; separate folders with `/`");
        }
        let normal = ComposingNormalizerBorrowed::new_nfc().normalize(text);
        let segments: Vec<&str> = normal.split('/').filter(|segment| !segment.is_empty()).collect();
        if segments.iter().any(|segment| matches!(*segment, "." | "..")) {
            return refuse("`.` and `..` are not followed; write the path from the user's folder");
        }
        if segments.iter().any(|segment| segment.len() > MAX_NAME) {
            return refuse("a name in it is longer than 250 bytes");
        }
        Ok(Self(segments.join("/")))
    }

    /// As [`parse`](Self::parse), but the user's folder itself is refused.
    pub(super) fn parse_entry(argument: &str, text: &str) -> ToolResult<Self> {
        let path = Self::parse(argument, text)?;
        if path.is_root() {
            return Err(ToolError::invalid(format!(
                "argument `{argument}`: empty; name a file or folder"
            )));
        }
        Ok(path)
    }

    /// A path that Nextcloud gave. It is below the user's folder already.
    pub(super) fn known(path: &str) -> Self {
        Self(
            ComposingNormalizerBorrowed::new_nfc()
                .normalize(path.trim_matches('/'))
                .into_owned(),
        )
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last segment.
    pub(super) fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// Whether it is `other` or lies below it.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        match self.0.strip_prefix(&other.0) {
            Some(rest) => other.is_root() || rest.is_empty() || rest.starts_with('/'),
            None => false,
        }
    }

    /// Percent-encoded, for a `Destination`.
    pub(super) fn encoded(&self) -> String {
        utf8_percent_encode(&self.0, ENCODED).to_string()
    }
}

/// As an error names it: in quotes, escaped.
impl fmt::Display for FilePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"/{}\"", self.0.escape_debug())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::FilePath;

    fn parse(text: &str) -> Result<String, String> {
        FilePath::parse("path", text)
            .map(|path| path.as_str().to_owned())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn slashes_and_spellings_are_made_one() {
        assert_eq!(parse("/Docs//a b.txt/").unwrap(), "Docs/a b.txt");
        assert_eq!(parse("").unwrap(), "");
        assert_eq!(parse("Cafe\u{301}").unwrap(), "Caf\u{e9}");
        assert_eq!(parse("%2e%2e/a").unwrap(), "%2e%2e/a");
        assert_eq!(
            FilePath::parse("path", "%2e%2e/ü").unwrap().encoded(),
            "%252e%252e/%C3%BC"
        );
    }

    #[test]
    fn what_could_leave_the_folder_is_refused() {
        for text in [
            "..",
            "a/../b",
            "./a",
            "a\0b",
            "a\r\nb",
            "a\\b",
            &"x/".repeat(3000),
            &"y".repeat(251),
        ] {
            assert!(parse(text).unwrap_err().starts_with("argument `path`: "), "{text}");
        }
        assert!(FilePath::parse_entry("path", "//").is_err());
    }

    #[test]
    fn within_is_by_segments() {
        let path = |text| FilePath::parse("path", text).unwrap();
        assert!(path("a/b").is_within(&path("a")) && path("a").is_within(&path("a")));
        assert!(!path("ab").is_within(&path("a")));
        assert!(path("ab").is_within(&path("")));
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_stays_below(text in "\\PC{0,60}|[a./%2e]{0,20}") {
            if let Ok(path) = FilePath::parse("path", &text) {
                let url = url::Url::parse("http://h/files/u/").unwrap().join(&format!("./{}", path.encoded())).unwrap();
                prop_assert!(url.path().starts_with("/files/u/"), "{}", url);
                prop_assert!(url.query().is_none() && url.fragment().is_none());
                let again = FilePath::parse("path", path.as_str()).unwrap();
                prop_assert_eq!(again, path);
            }
        }
    }
}
