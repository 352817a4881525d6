//! Who may.

use super::{Fixture, SCOPE};
use serde_json::json;

#[tokio::test]
async fn tasks_need_scopes_of_their_own() {
    let fixture = Fixture::start().await;
    let scope = "openid profile email calendar:read calendar:write";
    let without = fixture.server.client_of(&fixture.nextcloud.user, scope).await;
    let names = without.tool_names().await;
    assert!(names.iter().any(|name| name == "nc_calendar_list_events"));
    assert!(!names.iter().any(|name| name == "nc_calendar_list_todos"), "{names:?}");
    let other = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    let made = fixture.task(json!({"summary": "Mine"})).await;
    let foreign = fixture.with(&json!({"todo_uid": made["uid"]}));
    for tool in ["nc_calendar_complete_todo", "nc_calendar_delete_todo"] {
        let error = other.call(tool, foreign.clone()).await.error();
        assert!(error.contains("not found"), "{tool}: {error}");
    }
    fixture.finish().await;
}

#[tokio::test]
async fn every_tool_explains_a_list_or_task_that_is_not_there_or_another_accounts() {
    let fixture = Fixture::start().await;
    let made = fixture.task(json!({"summary": "Mine"})).await;
    let before = fixture.one(&made["uid"]).await;
    let other = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    let task = fixture.with(&json!({"todo_uid": made["uid"]}));
    let mut update = task.clone();
    update["summary"] = json!("x");
    for (tool, mut arguments) in [
        ("list_todos", fixture.with(&json!({}))),
        ("create_todo", fixture.with(&json!({"summary": "x"}))),
        ("update_todo", update.clone()),
        ("complete_todo", task.clone()),
        ("delete_todo", task.clone()),
    ] {
        let error = other
            .call(&format!("nc_calendar_{tool}"), arguments.clone())
            .await
            .error();
        assert!(
            error.contains("not found") && error.contains(&fixture.list),
            "{tool}: {error}"
        );
        if arguments.get("todo_uid").is_some() {
            let mut missing = arguments.clone();
            missing["todo_uid"] = json!("no-such-task");
            let error = fixture.error(tool, missing).await;
            assert!(
                error.contains("not found") && error.contains("no-such-task"),
                "{tool}: {error}"
            );
        }
        arguments["calendar_name"] = json!("no-such-list");
        let error = fixture.error(tool, arguments).await;
        assert!(
            error.contains("not found") && error.contains("no-such-list"),
            "{tool}: {error}"
        );
    }
    let search = json!({"summary_contains": "Mine"});
    let found = other.call("nc_calendar_search_todos", search).await.ok();
    let mut todos = found["todos"].as_array().unwrap().iter();
    assert!(todos.all(|todo| todo["uid"] != made["uid"]));
    for (tool, mut stale) in [("update_todo", update), ("complete_todo", task)] {
        stale["etag"] = json!("stale");
        let error = fixture.error(tool, stale).await;
        assert!(error.contains("Nothing was written"), "{tool}: {error}");
    }
    assert_eq!(fixture.one(&made["uid"]).await, before);
    fixture.finish().await;
}
