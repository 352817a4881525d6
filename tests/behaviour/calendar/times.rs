//! Zones, dates, and the change of clocks.

use super::Fixture;
use serde_json::{Value, json};

#[tokio::test]
async fn dates_zones_and_the_change_of_clocks_are_right() {
    let fixture = Fixture::start().await;
    let day = fixture
        .event(json!({"title": "Day", "start_datetime": "2031-09-05"}))
        .await;
    let event = fixture.get(&day["uid"]).await;
    assert_eq!(
        (&event["all_day"], &event["start"], &event["end"]),
        (&json!(true), &json!("2031-09-05"), &json!("2031-09-06"))
    );
    let floating = fixture
        .event(json!({"title": "Floats", "start_datetime": "2031-09-06T08:00"}))
        .await;
    assert!(floating["warning"].as_str().unwrap().contains("no zone"));
    let event = fixture.get(&floating["uid"]).await;
    assert_eq!(
        (&event["start"], &event["end"]),
        (&json!("2031-09-06T08:00:00"), &json!("2031-09-06T09:00:00"))
    );
    let utc = fixture
        .event(json!({"title": "Utc", "start_datetime": "2031-09-07T08:00:00+05:30"}))
        .await;
    assert_eq!(fixture.get(&utc["uid"]).await["start"], "2031-09-07T02:30:00Z");

    fixture
        .event(json!({
            "title": "Over the change", "start_datetime": "2031-10-19T09:00", "timezone": "Europe/Berlin",
            "recurrence_rule": "FREQ=WEEKLY", "recurrence_end_date": "2031-11-02",
        }))
        .await;
    let october = json!({"calendar_name": fixture.calendar, "start_date": "2031-10-01", "end_date": "2031-12-31"});
    let list = fixture.call("list_events", october).await;
    let starts: Vec<&Value> = list["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["start"])
        .collect();
    assert_eq!(
        starts,
        [
            "2031-10-19T09:00:00+02:00",
            "2031-10-26T09:00:00+01:00",
            "2031-11-02T09:00:00+01:00"
        ]
    );
    let skipped = json!({
        "calendar_name": fixture.calendar, "title": "x", "timezone": "Europe/Berlin",
        "start_datetime": "2031-03-30T02:30",
    });
    let error = fixture.error("create_event", skipped).await;
    assert!(error.contains("does not exist"), "{error}");
    fixture.finish().await;
}
