//! Events: made, changed, deleted.

use super::Fixture;
use crate::support::unique;
use serde_json::{Value, json};

#[tokio::test]
async fn an_event_lives_from_creation_to_deletion() {
    let fixture = Fixture::start().await;
    let made = fixture
        .event(json!({
            "title": "Planning, with; signs \\ and ☀",
            "start_datetime": "2031-09-01T09:00",
            "end_datetime": "2031-09-01T10:30",
            "timezone": "Europe/Berlin",
            "description": "line one\nline two",
            "location": "Room 1",
            "categories": "work, planning",
            "status": "TENTATIVE",
            "priority": 3,
            "privacy": "PRIVATE",
            "url": "https://example.org/a?b=c",
            "color": "tomato",
            "reminders": [{"action": "DISPLAY", "minutes_before": 30}, {"action": "EMAIL", "trigger": "-P1D"}],
        }))
        .await;
    let (uid, etag) = (&made["uid"], &made["etag"]);
    let event = fixture.get(uid).await;
    assert_eq!(event["title"], "Planning, with; signs \\ and ☀");
    assert_eq!(event["start"], "2031-09-01T09:00:00+02:00");
    assert_eq!(event["end"], "2031-09-01T10:30:00+02:00");
    assert_eq!(event["timezone"], "Europe/Berlin");
    assert_eq!(event["description"], "line one\nline two");
    assert_eq!(event["categories"], json!(["work", "planning"]));
    assert_eq!(event["status"], "TENTATIVE");
    assert_eq!((&event["priority"], &event["privacy"]), (&json!(3), &json!("PRIVATE")));
    assert_eq!(event["event_url"], "https://example.org/a?b=c");
    assert_eq!(event["color"], "tomato");
    assert_eq!(event["reminders"][0]["minutes_before"], 30);
    assert_eq!(event["reminders"][1]["action"], "EMAIL");
    assert_eq!(&event["etag"], etag);
    let link = event["url"].as_str().unwrap();
    assert!(
        link.starts_with(&format!("{}/index.php/apps/calendar/edit/", fixture.nextcloud.url)),
        "{link}"
    );

    let update = |etag: &Value, title: &str| json!({"calendar_name": fixture.calendar, "event_uid": uid, "etag": etag, "title": title});
    let changed = fixture.call("update_event", update(etag, "Changed")).await;
    assert_ne!(&changed["etag"], etag);
    let error = fixture.error("update_event", update(etag, "Lost")).await;
    assert!(error.contains("changed since it was read"), "{error}");
    let after = fixture.get(uid).await;
    assert_eq!(after["title"], "Changed");
    for same in [
        "start",
        "end",
        "description",
        "reminders",
        "categories",
        "event_url",
        "color",
    ] {
        assert_eq!(after[same], event[same], "{same}");
    }
    let cleared = json!({
        "calendar_name": fixture.calendar, "event_uid": uid,
        "description": "", "location": "", "categories": "", "url": "", "color": "", "reminders": [],
    });
    fixture.call("update_event", cleared).await;
    let after = fixture.get(uid).await;
    for gone in [
        "description",
        "location",
        "categories",
        "event_url",
        "color",
        "reminders",
    ] {
        assert!(after.get(gone).is_none(), "{gone}: {after}");
    }

    let named = json!({"calendar_name": fixture.calendar, "event_uid": uid});
    let deleted = fixture.call("delete_event", named.clone()).await;
    assert_eq!(&deleted["deleted_uid"], uid);
    for tool in ["get_event", "delete_event"] {
        let error = fixture.error(tool, named.clone()).await;
        assert!(error.contains("not found"), "{tool}: {error}");
    }
    fixture.finish().await;
}

#[tokio::test]
async fn a_change_leaves_every_other_byte_of_the_object_alone() {
    let fixture = Fixture::start().await;
    let uid = format!("foreign/{}", unique("uid").replace(' ', "-"));
    let object = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//another//program//EN\r\nX-WR-SOMETHING;X=\"a:b\":c\r\n\
         BEGIN:VEVENT\r\nX-FIRST:1\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nLAST-MODIFIED:20260101T000000Z\r\n\
         DTSTART;TZID=Europe/Berlin;X-KEEP=me:20310901T090000\r\nDTEND;TZID=Europe/Berlin:20310901T100000\r\n\
         SUMMARY;LANGUAGE=de:Besprechung\r\nLOCATION;ALTREP=\"cid:1\":Old place\r\n\
         x-folded;P=q:a line that another program folded in the midd\r\n le of a word\r\n\
         BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER;RELATED=END:-PT5M\r\nX-A:b\r\nDESCRIPTION:x\r\nEND:VALARM\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    fixture.put("not-the-uid.ics", &object).await;
    let change = json!({"calendar_name": fixture.calendar, "event_uid": uid, "location": "New, place"});
    fixture.call("update_event", change).await;
    let stored = fixture.stored("not-the-uid.ics").await;
    // Nextcloud does not see the difference, so neither need we: what it must find is the zone that is named.
    let zone = stored.find("BEGIN:VTIMEZONE").unwrap_or_else(|| panic!("{stored}"))
        ..stored.find("END:VTIMEZONE\r\n").unwrap() + 15;
    let mut rest = stored.clone();
    rest.replace_range(zone, "");
    let stamps = |text: &str| -> Vec<String> {
        let lines = text
            .split("\r\n")
            .filter(|line| !line.starts_with("DTSTAMP:") && !line.starts_with("LAST-MODIFIED:"));
        lines.map(ToOwned::to_owned).collect()
    };
    let expected = object.replace("LOCATION;ALTREP=\"cid:1\":Old place", "LOCATION:New\\, place");
    assert_eq!(stamps(&rest), stamps(&expected));
    fixture.finish().await;
}
