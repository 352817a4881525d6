//! Free time.

use super::Fixture;
use crate::support::unique;
use serde_json::{Value, json};

#[tokio::test]
async fn free_time_knows_own_events_and_those_of_attendees() {
    let fixture = Fixture::start().await;
    // A Monday that nobody else's tests use.
    fixture
        .event(json!({"title": "Busy", "start_datetime": "2037-06-08T09:00Z", "end_datetime": "2037-06-08T12:00Z"}))
        .await;
    let find = |more: Value| {
        let mut arguments = json!({
            "duration_minutes": 60, "date_range_start": "2037-06-08", "date_range_end": "2037-06-08", "timezone": "UTC",
        });
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    let found = fixture.call("find_availability", find(json!({}))).await;
    let slots = &found["available_slots"];
    assert_eq!(
        (&slots[0]["start"], &slots[0]["end"]),
        (&json!("2037-06-08T12:00:00Z"), &json!("2037-06-08T17:00:00Z"))
    );
    assert_eq!(slots[0]["duration_minutes"], 300);
    let preferred = find(json!({"preferred_times": "10:00-13:00", "exclude_weekends": false}));
    let found = fixture.call("find_availability", preferred).await;
    assert_eq!(found["available_slots"][0]["start"], "2037-06-08T12:00:00Z");

    if let Some(email) = fixture.other_email().await {
        let invited = fixture
            .event(json!({
                "title": "Together", "start_datetime": "2037-06-08T13:00Z", "end_datetime": "2037-06-08T14:00Z",
                "attendees": format!("Bob <{email}>"),
            }))
            .await;
        let event = fixture.get(&invited["uid"]).await;
        assert_eq!(
            event["attendees"][0]["email"].as_str().unwrap().to_lowercase(),
            email.to_lowercase()
        );
        assert!(event["organizer"].is_string());
        assert_eq!(
            invited["etag"], event["etag"],
            "the tag is asked for when Nextcloud changed the object"
        );
        let unknown = unique("nobody").replace(' ', "-");
        let with = find(json!({"attendees": format!("{email},{unknown}@example.invalid")}));
        let found = fixture.call("find_availability", with).await;
        assert_eq!(found["attendees_checked"], json!([email]));
        assert!(
            found["attendees_unknown"][0]["attendee"]
                .as_str()
                .unwrap()
                .contains(&unknown)
        );
        assert_eq!(found["available_slots"][0]["start"], "2037-06-08T12:00:00Z");
        assert_eq!(found["available_slots"][1]["start"], "2037-06-08T14:00:00Z");
        let nobody = json!({"calendar_name": fixture.calendar, "event_uid": invited["uid"], "attendees": ""});
        fixture.call("update_event", nobody).await;
        assert!(fixture.get(&invited["uid"]).await.get("attendees").is_none());
    }
    fixture.finish().await;
}
