//! What other users see and may write.

use super::{Fixture, SCOPE};
use crate::support::http_client;
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn others_see_only_what_is_shared_and_write_only_where_they_may() {
    let fixture = Fixture::start().await;
    let event = fixture
        .event(json!({"title": "Mine", "start_datetime": "2031-09-01T10:00Z"}))
        .await;
    let (user, other) = (&fixture.nextcloud.user, &fixture.nextcloud.other);
    let bob = fixture.server.client_of(other, SCOPE).await;
    let foreign = json!({"calendar_name": fixture.calendar, "event_uid": event["uid"]});
    for tool in ["nc_calendar_get_event", "nc_calendar_delete_event"] {
        let error = bob.call(tool, foreign.clone()).await.error();
        assert!(
            error.contains("not found") && error.contains("calendar"),
            "{tool}: {error}"
        );
    }
    let share = format!(
        "<o:share xmlns:d=\"DAV:\" xmlns:o=\"http://owncloud.org/ns\"><o:set>\
         <d:href>principal:principals/users/{}</d:href></o:set></o:share>",
        other.name
    );
    let shared = http_client()
        .post(fixture.path(user, &format!("{}/", fixture.calendar)))
        .basic_auth(&user.name, Some(&user.password))
        .header("content-type", "application/xml; charset=utf-8")
        .body(share)
        .send()
        .await
        .unwrap();
    assert_eq!(shared.status(), StatusCode::OK);
    let name = format!("{}_shared_by_{}", fixture.calendar, user.name);
    let list = bob.call("nc_calendar_list_calendars", json!({})).await.ok();
    let calendar = list["calendars"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == json!(name))
        .unwrap();
    assert_eq!(
        (&calendar["read_only"], &calendar["owner"]),
        (&json!(true), &json!(user.name))
    );
    let read = json!({"calendar_name": name, "event_uid": event["uid"]});
    assert_eq!(
        bob.call("nc_calendar_get_event", read.clone()).await.ok()["title"],
        "Mine"
    );
    let mut change = read.clone();
    change["title"] = json!("Not mine");
    for (tool, arguments) in [
        ("nc_calendar_update_event", change),
        ("nc_calendar_delete_event", read),
        (
            "nc_calendar_create_event",
            json!({"calendar_name": name, "title": "x", "start_datetime": "2031-09-01"}),
        ),
    ] {
        let error = bob.call(tool, arguments).await.error();
        assert!(error.contains("read-only"), "{tool}: {error}");
    }
    assert_eq!(fixture.get(&event["uid"]).await["title"], "Mine");
    fixture.finish().await;
}

/// A call for every tool that names a calendar, with what it takes to succeed.
fn calls(fixture: &Fixture, uid: &Value) -> Vec<(&'static str, Value)> {
    let c = &fixture.calendar;
    vec![
        (
            "create_event",
            json!({"calendar_name": c, "title": "x", "start_datetime": "2031-09-01"}),
        ),
        (
            "create_meeting",
            json!({"calendar_name": c, "title": "x", "date": "2031-09-01", "time": "10:00"}),
        ),
        (
            "list_events",
            json!({"calendar_name": c, "start_date": "2031-09-01", "end_date": "2031-09-30"}),
        ),
        ("get_upcoming_events", json!({"calendar_name": c})),
        ("get_event", json!({"calendar_name": c, "event_uid": uid})),
        (
            "update_event",
            json!({"calendar_name": c, "event_uid": uid, "title": "x"}),
        ),
        ("delete_event", json!({"calendar_name": c, "event_uid": uid})),
        (
            "bulk_operations",
            json!({"operation": "delete", "calendar_name": c, "title_contains": "Mine", "start_date": "2031-09-01"}),
        ),
        (
            "manage_calendar",
            json!({"action": "update", "calendar_name": c, "display_name": "x"}),
        ),
        ("manage_calendar", json!({"action": "delete", "calendar_name": c})),
    ]
}

#[tokio::test]
async fn every_tool_explains_a_calendar_that_is_not_there_or_another_accounts() {
    let fixture = Fixture::start().await;
    let event = fixture
        .event(json!({"title": "Mine", "start_datetime": "2031-09-01T10:00Z"}))
        .await;
    let bob = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    for (tool, mut arguments) in calls(&fixture, &event["uid"]) {
        let tool_name = format!("nc_calendar_{tool}");
        let error = bob.call(&tool_name, arguments.clone()).await.error();
        assert!(
            error.contains("not found") && error.contains(&fixture.calendar),
            "{tool}: {error}"
        );
        arguments["calendar_name"] = json!("no-such-calendar");
        let error = fixture.error(tool, arguments).await;
        assert!(
            error.contains("not found") && error.contains("no-such-calendar"),
            "{tool}: {error}"
        );
    }
    let stale = json!({"calendar_name": fixture.calendar, "event_uid": event["uid"], "title": "x", "etag": "stale"});
    let error = fixture.error("update_event", stale).await;
    assert!(error.contains("Nothing was written"), "{error}");
    assert_eq!(fixture.get(&event["uid"]).await["etag"], event["etag"]);
    fixture.finish().await;
}
