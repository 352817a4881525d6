//! Rows between Tables, which knows columns by id, and a model, which knows them by title.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::api::Cells;
use super::column::{Column, Kind};
use super::model::Cell;
use super::value;
use crate::mcp::{ToolError, ToolResult};

/// Most titles that an error lists.
pub const LISTED: usize = 30;

/// Cells by title. Where two columns have one title, the id is added; a column that is not there any more has only
/// its id.
pub fn shown(columns: &[Column], cells: Vec<Cell>) -> Map<String, Value> {
    let mut titles: HashMap<&str, usize> = HashMap::new();
    for column in columns {
        *titles.entry(column.title.as_str()).or_default() += 1;
    }
    cells
        .into_iter()
        .map(|cell| {
            let Some(column) = columns.iter().find(|column| column.id == cell.column_id) else {
                return (cell.column_id.to_string(), cell.value);
            };
            let key = match titles.get(column.title.as_str()) {
                Some(1) => column.title.clone(),
                _ => format!("{} ({})", column.title, column.id),
            };
            (key, show(column, cell.value))
        })
        .collect()
}

/// A value as it is written: the label of an option, true or false, the parts of a link.
fn show(column: &Column, value: Value) -> Value {
    let label = |value: Value| {
        let id = value
            .as_i64()
            .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        id.and_then(|id| column.label(id)).map_or(value, Value::from)
    };
    match (column.holds(), value) {
        (Some(Kind::Choice), value) => label(value),
        (Some(Kind::Choices), Value::Array(ids)) => ids.into_iter().map(label).collect(),
        (Some(Kind::Check), Value::String(text)) if text == "true" => Value::Bool(true),
        (Some(Kind::Check), Value::String(text)) if text == "false" => Value::Bool(false),
        (Some(Kind::Link), Value::String(text)) => value::link_of(&text).unwrap_or(Value::String(text)),
        (_, value) => value,
    }
}

/// What to send for `data`, whose keys are titles or ids. Everything is checked before anything is sent.
pub fn to_send(columns: &[Column], data: &Map<String, Value>) -> ToolResult<Cells> {
    if data.is_empty() {
        return Err(ToolError::invalid(
            "argument `data`: give a value for at least one column",
        ));
    }
    let mut cells = Cells::new();
    for (key, value) in data {
        let column = find(columns, key)?;
        if cells
            .insert(column.id.to_string(), value::to_send(column, value)?)
            .is_some()
        {
            return Err(ToolError::invalid(format!(
                "argument `data`: the column \"{}\" is given twice",
                clipped(&column.title)
            )));
        }
    }
    Ok(cells)
}

/// The mandatory columns that a new row lacks.
pub fn missing(columns: &[Column], cells: &Cells) -> ToolResult<()> {
    let missing: Vec<String> = columns
        .iter()
        .filter(|column| column.mandatory && !column.has_default() && !cells.contains_key(&column.id.to_string()))
        .take(LISTED)
        .map(|column| format!("\"{}\"", clipped(&column.title)))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(ToolError::invalid(format!(
        "argument `data`: the table wants a value for {}",
        missing.join(", ")
    )))
}

/// By title, by title in another case, by id, in this order: a title may look like an id.
fn find<'columns>(columns: &'columns [Column], key: &str) -> ToolResult<&'columns Column> {
    let by_title: Vec<&Column> = columns.iter().filter(|column| column.title == key).collect();
    let lower = key.trim().to_lowercase();
    let alike = || {
        columns
            .iter()
            .filter(|column| column.title.trim().to_lowercase() == lower)
    };
    let candidates = if by_title.is_empty() {
        alike().collect()
    } else {
        by_title
    };
    match candidates.as_slice() {
        [column] => Ok(column),
        [] => key
            .trim()
            .parse()
            .ok()
            .and_then(|id: i64| columns.iter().find(|column| column.id == id))
            .ok_or_else(|| unknown(columns, key)),
        several => {
            let ids: Vec<String> = several.iter().map(|column| column.id.to_string()).collect();
            Err(ToolError::invalid(format!(
                "argument `data`: several columns are called \"{}\": use one of the ids {}",
                clipped(key),
                ids.join(", ")
            )))
        }
    }
}

