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
