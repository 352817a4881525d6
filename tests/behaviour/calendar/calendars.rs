//! Calendars: made, changed, thrown away, brought back.

use super::Fixture;
use serde_json::{Value, json};

#[tokio::test]
async fn a_calendar_goes_to_the_trash_and_comes_back() {
    let fixture = Fixture::start().await;
    let name = fixture.calendar.clone();
    let named = |action: &str| json!({"action": action, "calendar_name": name});

    let error = fixture.error("manage_calendar", named("create")).await;
    assert!(error.contains("405") && error.contains("update"), "{error}");

    let changed = json!({"action": "update", "calendar_name": name, "description": "d & <e>"});
    let changed = fixture.manage(changed).await;
    assert_eq!(changed["calendar"]["description"], "d & <e>");
    assert_eq!(changed["calendar"]["color"], "#1976D2", "what is not named stays");

    let deleted = fixture.manage(named("delete")).await;
    assert_eq!(deleted["deleted"], json!(name));
    let list = fixture.call("list_calendars", json!({})).await;
    let has = |list: &Value, key: &str| {
        list[key]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["name"] == json!(name))
    };
    assert!(!has(&list, "calendars") && has(&list, "trash"), "{list}");

    let error = fixture.error("manage_calendar", named("create")).await;
    assert!(error.contains("trash") && error.contains("restore"), "{error}");
    fixture.manage(named("restore")).await;
    let list = fixture.call("list_calendars", json!({})).await;
    assert!(has(&list, "calendars"), "{list}");
    let error = fixture.error("manage_calendar", named("restore")).await;
    assert!(error.contains("not in the trash"), "{error}");

    fixture.manage(named("delete_permanently")).await;
    for action in ["update", "delete"] {
        let mut arguments = named(action);
        arguments["display_name"] = json!("x");
        let error = fixture.error("manage_calendar", arguments).await;
        assert!(error.contains("not found"), "{action}: {error}");
    }
}

#[tokio::test]
async fn calendars_say_what_may_be_written() {
    let fixture = Fixture::start().await;
    let list = fixture.call("list_calendars", json!({})).await;
    let find = |name: &str| {
        let calendars = list["calendars"].as_array().unwrap().iter();
        calendars.clone().find(|calendar| calendar["name"] == name).cloned()
    };
    let own = find(&fixture.calendar).unwrap();
    assert_eq!((&own["read_only"], &own["enabled"]), (&json!(false), &json!(true)));
    assert_eq!(own["components"], json!(["VEVENT", "VTODO"]));
    if let Some(birthdays) = find("contact_birthdays") {
        assert_eq!(birthdays["read_only"], true);
        let event = json!({"calendar_name": "contact_birthdays", "title": "x", "start_datetime": "2031-09-01"});
        let error = fixture.error("create_event", event).await;
        assert!(error.contains("read-only"), "{error}");
    }
    fixture.finish().await;
}
