//! What other users see and may write.

use super::{Fixture, SCOPE};
use crate::support::http_client;
use reqwest::StatusCode;
use serde_json::json;

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
