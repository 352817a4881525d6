//! What a search looks for: as a condition of `SEARCH`, and checked here where the search is by tag.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::entry::Entry;
use super::search::property;
use crate::dav::{DAV, Element, OC};
use crate::mcp::{ToolError, ToolResult};

/// Longest pattern.
const MAX_PATTERN: usize = 250;

#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) name: Option<String>,
    pub(super) mime_type: Option<String>,
    pub(super) favorites: bool,
    /// Unix seconds, exclusive.
    pub(super) after: Option<i64>,
    /// Unix seconds, exclusive.
    pub(super) before: Option<i64>,
    pub(super) min_size: Option<u64>,
    pub(super) max_size: Option<u64>,
}

impl Filter {
    /// Reads a date (its first moment in UTC) or a time with offset.
    pub(super) fn time(argument: &str, text: Option<&str>) -> ToolResult<Option<i64>> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        if let Ok(time) = text.parse::<Timestamp>() {
            return Ok(Some(time.as_second()));
        }
        let day = text.parse::<Date>().ok().filter(|_| text.len() == 10);
        let midnight = day.and_then(|day| day.to_zoned(TimeZone::UTC).ok());
        midnight
            .map(|midnight| Some(midnight.timestamp().as_second()))
            .ok_or_else(|| {
                ToolError::invalid(format!(
                    "argument `{argument}`: not a date or time; write 2026-11-21 or 2026-11-21T14:00:00Z"
                ))
            })
    }

    /// Refuses what can match nothing or what XML cannot carry.
    pub(super) fn check(&self) -> ToolResult<()> {
        for (argument, text) in [("name_pattern", &self.name), ("mime_type", &self.mime_type)] {
            let Some(text) = text else { continue };
            if text.len() > MAX_PATTERN {
                return Err(ToolError::invalid(format!(
                    "argument `{argument}`: longer than 250 bytes"
                )));
            }
            if text.chars().any(char::is_control) {
                return Err(ToolError::invalid(format!(
                    "argument `{argument}`: contains a control character"
                )));
            }
        }
        // Nextcloud's sizes are signed: it would compare with another number.
        for (argument, size) in [("min_size", self.min_size), ("max_size", self.max_size)] {
            if size.is_some_and(|size| i64::try_from(size).is_err()) {
                return Err(ToolError::invalid(format!(
                    "argument `{argument}`: no file can be that large"
                )));
            }
        }
        if self.min_size.zip(self.max_size).is_some_and(|(min, max)| min > max) {
            return Err(ToolError::invalid(
                "arguments `min_size` and `max_size`: no size lies between them",
            ));
        }
        Ok(())
    }

    /// The condition of a `SEARCH`.
    pub(super) fn to_condition(&self) -> Element {
        let compare = |operator, namespace, local, literal: String| {
            Element::new(DAV, operator)
                .child(property(namespace, local))
                .child(Element::new(DAV, "literal").text(literal))
        };
        let mut all = Vec::new();
        if let Some(name) = self.name.as_ref().filter(|name| !name.is_empty()) {
            all.push(compare("like", DAV, "displayname", name.clone()));
        }
        if let Some(pattern) = self.mime_pattern() {
            all.push(compare("like", DAV, "getcontenttype", pattern));
        }
        if self.favorites {
            all.push(compare("eq", OC, "favorite", "yes".to_owned()));
        }
        let time = |second| super::entry::iso(second).unwrap_or_default();
        if let Some(after) = self.after {
            all.push(compare("gt", DAV, "getlastmodified", time(after)));
        }
        if let Some(before) = self.before {
            all.push(compare("lt", DAV, "getlastmodified", time(before)));
        }
        if let Some(min) = self.min_size {
            all.push(compare("gte", OC, "size", min.to_string()));
        }
        if let Some(max) = self.max_size {
            all.push(compare("lte", OC, "size", max.to_string()));
        }
        match all.len() {
            0 => compare("like", DAV, "displayname", "%".to_owned()),
            1 => all.remove(0),
            _ => Element::new(DAV, "and").children(all),
        }
    }

    /// `image` and `image/*` are `image/%`.
    fn mime_pattern(&self) -> Option<String> {
        let given = self.mime_type.as_deref()?.trim().to_ascii_lowercase().replace('*', "%");
        match given.as_str() {
            "" => None,
            kind if !kind.contains('/') => Some(format!("{}/%", kind.trim_end_matches('%'))),
            _ => Some(given),
        }
    }

    /// Whether Nextcloud's answer keeps to sizes: folders have sizes too, but nobody who asks for a size wants them.
    pub(super) fn keeps(&self, entry: &Entry) -> bool {
        !entry.is_directory || (self.min_size.is_none() && self.max_size.is_none())
    }

    /// Whether an entry matches.
    pub(super) fn matches(&self, entry: &Entry) -> bool {
        let size = entry.size.unwrap_or(0);
        let modified = entry.modified.unwrap_or(0);
        let name = self.name.as_deref().filter(|name| !name.is_empty());
        let media_type = entry.content_type.as_deref().unwrap_or_default().to_lowercase();
        self.keeps(entry)
            && name.is_none_or(|pattern| like(&pattern.to_lowercase(), &entry.path.name().to_lowercase()))
            && self.mime_pattern().is_none_or(|pattern| like(&pattern, &media_type))
            && (!self.favorites || entry.is_favorite == Some(true))
            && self.after.is_none_or(|after| modified > after)
            && self.before.is_none_or(|before| modified < before)
            && self.min_size.is_none_or(|min| size >= min)
            && self.max_size.is_none_or(|max| size <= max)
    }
}

/// SQL's `LIKE` with `%` only, in time linear in text and pattern.
fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('%');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::{Filter, like};

    #[test]
    fn patterns_match_as_in_sql() {
        for (pattern, text, matches) in [
            ("%.txt", "a.txt", true),
            ("a%b%c", "aXXbYYc", true),
            ("a%b%c", "aXXcYYb", false),
            ("abc", "abcd", false),
            ("%", "", true),
            ("a%a", "a", false),
            ("%b%", "abc", true),
        ] {
            assert_eq!(like(pattern, text), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn times_are_read_or_refused() {
        assert_eq!(Filter::time("x", Some("1970-01-02")).unwrap(), Some(86_400));
        assert_eq!(Filter::time("x", Some("1970-01-01T01:00:00+01:00")).unwrap(), Some(0));
        assert_eq!(Filter::time("x", None).unwrap(), None);
        assert!(Filter::time("x", Some("yesterday")).is_err());
    }

    #[test]
    fn a_kind_is_a_pattern() {
        let filter = |text: &str| Filter {
            mime_type: Some(text.to_owned()),
            ..Filter::default()
        };
        assert_eq!(filter("image").mime_pattern().as_deref(), Some("image/%"));
        assert_eq!(filter("image/*").mime_pattern().as_deref(), Some("image/%"));
        assert_eq!(filter("text/Plain").mime_pattern().as_deref(), Some("text/plain"));
    }
}
