//! What each kind of column takes, and what it refuses.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{link_of, to_send};
use crate::apps::tables::column::Column;

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
            json!("2026-09-01T14:30-05:00"),
            json!("2026-09-01T14:30[Europe/Berlin]"),
            json!("noon"),
        ],
    );
    table(
        json!({"type": "datetime", "subtype": "time"}),
        &[(json!("09:05"), json!("09:05"))],
        &[
            json!("25:00"),
            json!("9"),
            json!("nine"),
            json!("14:30-05:00"),
            json!("14:30Z"),
        ],
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
