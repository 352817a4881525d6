//! Series and their parts.

use super::Fixture;
use serde_json::{Value, json};

#[tokio::test]
async fn a_series_is_changed_in_parts() {
    let fixture = Fixture::start().await;
    let made = fixture
        .event(json!({
            "title": "Weekly", "start_datetime": "2031-09-01T09:00", "timezone": "Europe/Berlin",
            "recurring": true, "recurrence_rule": "FREQ=WEEKLY;COUNT=5",
        }))
        .await;
    let uid = &made["uid"];
    assert_eq!(fixture.september().await.len(), 5);
    let part = |fields: Value| {
        let mut arguments = json!({"calendar_name": fixture.calendar, "event_uid": uid});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        arguments
    };

    let once =
        json!({"recurrence_id": "2031-09-08T09:00:00+02:00", "title": "Once", "start_datetime": "2031-09-08T15:00"});
    fixture.call("update_event", part(once)).await;
    let out = json!({"recurrence_id": "2031-09-15T09:00:00+02:00"});
    fixture.call("delete_event", part(out)).await;
    assert_eq!(
        fixture.september().await,
        [
            "Weekly 2031-09-01T09:00:00+02:00",
            "Once 2031-09-08T15:00:00+02:00",
            "Weekly 2031-09-22T09:00:00+02:00",
            "Weekly 2031-09-29T09:00:00+02:00",
        ]
    );
    let instance = fixture
        .call("get_event", part(json!({"recurrence_id": "2031-09-08T09:00"})))
        .await;
    assert_eq!(instance["title"], "Once");
    let series = fixture.get(uid).await;
    assert_eq!(series["recurrence_rule"], "FREQ=WEEKLY;COUNT=5");
    assert_eq!(series["excluded"], json!(["2031-09-15T09:00:00+02:00"]));
    assert_eq!(series["changed_instances"], json!(["2031-09-08T09:00:00+02:00"]));

    let split = json!({
        "recurrence_id": "2031-09-22T09:00", "recurrence_range": "this_and_following", "title": "Later",
        "start_datetime": "2031-09-22T11:00",
    });
    let split = fixture.call("update_event", part(split)).await;
    assert_ne!(&split["new_uid"], uid);
    assert_eq!(
        fixture.september().await[2..],
        ["Later 2031-09-22T11:00:00+02:00", "Later 2031-09-29T11:00:00+02:00"]
    );
    let rest = json!({
        "calendar_name": fixture.calendar, "event_uid": split["new_uid"],
        "recurrence_id": "2031-09-29T11:00", "recurrence_range": "this_and_following",
    });
    fixture.call("delete_event", rest).await;
    assert_eq!(fixture.september().await.len(), 3);

    let wrong = part(json!({"recurrence_id": "2031-09-09T09:00", "title": "x"}));
    let error = fixture.error("update_event", wrong).await;
    assert!(error.contains("no such instance"), "{error}");
    fixture.call("update_event", part(json!({"recurrence_rule": ""}))).await;
    assert_eq!(fixture.get(uid).await["recurring"], false);
    fixture.finish().await;
}

#[tokio::test]
async fn a_series_that_nextcloud_gives_up_on_is_found() {
    let fixture = Fixture::start().await;
    let daily = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:long\r\nDTSTAMP:20200101T000000Z\r\n\
                 DTSTART:20150101T090000Z\r\nSUMMARY:Daily\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    fixture.put("long.ics", daily).await;
    assert_eq!(fixture.september().await.len(), 30);
    fixture.finish().await;
}
