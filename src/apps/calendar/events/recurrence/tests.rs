use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::edit::Change;
use super::super::model::{Range, UpdateEvent};
use super::{Outcome, Target, delete, update};
use crate::ical::{Document, Series, Zones};
use crate::mcp::ToolResult;

const SERIES: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nX-WR-KEEP;A=\"b:c\":d\r\nBEGIN:VEVENT\r\nUID:s\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Europe/Berlin;X-P=1:20260907T090000\r\nDTEND;TZID=Europe/Berlin:20260907T100000\r\nRRULE:FREQ=WEEKLY;COUNT=5\r\nEXDATE;TZID=Europe/Berlin:20260914T090000\r\nSUMMARY;LANGUAGE=en:Weekly\r\nX-UNKNOWN;Y=z:kept \r\n as it is\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:s\r\nDTSTAMP:20260101T000000Z\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260928T090000\r\nDTSTART;TZID=Europe/Berlin:20260928T140000\r\nDTEND;TZID=Europe/Berlin:20260928T150000\r\nSUMMARY:Moved\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn now() -> Timestamp {
    "2026-08-01T00:00:00Z".parse().unwrap()
}

fn changed(args: &UpdateEvent, id: Option<&str>, range: Option<Range>) -> ToolResult<Outcome> {
    let document = Document::parse(SERIES).unwrap();
    let zones = Zones::of(&document, TimeZone::UTC);
    let target = Target::of(&document, &zones, id, range, "the event")?;
    update(document, &target, &Change::of(args)?, &zones, now())
}

fn starts(text: &str) -> Vec<String> {
    let document = Document::parse(text).unwrap();
    let zones = Zones::of(&document, TimeZone::UTC);
    let (from, to): (Timestamp, Timestamp) = (
        "2026-01-01T00:00:00Z".parse().unwrap(),
        "2028-01-01T00:00:00Z".parse().unwrap(),
    );
    let mut budget = super::super::super::when::budget();
    let found = Series::of(&document, "VEVENT").instances(&zones, from, to, &mut budget);
    found
        .iter()
        .map(|instance| {
            let title = document.component(instance.at).unwrap().text("SUMMARY").unwrap();
            format!("{title} {}", instance.start.value())
        })
        .collect()
}

fn title(title: &str) -> UpdateEvent {
    UpdateEvent {
        title: Some(title.to_owned()),
        ..UpdateEvent::default()
    }
}

#[test]
fn a_change_of_the_series_touches_only_what_it_names() {
    let text = changed(&title("New"), None, None).unwrap().text.unwrap();
    // The zone was not defined: now it is. What else differs is the title and when it was changed.
    let zone_end = text.find("END:VTIMEZONE\r\n").unwrap() + "END:VTIMEZONE\r\n".len();
    let zone_start = text.find("BEGIN:VTIMEZONE").unwrap();
    let text = text[..zone_start].to_owned() + &text[zone_end..];
    let expected = SERIES
        .replacen("DTSTAMP:20260101T000000Z", "DTSTAMP:20260801T000000Z", 1)
        .replacen("SUMMARY;LANGUAGE=en:Weekly", "SUMMARY;LANGUAGE=en:New", 1)
        .replacen(" as it is\r\n", " as it is\r\nLAST-MODIFIED:20260801T000000Z\r\n", 1);
    assert_eq!(text, expected);
}

#[test]
fn one_instance_gets_a_component_of_its_own() {
    let outcome = changed(&title("Once"), Some("2026-09-21T09:00:00+02:00"), None).unwrap();
    let text = outcome.text.unwrap();
    assert_eq!(
        starts(&text),
        [
            "Weekly 20260907T090000",
            "Once 20260921T090000",
            "Moved 20260928T140000",
            "Weekly 20261005T090000"
        ]
    );
    assert!(
        text.contains("RECURRENCE-ID;TZID=Europe/Berlin:20260921T090000"),
        "{text}"
    );
    let again = changed(&title("Moved again"), Some("2026-09-28T09:00"), Some(Range::This)).unwrap();
    assert_eq!(starts(&again.text.unwrap())[2], "Moved again 20260928T140000");
}

