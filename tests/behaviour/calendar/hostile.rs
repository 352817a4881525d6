//! Objects that were made to do harm: what is beside them is still found, and they stay as they are.

use std::fmt::Write as _;

use super::Fixture;
use crate::support::TestNextcloud;
use nextcloud_sandbox::faults::Fault;
use reqwest::StatusCode;
use serde_json::{Value, json};

fn event(uid: &str, lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\n\
         SUMMARY:{uid}\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn zone(uid: &str, lines: &str) -> String {
    let event = event(uid, "DTSTART;TZID=Bomb:20310903T100000\r\nDURATION:PT1H\r\n");
    let zone = format!("BEGIN:VTIMEZONE\r\nTZID:Bomb\r\n{lines}END:VTIMEZONE\r\nBEGIN:VEVENT");
    event.replace("BEGIN:VEVENT", &zone)
}

/// What Nextcloud stores without a word.
fn stored() -> Vec<(&'static str, String)> {
    let at = "DTSTART:20310903T100000Z\r\nDTEND:20310903T110000Z\r\n";
    let many = |line: &str| line.repeat(10_000);
    let observance = "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\n\
                      RRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n";
    vec![
        ("plain", event("plain", at)),
        ("endless", event("endless", &format!("{at}RRULE:FREQ=SECONDLY\r\n"))),
        (
            "from-the-beginning",
            event(
                "from-the-beginning",
                "DTSTART:00010101T000000Z\r\nRRULE:FREQ=SECONDLY;INTERVAL=1\r\n",
            ),
        ),
        (
            "never",
            event("never", &format!("{at}RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n")),
        ),
        (
            "exceptions",
            event(
                "exceptions",
                &format!(
                    "{at}RRULE:FREQ=DAILY;COUNT=3\r\n{}",
                    many("EXDATE:20310904T100000Z\r\n")
                ),
            ),
        ),
        (
            "additions",
            event("additions", &format!("{at}{}", many("RDATE:20310904T100000Z\r\n"))),
        ),
        (
            "long",
            event("long", &format!("{at}DESCRIPTION:{}\r\n", "d".repeat(1_000_000))),
        ),
        ("lines", event("lines", &format!("{at}{}", many("X-LINE:x\r\n")))),
        (
            "folded",
            event("folded", &format!("{at}DESCRIPTION:a{}\r\n", many("\r\n b"))),
        ),
        (
            "nowhere",
            event("nowhere", "DTSTART;TZID=No/Where:20310903T100000\r\nDURATION:PT1H\r\n"),
        ),
        (
            "backwards",
            event("backwards", "DTSTART:20310903T100000Z\r\nDTEND:20310902T100000Z\r\n"),
        ),
        (
            "for-ever",
            event("for-ever", "DTSTART:20310903T100000Z\r\nDURATION:P99999999999999W\r\n"),
        ),
        ("zone", zone("zone", observance)),
        ("zones", zone("zones", &observance.repeat(1_000))),
    ]
}

#[tokio::test]
async fn hostile_objects_hide_nothing_else() {
    let fixture = Fixture::at(TestNextcloud::sandbox(nextcloud_sandbox::SandboxOptions::new()).await).await;
    for (name, text) in stored() {
        fixture.put(&format!("{name}.ics"), &text).await;
    }
    let before = fixture.nextcloud.state().digest();
    let range = json!({"calendar_name": fixture.calendar, "start_date": "2031-09-03", "end_date": "2031-09-03",
        "title_contains": "plain"});
    let found = fixture.call("list_events", range).await;
    assert_eq!(found["events"][0]["title"], "plain", "{found}");
    for (name, _) in stored() {
        let arguments = json!({"calendar_name": fixture.calendar, "event_uid": name});
        let answer = fixture.mcp.call("nc_calendar_get_event", arguments).await;
        assert!(answer.text.len() < 1_200_000, "{name}: {} bytes", answer.text.len());
        assert!(!answer.is_error, "{name}: {}", answer.text);
    }
    let free = json!({"duration_minutes": 30, "date_range_start": "2031-09-03", "date_range_end": "2031-09-04"});
    fixture.call("find_availability", free).await;
    assert_eq!(fixture.nextcloud.state().digest(), before);
    // A change of one that can be changed keeps all the rest of it.
    let text = fixture.stored("long.ics").await;
    let change = json!({"calendar_name": fixture.calendar, "event_uid": "long", "location": "here"});
    fixture.call("update_event", change).await;
    let changed = fixture.stored("long.ics").await;
    let kept = text.lines().filter(|line| changed.contains(line)).count();
    assert!(
        changed.contains("LOCATION:here") && kept >= text.lines().count() - 2,
        "{kept} lines kept"
    );
    fixture.finish().await;
}

/// An answer to a calendar query in which these objects are.
fn multistatus(calendar: &str, objects: &[(&str, String)]) -> Fault {
    let mut responses = String::new();
    for (name, text) in objects {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        write!(
            responses,
            "<d:response><d:href>/remote.php/dav/calendars/alice/{calendar}/{name}.ics</d:href><d:propstat><d:prop>\
             <d:getetag>\"1\"</d:getetag><cal:calendar-data>{text}</cal:calendar-data></d:prop>\
             <d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
        )
        .unwrap();
    }
    xml(&format!(
        "<d:multistatus xmlns:d=\"DAV:\" xmlns:cal=\"urn:ietf:params:xml:ns:caldav\">{responses}</d:multistatus>"
    ))
}

fn xml(body: &str) -> Fault {
    Fault::Answer {
        status: StatusCode::MULTI_STATUS,
        content_type: "application/xml; charset=utf-8",
        body: format!("<?xml version=\"1.0\"?>{body}"),
    }
}

fn september(more: &Value) -> Value {
    let mut arguments = json!({"start_date": "2031-09-01", "end_date": "2031-09-30"});
    arguments
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    arguments
}

#[tokio::test]
async fn objects_that_cannot_be_read_are_named() {
    let fixture = Fixture::at(TestNextcloud::sandbox(nextcloud_sandbox::SandboxOptions::new()).await).await;
    let plain = event("plain", "DTSTART:20310903T100000Z\r\nDURATION:PT1H\r\n");
    let deep = format!("BEGIN:VCALENDAR\r\n{}", "BEGIN:VEVENT\r\n".repeat(1_000));
    let answer = [
        ("plain", plain.clone()),
        ("no-end", plain.replace("END:VCALENDAR\r\n", "")),
        (
            "deep",
            format!("{deep}{}END:VCALENDAR\r\n", "END:VEVENT\r\n".repeat(1_000)),
        ),
        ("two", format!("{plain}{plain}")),
        ("page", "<html><body>Not found</body></html>".to_owned()),
        ("junk", "\u{fffd}PNG\u{2028}\u{feff}".repeat(100)),
        ("empty", String::new()),
    ];
    let path = format!("/remote.php/dav/calendars/alice/{}/", fixture.calendar);
    let faults = fixture.nextcloud.state().faults();
    faults.set(path.clone(), multistatus(&fixture.calendar, &answer));
    let named = json!({"calendar_name": fixture.calendar});
    let found = fixture.call("list_events", september(&named)).await;
    assert_eq!(
        (&found["total_found"], &found["events"][0]["uid"]),
        (&json!(1), &json!("plain")),
        "{found}"
    );
    let unreadable = found["unreadable"].as_array().unwrap();
    for (name, _) in &answer[2..] {
        let named = unreadable
            .iter()
            .any(|path| path.as_str().unwrap().ends_with(&format!("{name}.ics")));
        assert!(named, "{name}: {unreadable:?}");
    }

    // Ten thousand in one answer: a page of them.
    let many: Vec<(String, String)> = (0..10_000)
        .map(|number| {
            (
                format!("e{number}"),
                event(&format!("e{number}"), "DTSTART:20310903T100000Z\r\n"),
            )
        })
        .collect();
    let many: Vec<(&str, String)> = many.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    faults.clear_all();
    faults.set(path.clone(), multistatus(&fixture.calendar, &many));
    let found = fixture.call("list_events", september(&named)).await;
    assert_eq!(found["events"].as_array().unwrap().len(), 50);
    assert!(
        found["total_found"] == 10_000 || found["truncated"] == true,
        "{}",
        found["total_found"]
    );
    faults.clear_all();
    fixture.finish().await;
}

#[tokio::test]
async fn a_calendar_that_answers_nonsense_does_not_hide_the_others() {
    let fixture = Fixture::at(TestNextcloud::sandbox(nextcloud_sandbox::SandboxOptions::new()).await).await;
    fixture
        .event(json!({"title": "kept", "start_datetime": "2031-09-03T10:00:00Z"}))
        .await;
    let faults = fixture.nextcloud.state().faults();
    let entities = r#"<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
        <d:multistatus xmlns:d="DAV:"><d:response><d:href>&b;&b;&b;</d:href></d:response></d:multistatus>"#;
    let outside =
        r#"<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d:multistatus xmlns:d="DAV:">&x;</d:multistatus>"#;
    for body in [
        entities,
        outside,
        &"<d>".repeat(100_000),
        "<d:multistatus xmlns:d=\"DAV:\"><d:response>",
        "<html><body>Log in</body></html>",
    ] {
        faults.set("/remote.php/dav/calendars/alice/personal/", xml(body));
        let all = json!({"search_all_calendars": true, "title_contains": "kept"});
        let found = fixture.call("list_events", september(&all)).await;
        faults.clear_all();
        assert_eq!(found["events"][0]["title"], "kept", "{found}");
        assert_eq!(found["errors"][0]["calendar_name"], "personal", "{found}");
        let said = found["errors"][0]["error"].as_str().unwrap();
        assert!(said.len() < 500 && !said.contains("root:"), "{said}");
    }
    fixture.finish().await;
}