fn unknown(columns: &[Column], key: &str) -> ToolError {
    let known: Vec<String> = columns
        .iter()
        .take(LISTED)
        .map(|column| format!("\"{}\" ({})", clipped(&column.title), column.id))
        .collect();
    ToolError::invalid(format!(
        "argument `data`: the table has no column \"{}\"; it has {}",
        clipped(key),
        if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        }
    ))
}

/// As an error shows a name of the user's: on one line, and not all of a long one.
pub fn clipped(text: &str) -> String {
    text.chars().take(64).collect::<String>().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Cell, Column, missing, shown, to_send};

    fn columns() -> Vec<Column> {
        serde_json::from_value(json!([
            {"id": 5, "title": "Name", "type": "text", "subtype": "line", "mandatory": true, "numberDefault": null},
            {"id": 6, "title": "Amount", "type": "number", "numberDecimals": 2, "selectionOptions": null},
            {"id": 7, "title": "State", "type": "selection", "selectionOptions": [{"id": 0, "label": "open"}, {"id": 1, "label": "done", "deleted": true}]},
            {"id": 8, "title": "Same", "type": "text"},
            {"id": 9, "title": "Same", "type": "text"},
            {"id": 10, "title": "8", "type": "text"},
            {"id": 11, "title": "Tags", "type": "selection", "subtype": "multi", "selectionOptions": [{"id": 0, "label": "a"}, {"id": 1, "label": "b"}]},
            {"id": 12, "title": "Ok", "type": "selection", "subtype": "check", "mandatory": true, "selectionDefault": "false"},
        ]))
        .unwrap()
    }

    fn sent(data: &Value) -> Result<Value, String> {
        let cells = to_send(&columns(), data.as_object().unwrap()).map_err(|error| error.to_string())?;
        Ok(Value::Object(cells))
    }

    #[test]
    fn columns_are_found_by_title_and_by_id() {
        let data = json!({"name": "x", "6": 1.5, "State": "open", "8": "a title", "9": "an id"});
        assert_eq!(
            sent(&data).unwrap(),
            json!({"5": "x", "6": 1.5, "7": 0, "10": "a title", "9": "an id"})
        );
    }

    #[test]
    fn what_is_not_one_column_is_refused() {
        for (data, part) in [
            (json!({}), "at least one column"),
            (json!({"Nome": 1}), "no column \"Nome\"; it has \"Name\" (5)"),
            (json!({"99": 1}), "no column \"99\""),
            (json!({"Same": "x"}), "use one of the ids 8, 9"),
            (json!({"Name": "x", "5": "y"}), "given twice"),
        ] {
            let error = sent(&data).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn mandatory_columns_without_a_default_must_be_there() {
        let cells = |data: Value| to_send(&columns(), data.as_object().unwrap()).unwrap();
        assert!(missing(&columns(), &cells(json!({"Name": "x"}))).is_ok());
        let error = missing(&columns(), &cells(json!({"Amount": 1}))).unwrap_err();
        assert!(error.to_string().ends_with("a value for \"Name\""), "{error}");
    }

    #[test]
    fn cells_are_shown_by_title_with_labels() {
        let cells: Vec<Cell> = serde_json::from_value(json!([
            {"columnId": 5, "value": "x"}, {"columnId": 7, "value": "1"}, {"columnId": 11, "value": [1, 0, 7]},
            {"columnId": 12, "value": "true"}, {"columnId": 8, "value": "s"}, {"columnId": 77, "value": 3},
        ]))
        .unwrap();
        assert_eq!(
            Value::Object(shown(&columns(), cells)),
            json!({"Name": "x", "State": "done", "Tags": ["b", "a", 7], "Ok": true, "Same (8)": "s", "77": 3})
        );
    }
}
