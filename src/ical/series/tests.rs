use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{Moment, Series};
use crate::ical::{Budget, Document, Zones};

fn calendar(events: &[&str]) -> Document {
    let body = events.iter().fold(String::new(), |body, event| {
        format!("{body}BEGIN:VEVENT\nUID:u\n{event}\nEND:VEVENT\n")
    });
    Document::parse(&format!("BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n")).unwrap()
}

fn budget() -> Budget {
    Budget::new(1_000, Duration::from_secs(20))
}

fn expand(events: &[&str], from: &str, to: &str) -> Vec<String> {
    let document = calendar(events);
    let zones = Zones::of(&document, TimeZone::get("America/New_York").unwrap());
    let mut budget = budget();
    let (from, to): (Timestamp, Timestamp) = (from.parse().unwrap(), to.parse().unwrap());
    let found = Series::of(&document, "VEVENT").instances(&zones, from, to, &mut budget);
    assert!(!budget.exhausted);
    found
        .iter()
        .map(|instance| format!("{}/{}", zones.show(&instance.start), zones.show(&instance.end)))
        .collect()
}

#[test]
fn a_weekly_series_keeps_its_hour_over_the_change_of_clocks() {
    let weekly = "DTSTART;TZID=Europe/Berlin:20261018T090000\nDTEND;TZID=Europe/Berlin:20261018T100000\nRRULE:FREQ=WEEKLY;COUNT=3";
    assert_eq!(
        expand(&[weekly], "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        [
            "2026-10-18T09:00:00+02:00/2026-10-18T10:00:00+02:00",
            "2026-10-25T09:00:00+01:00/2026-10-25T10:00:00+01:00",
            "2026-11-01T09:00:00+01:00/2026-11-01T10:00:00+01:00",
        ]
    );
}

#[test]
fn exceptions_and_overrides_are_applied() {
    let daily = "DTSTART:20260901T090000Z\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20260902T090000Z\nRDATE:20260910T120000Z";
    let moved = "RECURRENCE-ID:20260903T090000Z\nDTSTART:20260903T150000Z\nDTEND:20260903T160000Z";
    assert_eq!(
        expand(&[daily, moved], "2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z"),
        [
            "2026-09-01T09:00:00Z/2026-09-01T09:30:00Z",
            "2026-09-03T15:00:00Z/2026-09-03T16:00:00Z",
            "2026-09-04T09:00:00Z/2026-09-04T09:30:00Z",
            "2026-09-10T12:00:00Z/2026-09-10T12:30:00Z",
        ]
    );
}

#[test]
fn the_start_counts_even_where_the_rule_does_not_name_it() {
    let event = "DTSTART:20260901T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=2";
    assert_eq!(
        expand(&[event], "2026-09-01T00:00:00Z", "2026-12-01T00:00:00Z"),
        [
            "2026-09-01T09:00:00Z/2026-09-01T09:00:00Z",
            "2026-09-04T09:00:00Z/2026-09-04T09:00:00Z"
        ]
    );
}

#[test]
fn days_are_those_of_the_person_who_looks() {
    let event = "DTSTART;VALUE=DATE:20260901\nDTEND;VALUE=DATE:20260903";
    assert_eq!(
        expand(&[event], "2026-09-03T03:59:00Z", "2026-09-03T04:30:00Z"),
        ["2026-09-01/2026-09-03"]
    );
    assert!(expand(&[event], "2026-09-03T04:00:00Z", "2026-09-04T00:00:00Z").is_empty());
}

