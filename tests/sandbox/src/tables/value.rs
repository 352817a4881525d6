//! What the app makes of a value for a cell: limits are enforced, and what it cannot read is stored as nothing.

use jiff::civil;
use serde_json::{Value, json};

use super::column::Column;

/// A value that a limit of the column forbids.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Invalid {
    #[error("Value for column {0} exceeds maximum length of {1}")]
    Length(String, f64),
    #[error("Value for column {0} exceeds maximum allowed value of {1}")]
    Maximum(String, f64),
    #[error("Value for column {0} is below minimum allowed value of {1}")]
    Minimum(String, f64),
}

/// Compares with the column's limits.
pub(crate) fn check(column: &Column, value: &Value) -> Result<(), Invalid> {
    let title = || column.title().to_owned();
    match column.kind().0 {
        "text" => {
            #[expect(clippy::cast_precision_loss, reason = "lengths of texts are small")]
            let length = value.as_str().unwrap_or_default().chars().count() as f64;
            match column.number("textMaxLength") {
                Some(most) if length > most => Err(Invalid::Length(title(), most)),
                _ => Ok(()),
            }
        }
        "number" => {
            let Some(number) = as_number(value) else { return Ok(()) };
            match (column.number("numberMin"), column.number("numberMax")) {
                (_, Some(most)) if number > most => Err(Invalid::Maximum(title(), most)),
                (Some(least), _) if number < least => Err(Invalid::Minimum(title(), least)),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// The value as it is stored.
pub(crate) fn parse(column: &Column, value: &Value) -> Value {
    let text = value.as_str();
    match column.kind() {
        ("text", "link") => text.map_or(Value::Null, link),
        ("number", "") => as_number(value).map_or(Value::Null, whole_or_not),
        ("number", _) => json!(as_number(value).map_or(0, |number| {
            #[expect(clippy::cast_possible_truncation, reason = "as PHP's cast to int")]
            let whole = number as i64;
            whole
        })),
        ("selection", "check") => {
            let yes = matches!(text, Some("yes" | "1" | "true")) || *value == json!(true) || *value == json!(1);
            json!(if yes { "true" } else { "false" })
        }
        ("selection", "multi") => {
            let mut ids: Vec<i64> = value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_i64)
                .filter(|id| column.options().any(|(other, _)| other == *id))
                .collect();
            ids.sort_unstable();
            json!(ids)
        }
        ("selection", _) => {
            let id = value.as_i64().or_else(|| text?.parse().ok());
            let option = column
                .options()
                .find(|(other, label)| id.map_or(text == Some(*label), |id| id == *other));
            option.map_or(Value::Null, |(id, _)| json!(id.to_string()))
        }
        ("datetime", "date") => form(text, |text| {
            Some(text.parse::<civil::Date>().ok()?.strftime("%Y-%m-%d").to_string())
        }),
        ("datetime", "time") => form(text, |text| {
            Some(text.parse::<civil::Time>().ok()?.strftime("%H:%M").to_string())
        }),
        ("datetime", _) => form(text, |text| {
            Some(
                text.parse::<civil::DateTime>()
                    .ok()?
                    .strftime("%Y-%m-%d %H:%M")
                    .to_string(),
            )
        }),
        _ => value.clone(),
    }
}

/// A time that reads exactly as it would be written; anything else is stored as an empty text.
fn form(text: Option<&str>, written: impl Fn(&str) -> Option<String>) -> Value {
    let text = text.unwrap_or_default();
    let same = written(text).is_some_and(|written| written == text);
    json!(if same { text } else { "" })
}

/// `title (address)` as JSON in a text; a bare address is cut after three letters of its top-level domain.
fn link(text: &str) -> Value {
    let parts = text
        .strip_suffix(')')
        .and_then(|text| text.split_once(" ("))
        .filter(|(_, address)| address.starts_with("http"));
    match parts {
        Some((title, address)) => {
            json!(json!({ "title": title, "value": address, "providerId": "url" }).to_string())
        }
        None => Value::Null,
    }
}

fn as_number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn whole_or_not(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and within the range")]
        return json!(number as i64);
    }
    json!(number)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::column::Column;
    use super::super::store::Tables;

    /// What was recorded of a fresh column with 0 to 100 and two decimals.
    #[test]
    fn numbers_are_limited_and_text_is_stored_as_nothing() {
        let mut tables = Tables::default();
        let table = tables.add_table("T", None, "alice", 0);
        let fields = json!({"type": "number", "title": "N", "numberMin": 0, "numberMax": 100, "numberDecimals": 2});
        let column =
            tables.add_column(|id| Column::new(id, table, "alice", "", fields.as_object().unwrap(), &json!("")));
        let error = tables.add_row(table, &[(column, json!(5000))], "alice", 0).unwrap_err();
        assert_eq!(
            error.message(),
            "Value for column N exceeds maximum allowed value of 100"
        );
        for (sent, written, read) in [
            (json!(3.5), json!(3.5), json!(3.5)),
            (json!("12"), json!(12), json!(12)),
            (json!("notnum"), Value::Null, json!(0)),
        ] {
            let row = tables.add_row(table, &[(column, sent)], "alice", 0).unwrap();
            let row = &tables.rows[&row];
            assert_eq!(row.written()["data"][0]["value"], written);
            assert_eq!(row.read(&tables, |_| true)["data"][0]["value"], read);
        }
    }
}
