//! A value for a cell, checked against its column.
//!
//! Tables stores nothing for what it cannot read (text in a number column, an unknown option, a date of another form)
//! and reports success, so nothing of that kind is sent.

use jiff::civil;
use serde_json::{Value, json};
use url::Url;

use super::column::{Column, Kind};
use crate::mcp::{ToolError, ToolResult};

/// Most options or people in one cell.
const MOST_ITEMS: usize = 200;
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
        Kind::Number => number(column, value),
        Kind::Progress => whole(column, value, 100),
        Kind::Stars => whole(column, value, 5),
        Kind::Choice => option(column, value).map(Value::from),
        Kind::Choices => items(column, value)?.iter().map(|item| option(column, item)).collect(),
        Kind::Check => check(column, value),
        Kind::DateTime => date_time(column, value),
        Kind::Date => date(column, value),
        Kind::Time => time(column, value),
        Kind::People => people(column, value),
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

fn number(column: &Column, value: &Value) -> ToolResult<Value> {
    let number = as_number(value).ok_or_else(|| refused(column, "it takes a number"))?;
    if column.number_min.is_some_and(|least| number < least) || column.number_max.is_some_and(|most| number > most) {
        let bound = |bound: Option<f64>| bound.map_or_else(|| "any".to_owned(), |bound| bound.to_string());
        let rule = format!(
            "it takes numbers from {} to {}",
            bound(column.number_min),
            bound(column.number_max)
        );
        return Err(refused(column, rule));
    }
    let decimals = column.number_decimals.unwrap_or(0);
    if decimals_of(number) > decimals as usize {
        return Err(refused(
            column,
            format_args!("it keeps {decimals} decimals: round the number first"),
        ));
    }
    Ok(match value {
        Value::Number(_) => value.clone(),
        _ => json!(number),
    })
}

fn whole(column: &Column, value: &Value, most: u32) -> ToolResult<Value> {
    let number = as_number(value).filter(|number| number.fract() == 0.0 && (0.0..=f64::from(most)).contains(number));
    match number {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 100, and whole"
        )]
        Some(number) => Ok(json!(number as u32)),
        None => Err(refused(column, format_args!("it takes whole numbers from 0 to {most}"))),
    }
}

fn as_number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite())
}

/// How many decimals the shortest way of writing the number has.
fn decimals_of(number: f64) -> usize {
    number
        .to_string()
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len())
}

/// The id of an option given by its label or id; a label may look like an id.
fn option(column: &Column, value: &Value) -> ToolResult<i64> {
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
            .map(|option| format!("\"{}\"", option.label.escape_debug()))
            .collect();
        refused(column, format_args!("it takes one of {}", labels.join(", ")))
    })
}

fn by_id(column: &Column, id: i64) -> Option<&super::column::SelectionOption> {
    column.options().find(|option| option.id == id)
}

/// A list, or the one item that it would have.
fn items<'value>(column: &Column, value: &'value Value) -> ToolResult<&'value [Value]> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    if items.len() > MOST_ITEMS {
        return Err(refused(column, format_args!("it takes at most {MOST_ITEMS} values")));
    }
    Ok(items)
}