#[test]
fn until_is_inclusive_on_every_clock() {
    let zoned = "DTSTART;TZID=Europe/Berlin:20260901T233000\nRRULE:FREQ=DAILY;UNTIL=20260902T213000Z";
    assert_eq!(
        expand(&[zoned], "2026-08-01T00:00:00Z", "2026-10-01T00:00:00Z").len(),
        2
    );
    let days = "DTSTART;VALUE=DATE:20260901\nRRULE:FREQ=DAILY;UNTIL=20260903";
    assert_eq!(expand(&[days], "2026-08-01T00:00:00Z", "2026-10-01T00:00:00Z").len(), 3);
    let lenient = "DTSTART:20260901T090000Z\nRRULE:FREQ=DAILY;UNTIL=20260903";
    assert_eq!(
        expand(&[lenient], "2026-08-01T00:00:00Z", "2026-10-01T00:00:00Z").len(),
        3
    );
}

#[test]
fn a_long_series_is_still_found() {
    let event = "DTSTART:19900101T090000Z\nRRULE:FREQ=DAILY";
    assert_eq!(
        expand(&[event], "2040-05-05T00:00:00Z", "2040-05-06T00:00:00Z").len(),
        1
    );
}

#[test]
fn what_never_ends_is_cut_off_and_says_so() {
    for rule in [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;BYSETPOS=2",
        "FREQ=YEARLY;BYHOUR=0,1,2,3,4,5,6,7,8,9;BYMINUTE=0,1,2,3,4,5,6,7,8,9;BYSECOND=0,1,2,3,4,5,6,7,8,9",
    ] {
        let document = calendar(&[&format!("DTSTART:19000101T000000Z\nRRULE:{rule}")]);
        let zones = Zones::of(&document, TimeZone::UTC);
        let mut budget = Budget::new(100, Duration::from_secs(20));
        let (from, to) = (
            "2026-01-01T00:00:00Z".parse().unwrap(),
            "2027-01-01T00:00:00Z".parse().unwrap(),
        );
        let found = Series::of(&document, "VEVENT").instances(&zones, from, to, &mut budget);
        assert!(found.len() <= 100);
        assert!(budget.exhausted || rule.contains("BYSETPOS"), "{rule}");
    }
}

#[test]
fn an_instance_is_found_by_its_name_on_any_clock() {
    let document = calendar(&["DTSTART;TZID=Europe/Berlin:20260901T090000\nRRULE:FREQ=WEEKLY"]);
    let zones = Zones::of(&document, TimeZone::UTC);
    let series = Series::of(&document, "VEVENT");
    let found = |text: &str| {
        let id = Moment::from_user(text, None).unwrap();
        series
            .instance(&id, &zones, &mut budget())
            .map(|instance| instance.start.value())
    };
    for text in [
        "2026-09-08T09:00:00+02:00",
        "2026-09-08T09:00:00",
        "2026-09-08T07:00:00Z",
    ] {
        assert_eq!(found(text).as_deref(), Some("20260908T090000"), "{text}");
    }
    assert_eq!(found("2026-09-09T09:00:00"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_series_is_expanded_within_bounds(
        start in "20[0-9]{2}(0[1-9]|1[0-2])[012][1-8](T[01][0-9]0000Z?)?",
        rule in "FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY)(;INTERVAL=[1-9])?(;COUNT=[0-9]{1,3})?(;BYDAY=(MO|2TU|-1FR))?(;BYMONTHDAY=-?[1-9])?(;BYSETPOS=-?[12])?",
        extra in "(EXDATE|RDATE|DTEND|DURATION|RECURRENCE-ID):[0-9TPZ-]{0,16}",
    ) {
        let document = calendar(&[&format!("DTSTART:{start}\nRRULE:{rule}\n{extra}")]);
        let zones = Zones::of(&document, TimeZone::UTC);
        let (from, to): (Timestamp, Timestamp) = ("2026-01-01T00:00:00Z".parse().unwrap(), "2026-03-01T00:00:00Z".parse().unwrap());
        let found = Series::of(&document, "VEVENT").instances(&zones, from, to, &mut budget());
        prop_assert!(found.len() <= 1_000);
        for instance in found {
            prop_assert!(instance.begins < to && instance.ends >= from);
        }
    }
}
