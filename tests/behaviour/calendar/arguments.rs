//! Arguments that are refused.

use super::Fixture;
use serde_json::{Value, json};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one row for each kind of bad input")]
async fn bad_input_is_refused_and_nothing_is_written() {
    let fixture = Fixture::start().await;
    let c = &fixture.calendar;
    let long = "x".repeat(2_000);
    let event = |more: Value| {
        let mut arguments = json!({"calendar_name": c, "title": "t", "start_datetime": "2031-09-01T10:00Z"});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    for (tool, arguments, reason) in [
        (
            "create_event",
            json!({"calendar_name": c, "title": "t"}),
            "start_datetime",
        ),
        ("create_event", event(json!({"title": " "})), "title"),
        ("create_event", event(json!({"title": long})), "title"),
        ("create_event", event(json!({"title": "a\u{7}b"})), "control characters"),
        ("create_event", event(json!({"title": 5})), "title"),
        (
            "create_event",
            event(json!({"start_datetime": "tomorrow"})),
            "start_datetime",
        ),
        (
            "create_event",
            event(json!({"end_datetime": "2031-09-01T09:00Z"})),
            "end_datetime",
        ),
        ("create_event", event(json!({"timezone": "Middle/Earth"})), "timezone"),
        (
            "create_event",
            event(json!({"recurrence_rule": "FREQ=SOMETIMES"})),
            "recurrence_rule",
        ),
        (
            "create_event",
            event(json!({"recurrence_rule": "FREQ=DAILY;COUNT=2", "recurrence_end_date": "2032-01-01"})),
            "contradicts",
        ),
        ("create_event", event(json!({"recurring": true})), "recurring"),
        ("create_event", event(json!({"status": "MAYBE"})), "status"),
        ("create_event", event(json!({"priority": 99})), "priority"),
        ("create_event", event(json!({"privacy": "SECRET"})), "privacy"),
        ("create_event", event(json!({"color": "#ff0000"})), "color"),
        ("create_event", event(json!({"url": "javascript:alert(1)"})), "url"),
        ("create_event", event(json!({"attendees": "bob"})), "attendees"),
        (
            "create_event",
            event(json!({"reminders": [{"trigger": "soon"}]})),
            "reminders",
        ),
        (
            "create_event",
            event(json!({"reminder_minutes": -1})),
            "reminder_minutes",
        ),
        ("create_event", event(json!({"calendar_name": ""})), "calendar_name"),
        ("create_event", event(json!({"calendar_name": "../other"})), "not found"),
        (
            "create_event",
            event(json!({"calendar_name": "no-such-calendar"})),
            "not found",
        ),
        ("create_event", event(json!({"titel": "x"})), "there is no argument"),
        ("get_event", json!({"calendar_name": c, "event_uid": ""}), "event_uid"),
        (
            "get_event",
            json!({"calendar_name": c, "event_uid": "no/such?uid#%☀"}),
            "not found",
        ),
        (
            "get_event",
            json!({"calendar_name": "no-such-calendar", "event_uid": "x"}),
            "not found",
        ),
        (
            "update_event",
            json!({"calendar_name": c, "event_uid": "x"}),
            "nothing to change",
        ),
        (
            "update_event",
            json!({"calendar_name": c, "event_uid": "x", "title": "y"}),
            "not found",
        ),
        (
            "delete_event",
            json!({"calendar_name": c, "event_uid": "x", "recurrence_range": "all"}),
            "recurrence_range",
        ),
        (
            "list_events",
            json!({"start_date": "2031-09-02", "end_date": "2031-09-01"}),
            "end_date",
        ),
        (
            "list_events",
            json!({"start_date": "1999-01-01", "end_date": "2031-09-01"}),
            "ten years",
        ),
        ("list_events", json!({"limit": 0}), "limit"),
        ("list_events", json!({"cursor": "nonsense"}), "cursor"),
        ("list_events", json!({"calendar_name": "no-such-calendar"}), "not found"),
        ("list_events", json!({"status": "COMPLETED"}), "status"),
        ("get_upcoming_events", json!({"days_ahead": 0}), "days_ahead"),
        (
            "create_meeting",
            json!({"title": "t", "date": "1.9.2031", "time": "10:00"}),
            "date",
        ),
        (
            "create_meeting",
            json!({"title": "t", "date": "2031-09-01", "time": "ten"}),
            "time",
        ),
        (
            "create_meeting",
            json!({"title": "t", "date": "2031-09-01", "time": "10:00", "duration_minutes": 0}),
            "duration_minutes",
        ),
        ("find_availability", json!({"duration_minutes": 0}), "duration_minutes"),
        (
            "find_availability",
            json!({"duration_minutes": 30, "preferred_times": "morning"}),
            "preferred_times",
        ),
        (
            "find_availability",
            json!({"duration_minutes": 30, "date_range_start": "2031-01-01", "date_range_end": "2031-12-31"}),
            "at most",
        ),
        (
            "bulk_operations",
            json!({"operation": "purge", "title_contains": "x"}),
            "operation",
        ),
        ("manage_calendar", json!({"action": "explode"}), "action"),
        ("manage_calendar", json!({"action": "create"}), "calendar_name"),
        (
            "manage_calendar",
            json!({"action": "create", "calendar_name": "x", "color": "red"}),
            "color",
        ),
    ] {
        let error = fixture.error(tool, arguments.clone()).await;
        assert!(error.contains(reason), "{tool} {arguments}: {error}");
    }
    assert!(fixture.september().await.is_empty());
    let injected = fixture
        .event(json!({"title": "a\r\nATTENDEE:mailto:x@example.org", "start_datetime": "2031-09-01T10:00Z", "location": "<b>&amp;\u{202e}"}))
        .await;
    let event = fixture.get(&injected["uid"]).await;
    assert_eq!(event["title"], "a\nATTENDEE:mailto:x@example.org");
    assert!(event.get("attendees").is_none());
    fixture.finish().await;
}
