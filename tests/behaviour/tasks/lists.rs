//! What is found.

use super::Fixture;
use crate::support::unique;
use serde_json::{Value, json};

#[tokio::test]
async fn tasks_are_found_across_lists_and_filtered() {
    let fixture = Fixture::start().await;
    let word = unique("Search");
    for (name, due, priority, more) in [
        ("later", "2031-09-05T10:00Z", 5, "COMPLETED"),
        ("sooner", "2031-09-01T10:00Z", 1, "IN-PROCESS"),
        ("middle", "2031-09-03T10:00Z", 0, "NEEDS-ACTION"),
    ] {
        let summary = format!("{word} {name}");
        fixture
            .task(json!({"summary": summary, "due": due, "priority": priority, "status": more, "categories": name}))
            .await;
    }
    let found = |list: &Value| -> Vec<String> {
        let todos = list["todos"].as_array().unwrap().iter();
        todos
            .map(|todo| todo["categories"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = fixture.call("search_todos", json!({"summary_contains": word})).await;
    assert_eq!(found(&all), ["sooner", "middle", "later"]);
    assert_eq!(all["total_count"], 3);
    for (filter, expected) in [
        (json!({"status": "in-process"}), vec!["sooner"]),
        (json!({"min_priority": 5}), vec!["sooner", "later"]),
        (json!({"categories": "Middle,later"}), vec!["middle", "later"]),
        (json!({"summary_contains": "LATER"}), vec!["later"]),
    ] {
        let list = fixture.call("list_todos", fixture.with(&filter)).await;
        assert_eq!(found(&list), expected, "{filter}");
    }
    fixture.finish().await;
}
