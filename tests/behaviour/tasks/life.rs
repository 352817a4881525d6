//! Tasks: made, changed, done, deleted.

use super::Fixture;
use serde_json::{Value, json};

#[tokio::test]
async fn a_task_lives_from_creation_to_deletion() {
    let fixture = Fixture::start().await;
    let made = fixture
        .task(json!({
            "summary": "Buy milk, now; ☀", "description": "two\nlines", "priority": 2, "due": "2031-09-03",
            "dtstart": "2031-09-01", "categories": "home, shop", "reminders": [{"action": "DISPLAY", "minutes_before": 60}],
        }))
        .await;
    let (uid, etag) = (&made["uid"], &made["etag"]);
    let task = fixture.one(uid).await;
    assert_eq!(task["summary"], "Buy milk, now; ☀");
    assert_eq!(
        (&task["due"], &task["dtstart"]),
        (&json!("2031-09-03"), &json!("2031-09-01"))
    );
    assert_eq!(
        (&task["priority"], &task["status"]),
        (&json!(2), &json!("NEEDS-ACTION"))
    );
    assert_eq!(task["categories"], "home, shop");
    assert_eq!(task["reminders"][0]["minutes_before"], 60);
    let link = format!(
        "{}/index.php/apps/tasks/calendars/{}/tasks/",
        fixture.nextcloud.url, fixture.list
    );
    assert!(task["url"].as_str().unwrap().starts_with(&link), "{task}");

    let change = |more: Value| {
        let mut arguments = fixture.with(&json!({"todo_uid": uid}));
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    let half = fixture
        .call("update_todo", change(json!({"percent_complete": 50, "etag": etag})))
        .await;
    let task = fixture.one(uid).await;
    assert_eq!(
        (&task["status"], &task["percent_complete"]),
        (&json!("IN-PROCESS"), &json!(50))
    );
    let error = fixture
        .error("update_todo", change(json!({"summary": "x", "etag": etag})))
        .await;
    assert!(error.contains("changed since it was read"), "{error}");

    let done = json!({"completed": "2031-09-02T10:00:00Z", "etag": half["etag"]});
    let done = fixture.call("complete_todo", change(done)).await;
    assert_eq!(
        (&done["status"], &done["completed"]),
        (&json!("COMPLETED"), &json!("2031-09-02T10:00:00Z"))
    );
    let task = fixture.one(uid).await;
    assert_eq!(
        (&task["percent_complete"], &task["completed"]),
        (&json!(100), &json!("2031-09-02T10:00:00Z"))
    );
    fixture
        .call(
            "update_todo",
            change(json!({"status": "NEEDS-ACTION", "due": "", "description": ""})),
        )
        .await;
    let task = fixture.one(uid).await;
    for gone in ["completed", "due", "description"] {
        assert!(task.get(gone).is_none(), "{gone}: {task}");
    }
    assert_eq!(task["percent_complete"], 0);

    let deleted = fixture.call("delete_todo", change(json!({}))).await;
    assert_eq!(&deleted["deleted_uid"], uid);
    for tool in ["delete_todo", "complete_todo"] {
        let error = fixture.error(tool, change(json!({}))).await;
        assert!(error.contains("not found"), "{tool}: {error}");
    }
    fixture.finish().await;
}

#[tokio::test]
async fn a_recurring_task_says_what_is_pending() {
    let fixture = Fixture::start().await;
    let user = &fixture.nextcloud.user;
    let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTODO\r\nUID:daily\r\nDTSTAMP:20200101T000000Z\r\n\
                DTSTART;VALUE=DATE:20200101\r\nDUE;VALUE=DATE:20200102\r\nRRULE:FREQ=DAILY;COUNT=3\r\nSUMMARY:Daily\r\n\
                END:VTODO\r\nEND:VCALENDAR\r\n";
    let path = format!(
        "{}/remote.php/dav/calendars/{}/{}/other.ics",
        fixture.nextcloud.url, user.name, fixture.list
    );
    let put = crate::support::http_client()
        .put(path)
        .basic_auth(&user.name, Some(&user.password));
    let put = put
        .header("content-type", "text/calendar")
        .body(text)
        .send()
        .await
        .unwrap();
    assert!(put.status().is_success());
    let task = fixture.one(&json!("daily")).await;
    assert_eq!((&task["recurring"], &task["pending_count"]), (&json!(true), &json!(3)));
    assert_eq!(task["recurrence_rule"], "FREQ=DAILY;COUNT=3");
    assert_eq!(
        (&task["oldest_pending_dtstart"], &task["current_dtstart"]),
        (&json!("2020-01-01"), &json!("2020-01-03"))
    );
    fixture.finish().await;
}
