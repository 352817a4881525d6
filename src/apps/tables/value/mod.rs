//! A value for a cell, checked against its column.
//!
//! Tables stores nothing for what it cannot read (text in a number column, an unknown option, a date of another form)
//! and reports success, so nothing of that kind is sent.

mod number;
mod people;
mod selection;
mod time;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use url::Url;

use super::cells::clipped;
use super::column::{Column, Kind};
use crate::mcp::{ToolError, ToolResult};

/// Longest text of a cell, in bytes.
const LONGEST_TEXT: usize = 1024 * 1024;

/// `value` in the form that Tables reads.
pub fn to_send(column: &Column, value: &Value) -> ToolResult<Value> {
    let kind = column
        .holds()
        .ok_or_else(|| refused(column, "this server cannot write columns of its type"))?;
    if is_nothing(kind, value) {
        if column.mandatory {
            return Err(refused(column, "it is mandatory and cannot be cleared"));
        }
        return Ok(nothing(kind));
    }
    match kind {
        Kind::Text => text(column, value),
        Kind::Link => link(column, value),
        Kind::Number => number::number(column, value),
        Kind::Progress => number::whole(column, value, 100),
        Kind::Stars => number::whole(column, value, 5),
        Kind::Choice => selection::option(column, value).map(Value::from),
        Kind::Choices => selection::options(column, value),
        Kind::Check => selection::check(column, value),
        Kind::DateTime => time::date_time(column, value),
        Kind::Date => time::date(column, value),
        Kind::Time => time::time(column, value),
        Kind::People => people::people(column, value),
    }
}

fn is_nothing(kind: Kind, value: &Value) -> bool {
    match value {
        Value::Null => true,
        // A check has no third state: an empty text is a mistake.
        Value::String(text) => text.is_empty() && kind != Kind::Check,
        Value::Array(items) => items.is_empty() && matches!(kind, Kind::Choices | Kind::People),
        _ => false,
    }
}

/// What clears a cell.
fn nothing(kind: Kind) -> Value {
    match kind {
        Kind::Text | Kind::DateTime | Kind::Date | Kind::Time => json!(""),
        Kind::Check => json!("false"),
        Kind::Choices | Kind::People => json!([]),
        Kind::Link | Kind::Number | Kind::Progress | Kind::Stars | Kind::Choice => Value::Null,
    }
}

fn text(column: &Column, value: &Value) -> ToolResult<Value> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return Err(refused(column, "it takes text")),
    };
    if text.contains('\0') || text.len() > LONGEST_TEXT {
        return Err(refused(column, "it takes text of at most 1 MiB without NUL characters"));
    }
    match column.text_max_length {
        Some(most) if text.chars().count() > most => {
            Err(refused(column, format_args!("it takes at most {most} characters")))
        }
        _ => Ok(json!(text)),
    }
}

/// An address, or `{"title": …, "value": address}`. Sent as `title (address)`: a bare address is cut by Tables after
/// three letters of its top-level domain.
fn link(column: &Column, value: &Value) -> ToolResult<Value> {
    const RULE: &str = "it takes an address that begins with http:// or https://, or {\"title\", \"value\"}";
    let (title, address) = match value {
        Value::String(address) => (None, address.as_str()),
        Value::Object(parts) => {
            let part = |name: &str| parts.get(name).and_then(Value::as_str);
            (part("title"), part("value").unwrap_or_default())
        }
        _ => return Err(refused(column, RULE)),
    };
    let address = address.trim();
    let accepted = Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        && !address
            .chars()
            .any(|character| character.is_control() || character.is_whitespace());
    let title = title
        .map(str::trim)
        .filter(|title| !title.is_empty())
        .unwrap_or(address);
    if !accepted || title.chars().any(char::is_control) {
        return Err(refused(column, RULE));
    }
    Ok(json!(format!("{title} ({address})")))
}

/// The parts of a link as Tables stores it: JSON within the text.
pub fn link_of(text: &str) -> Option<Value> {
    let link: Value = serde_json::from_str(text).ok()?;
    Some(json!({"title": link.get("title")?.as_str()?, "value": link.get("value")?.as_str()?}))
}

fn refused(column: &Column, rule: impl std::fmt::Display) -> ToolError {
    ToolError::invalid(format!("column \"{}\": {rule}", clipped(&column.title)))
}
