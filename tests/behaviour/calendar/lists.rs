//! What is listed, and in which order.

use super::{Fixture, now};
use crate::support::unique;
use jiff::SignedDuration;
use serde_json::{Value, json};

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged() {
    let fixture = Fixture::start().await;
    for (title, start, more) in [
        (
            "Third",
            "2031-09-03T10:00Z",
            json!({"categories": "red,blue", "location": "Hall A"}),
        ),
        ("First", "2031-09-01T10:00Z", json!({"status": "CANCELLED"})),
        (
            "Second",
            "2031-09-02T10:00Z",
            json!({"end_datetime": "2031-09-02T14:00Z"}),
        ),
    ] {
        let mut event = json!({"title": title, "start_datetime": start});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fixture.event(event).await;
    }
    let list = |more: Value| {
        let mut arguments =
            json!({"calendar_name": fixture.calendar, "start_date": "2031-09-01", "end_date": "2031-09-30"});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    let mut seen = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let page = fixture
            .call("list_events", list(json!({"limit": 2, "cursor": cursor})))
            .await;
        assert_eq!(page["total_found"], 3);
        seen.extend(
            page["events"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| event["title"].clone()),
        );
        match page.get("next_cursor") {
            Some(next) => cursor = next.clone(),
            None => break,
        }
    }
    assert_eq!(seen, ["First", "Second", "Third"]);
    for (filter, title) in [
        (json!({"categories": "Blue, green"}), "Third"),
        (json!({"location_contains": "hall"}), "Third"),
        (json!({"status": "cancelled"}), "First"),
        (json!({"title_contains": "SECOND"}), "Second"),
        (json!({"min_duration_minutes": 120}), "Second"),
        (
            json!({"search_all_calendars": true, "title_contains": "Second"}),
            "Second",
        ),
    ] {
        let page = fixture.call("list_events", list(filter.clone())).await;
        assert_eq!(page["events"][0]["title"], title, "{filter}");
    }
    let none = fixture.call("list_events", list(json!({"min_attendees": 1}))).await;
    assert_eq!(none["total_found"], 0);
    fixture.finish().await;
}

#[tokio::test]
async fn meetings_come_up() {
    let fixture = Fixture::start().await;
    let tomorrow = (now() + SignedDuration::from_hours(24)).to_string();
    let title = unique("Meeting");
    let meeting = json!({
        "calendar_name": fixture.calendar, "title": title, "date": &tomorrow[..10], "time": &tomorrow[11..16],
        "duration_minutes": 45, "timezone": "UTC",
    });
    let made = fixture.call("create_meeting", meeting).await;
    let event = fixture.get(&made["uid"]).await;
    assert_eq!(event["reminders"][0]["minutes_before"], 15);
    let upcoming = json!({"calendar_name": fixture.calendar, "days_ahead": 2});
    let list = fixture.call("get_upcoming_events", upcoming).await;
    assert_eq!(list["events"][0]["title"], json!(title));
    assert_eq!(list["total_found"], 1);
    fixture.finish().await;
}
