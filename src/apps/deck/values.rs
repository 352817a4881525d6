//! Arguments that are checked before anything is sent. Deck stores some nonsense as it comes (a colour `red`), and
//! answers other nonsense with 500.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::dates;
use crate::mcp::{ToolError, ToolResult};

/// Longest title of a board, stack or label, in characters.
pub const SHORT_TITLE: usize = 100;
/// Longest title of a card, in characters.
pub const CARD_TITLE: usize = 255;
/// Longest type of a card, in characters.
pub const CARD_TYPE: usize = 64;
/// Longest description of a card, in bytes.
const LONGEST_DESCRIPTION: usize = 1024 * 1024;
/// Longest user id that Nextcloud allows, in characters.
const LONGEST_USER_ID: usize = 64;

/// The id of something in Deck or Nextcloud: a positive number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct Id(i64);

impl Id {
    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Id {
    type Error = &'static str;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        if number > 0 {
            Ok(Self(number))
        } else {
            Err("ids are positive numbers")
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl JsonSchema for Id {
    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer"})
    }
}

/// A card, and the board and stack that the URL of every request about it names. Deck itself looks at the card's id
/// alone, except where the stack is the card's new place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub board: Id,
    pub stack: Id,
    pub card: Id,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "card {} (board {})", self.card, self.board)
    }
}

/// A title of one line, not empty, of at most `longest` characters.
pub fn title(argument: &str, text: &str, longest: usize) -> ToolResult<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(invalid(argument, "must not be empty"));
    }
    if text.chars().any(char::is_control) {
        return Err(invalid(argument, "must be one line without control characters"));
    }
    let length = text.chars().count();
    if length > longest {
        return Err(invalid(
            argument,
            format_args!("{length} characters are too many; at most {longest}"),
        ));
    }
    Ok(text.to_owned())
}

/// A colour of six hexadecimal digits; a `#` before them is taken off.
pub fn color(argument: &str, text: &str) -> ToolResult<String> {
    let text = text.trim();
    let digits = text.strip_prefix('#').unwrap_or(text);
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(digits.to_owned())
    } else {
        Err(invalid(argument, "six hexadecimal digits, such as 31CC7C"))
    }
}

/// A point in time, in UTC.
pub fn date(argument: &str, text: &str) -> ToolResult<String> {
    dates::utc(text).ok_or_else(|| {
        invalid(
            argument,
            "not a date from 1970 on in ISO 8601, such as 2026-09-01T10:00:00+02:00 or 2026-09-01",
        )
    })
}

/// A description of bounded length.
pub fn description(argument: &str, text: &str) -> ToolResult<String> {
    if text.len() > LONGEST_DESCRIPTION {
        return Err(invalid(
            argument,
            format_args!("{} bytes are too many; at most {LONGEST_DESCRIPTION}", text.len()),
        ));
    }
    if text.contains('\0') {
        return Err(invalid(argument, "must not contain NUL characters"));
    }
    Ok(text.to_owned())
}

/// A user id.
pub fn user_id(argument: &str, text: &str) -> ToolResult<String> {
    title(argument, text, LONGEST_USER_ID)
}

/// What is to become of a field that can be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Field {
    /// It stays as it is: the argument was left out.
    #[default]
    Keep,
    /// It is emptied: the argument was an empty string.
    Clear,
    /// It gets this value.
    Set(String),
}

impl Field {
    /// Reads an argument; `check` refuses values or puts them right.
    pub fn of(
        argument: &str,
        text: Option<&str>,
        check: impl FnOnce(&str, &str) -> ToolResult<String>,
    ) -> ToolResult<Self> {
        match text {
            None => Ok(Self::Keep),
            Some("") => Ok(Self::Clear),
            Some(text) => check(argument, text).map(Self::Set),
        }
    }

    /// The value that the field will have, `current` being the one it has.
    pub fn after<'a>(&'a self, current: Option<&'a str>) -> Option<&'a str> {
        match self {
            Self::Keep => current,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// A refusal that names the argument.
pub fn invalid(argument: &str, problem: impl fmt::Display) -> ToolError {
    ToolError::invalid(format!("argument `{argument}`: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::{CARD_TITLE, Field, Id, color, date, title};

    #[test]
    fn ids_are_positive() {
        assert_eq!(serde_json::from_str::<Id>("7").unwrap().get(), 7);
        for text in ["0", "-1", "1.5", "9223372036854775808", "null"] {
            assert!(serde_json::from_str::<Id>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn titles_are_one_bounded_line() {
        assert_eq!(title("title", " مهام ☀ ", CARD_TITLE).unwrap(), "مهام ☀");
        assert!(title("title", &"é".repeat(CARD_TITLE), CARD_TITLE).is_ok());
        for text in ["", "  ", "a\nb", "a\u{0}", &"é".repeat(CARD_TITLE + 1)] {
            let error = title("title", text, CARD_TITLE).unwrap_err().to_string();
            assert!(error.starts_with("argument `title`: "), "{error}");
        }
    }

    #[test]
    fn colours_are_six_digits_with_or_without_a_hash() {
        assert_eq!(color("color", "#31CC7c").unwrap(), "31CC7c");
        for text in ["red", "fff", "#12345g", "", "##12345", "ÿÿÿ"] {
            assert!(color("color", text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_empty_string_clears() {
        let field = |text| Field::of("duedate", text, date);
        assert_eq!(field(None).unwrap().after(Some("old")), Some("old"));
        assert_eq!(field(Some("")).unwrap().after(Some("old")), None);
        let set = field(Some("2026-09-01")).unwrap();
        assert_eq!(set.after(Some("old")), Some("2026-09-01T00:00:00+00:00"));
        assert!(field(Some("soon")).is_err());
    }
}
