//! Options of a selection, and checks.

use serde_json::{Value, json};

use super::refused;
use crate::apps::tables::cells::clipped;
use crate::apps::tables::column::{Column, SelectionOption};
use crate::mcp::ToolResult;

/// Most options or people in one cell.
const MOST_ITEMS: usize = 200;

/// The ids of several options.
pub fn options(column: &Column, value: &Value) -> ToolResult<Value> {
    items(column, value)?.iter().map(|item| option(column, item)).collect()
}

/// The id of an option given by its label or id; a label may look like an id.
pub fn option(column: &Column, value: &Value) -> ToolResult<i64> {
    let found = match value {
        Value::String(text) => {
            let lower = text.trim().to_lowercase();
            let exact = column.options().find(|option| option.label == *text);
            exact
                .or_else(|| {
                    column
                        .options()
                        .find(|option| option.label.trim().to_lowercase() == lower)
                })
                .or_else(|| by_id(column, lower.parse().ok()?))
        }
        Value::Number(number) => number.as_i64().and_then(|id| by_id(column, id)),
        _ => None,
    };
    found.map(|option| option.id).ok_or_else(|| {
        let labels: Vec<String> = column
            .options()
            .take(50)
            .map(|option| format!("\"{}\"", clipped(&option.label)))
            .collect();
        refused(column, format_args!("it takes one of {}", labels.join(", ")))
    })
}

fn by_id(column: &Column, id: i64) -> Option<&SelectionOption> {
    column.options().find(|option| option.id == id)
}

/// A list, or the one item that it would have.
pub fn items<'value>(column: &Column, value: &'value Value) -> ToolResult<&'value [Value]> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    if items.len() > MOST_ITEMS {
        return Err(refused(column, format_args!("it takes at most {MOST_ITEMS} values")));
    }
    Ok(items)
}

pub fn check(column: &Column, value: &Value) -> ToolResult<Value> {
    let checked = match value {
        Value::Bool(checked) => Some(*checked),
        Value::Number(number) => match number.as_i64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim().to_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    };
    match checked {
        Some(checked) => Ok(json!(checked.to_string())),
        None => Err(refused(column, "it takes true or false")),
    }
}