#[test]
fn this_and_following_make_a_series_of_their_own() {
    let outcome = changed(&title("After"), Some("2026-09-21T09:00"), Some(Range::ThisAndFollowing)).unwrap();
    let old = outcome.text.unwrap();
    assert_eq!(starts(&old), ["Weekly 20260907T090000"]);
    assert!(old.contains("RRULE:FREQ=WEEKLY;UNTIL=20260921T065959Z"), "{old}");
    let (uid, new) = outcome.new.unwrap();
    assert_eq!(
        starts(&new),
        [
            "After 20260921T090000",
            "Moved 20260928T140000",
            "After 20261005T090000"
        ]
    );
    assert!(
        new.contains("RRULE:FREQ=WEEKLY;COUNT=3") && !new.contains("UID:s\r\n") && new.contains(&uid),
        "{new}"
    );
}

#[test]
fn exceptions_and_overrides_follow_a_series_that_moves() {
    let later = UpdateEvent {
        start_datetime: Some("2026-09-08T11:30".to_owned()),
        ..UpdateEvent::default()
    };
    let text = changed(&later, None, None).unwrap().text.unwrap();
    assert_eq!(
        starts(&text),
        [
            "Weekly 20260908T113000",
            "Weekly 20260922T113000",
            "Moved 20260928T140000",
            "Weekly 20261006T113000"
        ]
    );
    assert!(text.contains("DTEND;TZID=Europe/Berlin:20260908T123000"), "{text}");
    assert!(
        text.contains("DTSTART;TZID=Europe/Berlin;X-P=1:20260908T113000"),
        "{text}"
    );
}

#[test]
fn the_end_of_the_repetition_takes_its_exceptions_with_it() {
    let single = UpdateEvent {
        recurrence_rule: Some(String::new()),
        ..UpdateEvent::default()
    };
    let text = changed(&single, None, None).unwrap().text.unwrap();
    assert_eq!(starts(&text), ["Weekly 20260907T090000"]);
    assert!(!text.contains("EXDATE"), "{text}");
}

#[test]
fn all_day_and_back() {
    let day = UpdateEvent {
        all_day: Some(true),
        ..UpdateEvent::default()
    };
    let text = changed(&day, None, None).unwrap().text.unwrap();
    assert!(
        text.contains("DTSTART;VALUE=DATE;X-P=1:20260907") && text.contains("DTEND;VALUE=DATE:20260908"),
        "{text}"
    );
    assert!(text.contains("EXDATE;VALUE=DATE:20260914"), "{text}");
}

#[test]
fn what_cannot_be_is_refused() {
    let refused = |args: UpdateEvent, id, range| changed(&args, id, range).unwrap_err().to_string();
    assert!(refused(title("x"), Some("2026-09-08T09:00"), None).contains("no such instance"));
    assert!(refused(title("x"), None, Some(Range::This)).contains("which instance"));
    assert!(refused(title("x"), Some("soon"), None).contains("recurrence_id"));
    let args = |change: fn(&mut UpdateEvent)| {
        let mut args = UpdateEvent::default();
        change(&mut args);
        args
    };
    let end = args(|args| args.end_datetime = Some("2026-09-07T08:00".to_owned()));
    assert!(refused(end, None, None).contains("not after the start"));
    let rule = args(|args| args.recurrence_rule = Some("FREQ=NEVER".to_owned()));
    assert!(refused(rule, None, None).contains("recurrence_rule"));
    let zone = args(|args| args.timezone = Some("Mars/Olympus".to_owned()));
    assert!(refused(zone, None, None).contains("no IANA time zone"));
    let alone = args(|args| args.timezone = Some("Asia/Tokyo".to_owned()));
    assert!(refused(alone, None, None).contains("start_datetime"));
    let rule = args(|args| args.recurrence_rule = Some("FREQ=DAILY".to_owned()));
    assert!(refused(rule, Some("2026-09-21T09:00"), None).contains("cannot repeat"));
}

#[test]
fn deleting_takes_out_what_was_asked() {
    let deleted = |id: Option<&str>, range| {
        let document = Document::parse(SERIES).unwrap();
        let zones = Zones::of(&document, TimeZone::UTC);
        let target = Target::of(&document, &zones, id, range, "the event").unwrap();
        delete(document, &target, &zones, now()).unwrap().text
    };
    assert_eq!(deleted(None, None), None);
    let moved = deleted(Some("2026-09-28T09:00"), None).unwrap();
    assert_eq!(
        starts(&moved),
        [
            "Weekly 20260907T090000",
            "Weekly 20260921T090000",
            "Weekly 20261005T090000"
        ]
    );
    let rest = deleted(Some("2026-09-28T09:00"), Some(Range::ThisAndFollowing)).unwrap();
    assert_eq!(starts(&rest), ["Weekly 20260907T090000", "Weekly 20260921T090000"]);
    assert_eq!(deleted(Some("2026-09-07T09:00"), Some(Range::ThisAndFollowing)), None);
}
