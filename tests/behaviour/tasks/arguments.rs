//! Arguments that are refused.

use super::Fixture;
use serde_json::{Value, json};

#[tokio::test]
async fn bad_input_is_refused_and_nothing_is_written() {
    let fixture = Fixture::start().await;
    let with = |fields: Value| fixture.with(&fields);
    for (tool, arguments, reason) in [
        ("create_todo", with(json!({})), "summary"),
        ("create_todo", with(json!({"summary": ""})), "summary"),
        ("create_todo", with(json!({"summary": "a\u{0}b"})), "control characters"),
        ("create_todo", with(json!({"summary": "x", "status": "DONE"})), "status"),
        ("create_todo", with(json!({"summary": "x", "priority": 10})), "priority"),
        ("create_todo", with(json!({"summary": "x", "due": "soon"})), "due"),
        (
            "create_todo",
            with(json!({"summary": "x", "due": "2031-09-01", "dtstart": "2031-09-02"})),
            "before it starts",
        ),
        (
            "create_todo",
            with(json!({"summary": "x", "due": "2031-09-01", "dtstart": "2031-09-01T10:00Z"})),
            "both be dates",
        ),
        (
            "create_todo",
            with(json!({"summary": "x", "reminders": [{}]})),
            "reminders",
        ),
        (
            "create_todo",
            json!({"calendar_name": "no-such-list", "summary": "x"}),
            "not found",
        ),
        ("list_todos", json!({"calendar_name": ""}), "calendar_name"),
        ("list_todos", json!({"calendar_name": "no-such-list"}), "not found"),
        ("list_todos", with(json!({"min_priority": 11})), "min_priority"),
        ("update_todo", with(json!({"todo_uid": "x"})), "nothing to change"),
        (
            "update_todo",
            with(json!({"todo_uid": "x", "percent_complete": 150})),
            "percent_complete",
        ),
        (
            "update_todo",
            with(json!({"todo_uid": "x/../y", "summary": "y"})),
            "not found",
        ),
        (
            "complete_todo",
            with(json!({"todo_uid": "x", "completed": "yesterday"})),
            "completed",
        ),
        ("delete_todo", with(json!({"todo_uid": " "})), "todo_uid"),
        ("search_todos", json!({"status": "OPEN"}), "status"),
    ] {
        let error = fixture.error(tool, arguments.clone()).await;
        assert!(error.contains(reason), "{tool} {arguments}: {error}");
    }
    let list = fixture.call("list_todos", with(json!({}))).await;
    assert_eq!(list["total_count"], 0);
    fixture.finish().await;
}
