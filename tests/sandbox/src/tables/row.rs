//! Rows.

use serde_json::{Value, json};

use super::column::Column;
use super::store::Tables;

/// A row and its cells.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) table: i64,
    created: (String, String),
    edited: (String, String),
    cells: Vec<(i64, Value)>,
}

impl Row {
    pub(crate) fn new(id: i64, table: i64, cells: Vec<(i64, Value)>, uid: &str, at: &str) -> Self {
        let by = (uid.to_owned(), at.to_owned());
        Self {
            id,
            table,
            created: by.clone(),
            edited: by,
            cells,
        }
    }

    pub(crate) fn change(&mut self, cells: Vec<(i64, Value)>, uid: &str, at: &str) {
        for (id, value) in cells {
            match self.cells.iter_mut().find(|(other, _)| *other == id) {
                Some((_, old)) => *old = value,
                None => self.cells.push((id, value)),
            }
        }
        self.edited = (uid.to_owned(), at.to_owned());
    }

    /// As the answer to the request that made it: without names and dates, and cells as they were parsed.
    pub(crate) fn written(&self) -> Value {
        let cells: Vec<Value> = self.cells.iter().map(|(id, value)| cell(*id, value)).collect();
        json!({
            "id": self.id, "tableId": self.table, "createdBy": null, "createdAt": null, "lastEditBy": null,
            "lastEditAt": null, "data": cells,
        })
    }

    /// As it comes from the database, with the cells of these columns only.
    pub(crate) fn read(&self, tables: &Tables, within: impl Fn(i64) -> bool) -> Value {
        let mut cells: Vec<(&Column, Value)> = self
            .cells
            .iter()
            .filter(|(id, _)| within(*id))
            .filter_map(|(id, value)| {
                let column = tables.columns.get(id)?;
                Some((column, stored(column, value)))
            })
            .collect();
        cells.sort_by_key(|(column, _)| (column.place(), column.id));
        let cells: Vec<Value> = cells.iter().map(|(column, value)| cell(column.id, value)).collect();
        json!({
            "id": self.id, "tableId": self.table, "createdBy": self.created.0, "createdAt": self.created.1,
            "lastEditBy": self.edited.0, "lastEditAt": self.edited.1, "data": cells,
        })
    }

    /// The value in a column as it comes from the database; an empty text if there is none.
    pub(crate) fn value(&self, column: &Column) -> Value {
        let cell = self.cells.iter().find(|(id, _)| *id == column.id);
        cell.map_or_else(|| json!(""), |(_, value)| stored(column, value))
    }
}

fn cell(column: i64, value: &Value) -> Value {
    json!({ "columnId": column, "value": value })
}

/// A number column without decimals cuts them off, and has 0 where nothing was stored.
fn stored(column: &Column, value: &Value) -> Value {
    match column.kind() {
        ("number", _) => {
            let number = value.as_f64().unwrap_or(0.0);
            let decimals = column.number("numberDecimals").unwrap_or(0.0);
            if decimals == 0.0 || number.fract() == 0.0 {
                #[expect(clippy::cast_possible_truncation, reason = "as PHP's cast to int")]
                return json!(number as i64);
            }
            json!(number)
        }
        ("selection", "") => value
            .as_str()
            .and_then(|text| text.parse::<i64>().ok())
            .map_or(Value::Null, Value::from),
        _ => value.clone(),
    }
}