fn check(column: &Column, value: &Value) -> ToolResult<Value> {
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

/// Tables keeps no time zone, so an offset would be lost.
fn date_time(column: &Column, value: &Value) -> ToolResult<Value> {
    let read = value.as_str().filter(|text| is_plain(text));
    match read.and_then(|text| text.trim().parse::<civil::DateTime>().ok()) {
        Some(date_time) => Ok(json!(date_time.strftime("%Y-%m-%d %H:%M").to_string())),
        None => Err(refused(
            column,
            "it takes a date with a time and without a time zone: 2026-09-01 14:30",
        )),
    }
}

fn date(column: &Column, value: &Value) -> ToolResult<Value> {
    let read = value.as_str().map(str::trim).filter(|text| text.len() == 10);
    match read.and_then(|text| text.parse::<civil::Date>().ok()) {
        Some(date) => Ok(json!(date.strftime("%Y-%m-%d").to_string())),
        None => Err(refused(column, "it takes a date: 2026-09-01")),
    }
}

fn time(column: &Column, value: &Value) -> ToolResult<Value> {
    let read = value.as_str().map(str::trim).filter(|text| text.contains(':'));
    match read.and_then(|text| text.parse::<civil::Time>().ok()) {
        Some(time) => Ok(json!(time.strftime("%H:%M").to_string())),
        None => Err(refused(column, "it takes a time of day: 14:30")),
    }
}

/// Without what jiff would read and drop: a zone, or the missing time.
fn is_plain(text: &str) -> bool {
    text.contains(':') && !text.contains(['[', '+', 'Z', 'z'])
}

/// User ids, or `{"id", "type"}` with 0 for a user, 1 for a group, 2 for a team.
fn people(column: &Column, value: &Value) -> ToolResult<Value> {
    let allowed = [
        (0, column.usergroup_select_users),
        (1, column.usergroup_select_groups),
        (2, column.usergroup_select_teams),
    ];
    // Older columns say nothing of all three.
    let restricted = allowed.iter().any(|(_, allowed)| *allowed);
    let usual = allowed
        .iter()
        .find(|(_, allowed)| *allowed)
        .map_or(0, |(kind, _)| *kind);
    let items = items(column, value)?;
    if items.len() > 1 && !column.usergroup_multiple_items {
        return Err(refused(column, "it takes one person, group or team only"));
    }
    let read = items.iter().map(|item| {
        let (id, kind) = match item {
            Value::String(id) => (id.as_str(), usual),
            Value::Object(parts) => (
                parts.get("id")?.as_str()?,
                parts.get("type").map_or(Some(usual), Value::as_i64)?,
            ),
            _ => return None,
        };
        let permitted = !restricted || allowed.contains(&(kind, true));
        let fits = !id.is_empty() && id.len() <= 255 && !id.chars().any(char::is_control) && (0..=2).contains(&kind);
        (permitted && fits).then(|| json!({"id": id, "type": kind}))
    });
    read.collect::<Option<Vec<_>>>().map(Value::from).ok_or_else(|| {
        refused(
            column,
            "it takes ids, or {\"id\", \"type\"} with type 0 for users, 1 for groups, 2 for teams, as far as the column \
             allows them",
        )
    })
}

fn refused(column: &Column, rule: impl std::fmt::Display) -> ToolError {
    ToolError::invalid(format!("column \"{}\": {rule}", column.title.escape_debug()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Column, link_of, to_send};

    fn column(mut fields: Value) -> Column {
        fields["id"] = json!(1);
        fields["title"] = json!("C");
        serde_json::from_value(fields).unwrap()
    }

    fn table(fields: Value, accepted: &[(Value, Value)], refused: &[Value]) {
        let column = column(fields);
        for (value, sent) in accepted {
            assert_eq!(&to_send(&column, value).unwrap(), sent, "{value}");
        }
        for value in refused {
            let error = to_send(&column, value).unwrap_err().to_string();
            assert!(error.starts_with("column \"C\": it "), "{value}: {error}");
        }
    }

    #[test]
    fn text() {
        table(
            json!({"type": "text", "subtype": "line", "textMaxLength": 5}),
            &[
                (json!("héé☀!"), json!("héé☀!")),
                (json!(12), json!("12")),
                (json!(null), json!("")),
            ],
            &[json!("123456"), json!(["a"]), json!({"a": 1}), json!("a\u{0}")],
        );
        table(
            json!({"type": "text", "subtype": "rich", "mandatory": true}),
            &[(json!("x"), json!("x"))],
            &[json!(""), json!(null)],
        );
    }

    #[test]
    fn links() {
        table(
            json!({"type": "text", "subtype": "link"}),
            &[
                (
                    json!("https://a.example/x"),
                    json!("https://a.example/x (https://a.example/x)"),
                ),
                (
                    json!({"title": "A", "value": "http://a.info"}),
                    json!("A (http://a.info)"),
                ),
                (json!(""), Value::Null),
            ],
            &[
                json!("javascript:alert(1)"),
                json!("a.example"),
                json!({"title": "A"}),
                json!("http://a b"),
            ],
        );
        assert_eq!(
            link_of(r#"{"title":"A","value":"http://a","providerId":"url"}"#),
            Some(json!({"title": "A", "value": "http://a"}))
        );
        assert_eq!(link_of("http://a"), None);
    }

    #[test]
    fn numbers() {
        table(
            json!({"type": "number", "numberMin": 0, "numberMax": 100, "numberDecimals": 2}),
            &[
                (json!(3.5), json!(3.5)),
                (json!("12"), json!(12.0)),
                (json!(100), json!(100)),
                (json!(null), Value::Null),
            ],
            &[
                json!("notnum"),
                json!(-1),
                json!(100.5),
                json!(1.234),
                json!(true),
                json!("NaN"),
                json!("inf"),
            ],
        );
        table(json!({"type": "number"}), &[(json!(7), json!(7))], &[json!(3.5)]);
        table(
            json!({"type": "number", "subtype": "stars"}),
            &[(json!("5"), json!(5))],
            &[json!(6), json!(2.5), json!(-1)],
        );
        table(
            json!({"type": "number", "subtype": "progress"}),
            &[(json!(100), json!(100))],
            &[json!(101)],
        );
    }

    #[test]
    fn selections() {
        let options = json!([
            {"id": 0, "label": "open"}, {"id": 1, "label": "0"}, {"id": 2, "label": "gone", "deleted": true},
        ]);
        table(
            json!({"type": "selection", "selectionOptions": options}),
            &[
                (json!("Open"), json!(0)),
                (json!("0"), json!(1)),
                (json!("1"), json!(1)),
                (json!(0), json!(0)),
                (json!(""), Value::Null),
            ],
            &[json!("gone"), json!(2), json!("nosuch"), json!(["open"])],
        );
        table(
            json!({"type": "selection", "subtype": "multi", "selectionOptions": options}),
            &[
                (json!(["open", 1]), json!([0, 1])),
                (json!("open"), json!([0])),
                (json!([]), json!([])),
            ],
            &[json!(["open", "nosuch"]), json!(vec!["open"; 201])],
        );
        table(
            json!({"type": "selection", "subtype": "check"}),
            &[
                (json!(true), json!("true")),
                (json!("No"), json!("false")),
                (json!(1), json!("true")),
                (json!(null), json!("false")),
            ],
            &[json!("perhaps"), json!(2), json!("")],
        );
    }

    #[test]
    fn dates() {
        table(
            json!({"type": "datetime", "subtype": "date"}),
            &[(json!("2028-02-29"), json!("2028-02-29")), (json!(""), json!(""))],
            &[
                json!("2026-02-29"),
                json!("1.9.2026"),
                json!("2026-09-01T10:00"),
                json!(20_260_901),
            ],
        );
        table(
            json!({"type": "datetime"}),
            &[
                (json!("2026-09-01 14:30"), json!("2026-09-01 14:30")),
                (json!("2026-09-01T14:30:59"), json!("2026-09-01 14:30")),
            ],
            &[
                json!("2026-09-01"),
                json!("2026-09-01T14:30Z"),
                json!("2026-09-01T14:30+02:00"),
                json!("noon"),
            ],
        );
        table(
            json!({"type": "datetime", "subtype": "time"}),
            &[(json!("09:05"), json!("09:05"))],
            &[json!("25:00"), json!("9"), json!("nine")],
        );
    }

    #[test]
    fn people() {
        table(
            json!({"type": "usergroup", "usergroupSelectUsers": true, "usergroupSelectGroups": true, "usergroupMultipleItems": true}),
            &[
                (json!("alice"), json!([{"id": "alice", "type": 0}])),
                (
                    json!(["bob", {"id": "admin", "type": 1}]),
                    json!([{"id": "bob", "type": 0}, {"id": "admin", "type": 1}]),
                ),
            ],
            &[
                json!({"id": "team", "type": 2}),
                json!(3),
                json!([{"type": 0}]),
                json!("a\nb"),
            ],
        );
        table(
            json!({"type": "usergroup", "usergroupSelectUsers": true}),
            &[],
            &[json!(["alice", "bob"])],
        );
    }

    #[test]
    fn an_unknown_type_is_not_written() {
        let error = to_send(&column(json!({"type": "relation"})), &json!(1)).unwrap_err();
        assert!(error.to_string().contains("cannot write columns of its type"));
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in "\\PC*", kind in 0_usize..9) {
            let kinds = [
                ("text", "link"), ("text", ""), ("number", ""), ("number", "stars"), ("selection", "multi"),
                ("datetime", ""), ("datetime", "date"), ("datetime", "time"), ("usergroup", ""),
            ];
            let (kind, subtype) = kinds[kind];
            let _ = to_send(&column(json!({"type": kind, "subtype": subtype})), &json!(text));
        }
    }
}
