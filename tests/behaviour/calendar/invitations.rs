//! What becomes of the copies of those who are invited, and what their changes do.

use super::{Fixture, SCOPE};
use crate::support::McpClient;
use serde_json::{Value, json};

/// An event to which the second user is invited, whose copy is in their personal calendar. `None` where that user has
/// no address.
async fn invited(fixture: &Fixture, more: &Value) -> Option<(Value, McpClient)> {
    let email = fixture.other_email().await.filter(|email| !email.is_empty())?;
    let mut fields = json!({"title": "Invited", "start_datetime": "2031-09-01T10:00Z", "attendees": email});
    fields
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let made = fixture.event(fields).await;
    let other = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    Some((made["uid"].clone(), other))
}

async fn copy(other: &McpClient, uid: &Value) -> Value {
    let arguments = json!({"calendar_name": "personal", "event_uid": uid});
    other.call("nc_calendar_get_event", arguments).await.ok()
}

async fn change(fixture: &Fixture, uid: &Value, more: Value) -> Value {
    fixture.call("update_event", named(fixture, uid, &more)).await
}

fn named(fixture: &Fixture, uid: &Value, more: &Value) -> Value {
    let mut arguments = json!({"calendar_name": fixture.calendar, "event_uid": uid});
    arguments
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    arguments
}

/// Takes the other user's copy away for good, which a test calendar's end does not.
async fn remove_copy(other: &McpClient, uid: &Value) {
    let arguments = json!({"calendar_name": "personal", "event_uid": uid});
    other.call("nc_calendar_delete_event", arguments).await.ok();
}

#[tokio::test]
async fn the_last_one_invited_can_leave() {
    let fixture = Fixture::start().await;
    let Some((uid, other)) = invited(&fixture, &json!({})).await else {
        return fixture.finish().await;
    };
    let organizer = fixture.get(&uid).await["organizer"].as_str().unwrap().to_owned();
    let changed = change(&fixture, &uid, json!({"attendees": "", "title": "Alone"})).await;
    let event = fixture.get(&uid).await;
    assert_eq!(
        (&event["title"], event.get("attendees"), event.get("organizer")),
        (&json!("Alone"), None, None)
    );
    assert_eq!(event["etag"], changed["etag"]);
    assert_eq!(copy(&other, &uid).await["status"], "CANCELLED");
    remove_copy(&other, &uid).await;

    // The organiser may be among the attendees, and stays alone then.
    let (uid, _) = invited(&fixture, &json!({})).await.unwrap();
    change(&fixture, &uid, json!({"attendees": organizer})).await;
    assert_eq!(fixture.get(&uid).await["attendees"].as_array().unwrap().len(), 1);
    assert_eq!(copy(&other, &uid).await["status"], "CANCELLED");
    change(&fixture, &uid, json!({"attendees": ""})).await;
    assert!(fixture.get(&uid).await.get("attendees").is_none());
    remove_copy(&other, &uid).await;
    fixture.finish().await;
}

#[tokio::test]
async fn the_last_one_invited_to_a_series_or_one_instance_can_leave() {
    let fixture = Fixture::start().await;
    let series = json!({"recurring": true, "recurrence_rule": "FREQ=DAILY;COUNT=4"});
    let Some((uid, other)) = invited(&fixture, &series).await else {
        return fixture.finish().await;
    };
    let second = json!({"recurrence_id": "2031-09-02T10:00:00Z", "title": "Once"});
    change(&fixture, &uid, second).await;
    change(&fixture, &uid, json!({"attendees": ""})).await;
    assert!(fixture.get(&uid).await.get("attendees").is_none());
    let instance = named(&fixture, &uid, &json!({"recurrence_id": "2031-09-02T10:00:00Z"}));
    let instance = fixture.call("get_event", instance).await;
    assert_eq!((&instance["title"], instance.get("attendees")), (&json!("Once"), None));
    assert_eq!(copy(&other, &uid).await["status"], "CANCELLED");
    remove_copy(&other, &uid).await;

    // Invited to single instances only: by excluding one, by ending the series before the other.
    let email = fixture.other_email().await.unwrap();
    for out in [
        json!({"recurrence_id": "2031-09-03T10:00:00Z"}),
        json!({"recurrence_id": "2031-09-03T10:00:00Z", "recurrence_range": "this_and_following"}),
    ] {
        let mut fields = json!({"title": "Series", "start_datetime": "2031-09-01T10:00Z"});
        fields
            .as_object_mut()
            .unwrap()
            .extend(series.as_object().unwrap().clone());
        let uid = fixture.event(fields).await["uid"].clone();
        let third = json!({"recurrence_id": "2031-09-03T10:00:00Z", "attendees": email});
        change(&fixture, &uid, third).await;
        fixture.call("delete_event", named(&fixture, &uid, &out)).await;
        assert!(fixture.get(&uid).await.get("attendees").is_none());
        remove_copy(&other, &uid).await;
    }
    fixture.finish().await;
}

/// Nextcloud takes every change of an attendee's copy, and keeps it to that copy.
#[tokio::test]
async fn what_an_attendee_changes_stays_theirs_until_the_organiser_changes_the_event() {
    let fixture = Fixture::start().await;
    let Some((uid, other)) = invited(&fixture, &json!({})).await else {
        return fixture.finish().await;
    };
    let theirs = json!({"calendar_name": "personal", "event_uid": uid, "title": "Theirs", "location": "There"});
    other.call("nc_calendar_update_event", theirs).await.ok();
    assert_eq!(copy(&other, &uid).await["title"], "Theirs");
    assert_eq!(fixture.get(&uid).await["title"], "Invited");
    change(&fixture, &uid, json!({"title": "Changed"})).await;
    let after = copy(&other, &uid).await;
    assert_eq!((&after["title"], after.get("location")), (&json!("Changed"), None));

    // Who deletes their copy declines. It is in their trash then, where Nextcloud cannot update it: it fails.
    remove_copy(&other, &uid).await;
    assert_eq!(fixture.get(&uid).await["attendees"][0]["status"], "DECLINED");
    let again = named(&fixture, &uid, &json!({"title": "Once more"}));
    let error = fixture.error("update_event", again).await;
    assert!(error.contains("HTTP 500") && error.contains("trash"), "{error}");
    assert_eq!(fixture.get(&uid).await["title"], "Changed");
    // Without them it can be changed.
    change(&fixture, &uid, json!({"attendees": "", "title": "Once more"})).await;
    assert_eq!(fixture.get(&uid).await["title"], "Once more");
    fixture.finish().await;
}
