//! Free time: what own events leave, and those of others whom Nextcloud may answer for.

use std::fmt::Write as _;

use actors::nextcloud::NextcloudClient;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::api::{self, FreeBusy, Kind};
use super::super::when::{self, Here, invalid};
use super::super::{calendars, fields, people};
use super::model::CalendarFailure;
use super::read;
use crate::ical::{Document, Duration, Moment, Zones};
use crate::mcp::{About, ToolError, ToolResult};

const MAX_DAYS: i64 = 92;
const MAX_SLOTS: usize = 200;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct FindAvailability {
    pub duration_minutes: i64,
    #[serde(default)]
    pub attendees: String,
    /// Empty: now.
    #[serde(default)]
    pub date_range_start: String,
    /// Inclusive; empty: a week.
    #[serde(default)]
    pub date_range_end: String,
    /// 9 to 17.
    #[serde(default = "yes")]
    pub business_hours_only: bool,
    #[serde(default = "yes")]
    pub exclude_weekends: bool,
    /// `09:00-12:00,14:00-16:00`.
    #[serde(default)]
    pub preferred_times: String,
    /// All-day events make busy.
    #[serde(default)]
    pub include_all_day: bool,
    #[serde(default)]
    pub timezone: String,
}

fn yes() -> bool {
    true
}

/// Time in which everybody is free, as long as it lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Slot {
    pub start: String,
    pub end: String,
    pub duration_minutes: i64,
    pub date: String,
}

/// Somebody whose calendars are not known.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Unknown {
    pub attendee: String,
    pub reason: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Availability {
    pub available_slots: Vec<Slot>,
    pub duration_requested: i64,
    pub date_range_start: String,
    pub date_range_end: String,
    pub timezone: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attendees_checked: Vec<String>,
    /// These may be busy in the slots.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attendees_unknown: Vec<Unknown>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<CalendarFailure>,
}

type Span = (Timestamp, Timestamp);

pub async fn find_availability(nextcloud: NextcloudClient, args: FindAvailability) -> ToolResult<Availability> {
    if !(1..=24 * 60).contains(&args.duration_minutes) {
        return Err(invalid("duration_minutes", "from 1 minute to a day"));
    }
    let invited = people::parse(&args.attendees)?;
    let hours = hours(&args)?;
    let here = Here::of(&nextcloud).await.in_zone(&args.timezone)?;
    let (from, to) = here.range(
        ("date_range_start", &args.date_range_start),
        ("date_range_end", &args.date_range_end),
        7,
    )?;
    if to > here.day_after(from, MAX_DAYS)? {
        return Err(invalid(
            "date_range_end",
            &format!("at most {MAX_DAYS} days after the start"),
        ));
    }
    let calendars = calendars::chosen(&nextcloud, "", Kind::Event).await?;
    let busy_calendars = calendars
        .into_iter()
        .filter(|calendar| !calendar.transparent && calendar.enabled);
    let names: Vec<String> = busy_calendars.map(|calendar| calendar.name).collect();
    let found = read::within(&nextcloud, &names, &here, (from, to)).await?;
    let mut busy: Vec<Span> = found
        .instances
        .iter()
        .filter(|(event, _)| !event.free && (args.include_all_day || !event.summary.all_day))
        .map(|(event, _)| (event.begins, event.ends))
        .collect();
    let mut result = Availability {
        available_slots: Vec::new(),
        duration_requested: args.duration_minutes,
        date_range_start: show(from, &here.zone),
        date_range_end: show(to, &here.zone),
        timezone: here.zone.iana_name().unwrap_or("UTC").to_owned(),
        attendees_checked: Vec::new(),
        attendees_unknown: Vec::new(),
        truncated: found.truncated,
        errors: found.errors,
    };
    if !invited.is_empty() {
        let emails: Vec<String> = invited.into_iter().map(|person| person.email).collect();
        busy.extend(ask(&nextcloud, emails, (from, to), here.now, &mut result).await?);
    }
    let weekends = !args.exclude_weekends;
    let mut slots = free(
        &windows(&here, (from, to), &hours, weekends),
        busy,
        args.duration_minutes * 60,
    );
    if slots.len() > MAX_SLOTS {
        slots.truncate(MAX_SLOTS);
        result.truncated = true;
    }
    result.available_slots = slots
        .into_iter()
        .map(|(start, end)| Slot {
            start: show(start, &here.zone),
            end: show(end, &here.zone),
            duration_minutes: end.duration_since(start).as_mins(),
            date: here.zone.to_datetime(start).date().to_string(),
        })
        .collect();
    Ok(result)
}

/// Asks Nextcloud for the free/busy times of others. Those that it cannot answer for are named in `result`.
async fn ask(
    nextcloud: &NextcloudClient,
    emails: Vec<String>,
    (from, to): Span,
    now: Timestamp,
    result: &mut Availability,
) -> ToolResult<Vec<Span>> {
    let me = api::person(nextcloud).await.about("your account")?;
    let mine = me.email.filter(|email| !email.is_empty()).ok_or_else(|| {
        ToolError::invalid(
            "argument `attendees`: your Nextcloud account has no e-mail address, which asking for others' free time \
             needs; set one in the personal settings",
        )
    })?;
    let (others, own): (Vec<String>, Vec<String>) =
        emails.into_iter().partition(|email| !email.eq_ignore_ascii_case(&mine));
    result.attendees_checked.extend(own);
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let mut question = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//nextcloud-mcp-server//EN\r\nMETHOD:REQUEST\r\nBEGIN:VFREEBUSY\r\n\
         UID:{}\r\nDTSTAMP:{}\r\nDTSTART:{}\r\nDTEND:{}\r\nORGANIZER:mailto:{mine}\r\n",
        fields::new_uid(),
        when::basic(now),
        when::basic(from),
        when::basic(to),
    );
    for email in &others {
        let _ = write!(question, "ATTENDEE:mailto:{email}\r\n");
    }
    question.push_str("END:VFREEBUSY\r\nEND:VCALENDAR\r\n");
    let answers = api::free_busy(nextcloud, question)
        .await
        .about("the free/busy times of the attendees")?;
    let mut busy = Vec::new();
    for email in others {
        let answer = answers.iter().find(|answer| {
            let recipient = answer.recipient.strip_prefix("mailto:").unwrap_or(&answer.recipient);
            recipient.eq_ignore_ascii_case(&email)
        });
        match spans(answer) {
            Ok(spans) => {
                busy.extend(spans);
                result.attendees_checked.push(email);
            }
            Err(reason) => result.attendees_unknown.push(Unknown {
                attendee: email,
                reason,
            }),
        }
    }
    Ok(busy)
}

/// The busy times in an answer (RFC 5545 §3.6.4), or why there are none to be had.
fn spans(answer: Option<&FreeBusy>) -> Result<Vec<Span>, String> {
    let Some(answer) = answer else {
        return Err("Nextcloud gave no answer for this address".to_owned());
    };
    let Some(data) = answer.data.as_ref().filter(|_| answer.status.starts_with("2.")) else {
        let said: String = answer
            .status
            .chars()
            .filter(|character| !character.is_control())
            .take(100)
            .collect();
        return Err(if said.starts_with("3.7") {
            format!("no user of this Nextcloud has this address ({said})")
        } else {
            format!("Nextcloud said: {said}")
        });
    };
    let document = Document::parse(data).map_err(|error| error.to_string())?;
    let zones = Zones::of(&document, TimeZone::UTC);
    let mut busy = Vec::new();
    for (_, component) in document.components("VFREEBUSY") {
        for property in component.all("FREEBUSY") {
            if property
                .parameter("FBTYPE")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("FREE"))
            {
                continue;
            }
            let raw = property.raw();
            busy.extend(raw.split(',').filter_map(|period| span(period.trim(), &zones)));
        }
    }
    Ok(busy)
}

fn span(period: &str, zones: &Zones) -> Option<Span> {
    let (start, end) = period.split_once('/')?;
    let begins = zones.instant(&Moment::read(start, None)?);
    let ends = match Moment::read(end, None) {
        Some(end) => zones.instant(&end),
        None => begins
            .checked_add(Duration::read(end)?.total_seconds().seconds())
            .ok()?,
    };
    Some((begins, ends))
}

/// The hours of a day that are asked for.
fn hours(args: &FindAvailability) -> ToolResult<Vec<(Time, Time)>> {
    let (nine, five) = (Time::constant(9, 0, 0, 0), Time::constant(17, 0, 0, 0));
    let wrong = || invalid("preferred_times", "write it as 09:00-12:00,14:00-16:00");
    let mut hours = Vec::new();
    for range in args
        .preferred_times
        .split(',')
        .map(str::trim)
        .filter(|range| !range.is_empty())
    {
        let (start, end) = range.split_once('-').ok_or_else(wrong)?;
        let time = |text: &str| match text.trim() {
            "24:00" => Ok(Time::MAX),
            text => text.parse::<Time>().map_err(|_| wrong()),
        };
        let (mut start, mut end) = (time(start)?, time(end)?);
        if end <= start || hours.len() >= 12 {
            return Err(wrong());
        }
        if args.business_hours_only {
            (start, end) = (start.max(nine), end.min(five));
        }
        if start < end {
            hours.push((start, end));
        }
    }
    if args.preferred_times.trim().is_empty() {
        hours.push(if args.business_hours_only {
            (nine, five)
        } else {
            (Time::MIN, Time::MAX)
        });
    } else if hours.is_empty() {
        return Err(invalid(
            "preferred_times",
            "they are all outside business hours: set business_hours_only to false",
        ));
    }
    hours.sort_unstable();
    Ok(hours)
}

/// The stretches of time that are asked for, in order. Hours of days that touch become one.
fn windows(here: &Here, (from, to): Span, hours: &[(Time, Time)], weekends: bool) -> Vec<Span> {
    let zone = &here.zone;
    let mut windows: Vec<Span> = Vec::new();
    let mut day = zone.to_datetime(from).date();
    let last = zone.to_datetime(to).date();
    while day <= last {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let next = day.saturating_add(1.day());
        if weekends || !weekend {
            for (start, end) in hours {
                let end = if *end == Time::MAX {
                    next.at(0, 0, 0, 0)
                } else {
                    day.to_datetime(*end)
                };
                let instants = (zone.to_timestamp(day.to_datetime(*start)), zone.to_timestamp(end));
                let (Ok(start), Ok(end)) = instants else { continue };
                let (start, end) = (start.max(from), end.min(to));
                match windows.last_mut() {
                    Some(last) if start <= last.1 => last.1 = last.1.max(end),
                    _ if start < end => windows.push((start, end)),
                    _ => {}
                }
            }
        }
        if next == day {
            break;
        }
        day = next;
    }
    windows
}

/// What is left of `windows` without `busy`, where it lasts at least `seconds`.
fn free(windows: &[Span], mut busy: Vec<Span>, seconds: i64) -> Vec<Span> {
    busy.sort_unstable();
    let mut slots = Vec::new();
    for (start, end) in windows {
        let mut free_from = *start;
        let mut keep = |from: Timestamp, to: Timestamp| {
            if to.duration_since(from).as_secs() >= seconds {
                slots.push((from, to));
            }
        };
        for (begins, ends) in &busy {
            if *ends <= free_from || *begins >= *end {
                continue;
            }
            if *begins > free_from {
                keep(free_from, *begins);
            }
            free_from = free_from.max(*ends);
        }
        if free_from < *end {
            keep(free_from, *end);
        }
    }
    slots
}

fn show(instant: Timestamp, zone: &TimeZone) -> String {
    let zoned = instant.to_zoned(zone.clone());
    if zone.iana_name() == Some("UTC") {
        return instant.to_string();
    }
    format!("{}{}", zoned.datetime(), zoned.strftime("%:z"))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::{FreeBusy, Here, free, show, spans, windows};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn working_hours_are_those_of_the_zone_in_summer_and_winter() {
        let here = Here {
            now: at("2026-10-23T00:00:00Z"),
            zone: TimeZone::get("Europe/Berlin").unwrap(),
        };
        let hours = [(jiff::civil::time(9, 0, 0, 0), jiff::civil::time(17, 0, 0, 0))];
        let found = windows(
            &here,
            (at("2026-10-23T10:00:00Z"), at("2026-10-27T00:00:00Z")),
            &hours,
            false,
        );
        let shown: Vec<String> = found
            .iter()
            .map(|(from, to)| format!("{} {}", show(*from, &here.zone), show(*to, &here.zone)))
            .collect();
        assert_eq!(
            shown,
            [
                "2026-10-23T12:00:00+02:00 2026-10-23T17:00:00+02:00",
                "2026-10-26T09:00:00+01:00 2026-10-26T17:00:00+01:00",
            ]
        );
    }

    #[test]
    fn answers_of_others_are_read() {
        let answer = |status: &str, data: Option<&str>| {
            spans(Some(&FreeBusy {
                recipient: "mailto:bob@example.org".to_owned(),
                status: status.to_owned(),
                data: data.map(ToOwned::to_owned),
            }))
        };
        let data = "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY:20260901T070000Z/20260901T080000Z,20260901T090000Z/PT30M\nFREEBUSY;FBTYPE=FREE:20260902T070000Z/20260902T080000Z\nEND:VFREEBUSY\nEND:VCALENDAR\n";
        let busy = answer("2.0;Success", Some(data)).unwrap();
        assert_eq!(busy[1], (at("2026-09-01T09:00:00Z"), at("2026-09-01T09:30:00Z")));
        assert_eq!(busy.len(), 2);
        assert!(
            answer("3.7;Could not find principal", None)
                .unwrap_err()
                .contains("no user")
        );
        assert!(spans(None).is_err());
    }

    proptest! {
        #[test]
        fn slots_are_long_enough_in_the_windows_and_never_busy(
            busy in proptest::collection::vec((0_i64..1000, 1_i64..200), 0..20),
            seconds in 1_i64..100,
        ) {
            let second = |number| Timestamp::from_second(number).unwrap();
            let busy: Vec<_> = busy.iter().map(|(start, length)| (second(*start), second(start + length))).collect();
            let windows = [(second(100), second(300)), (second(500), second(900))];
            for (start, end) in free(&windows, busy.clone(), seconds) {
                prop_assert!(end.duration_since(start).as_secs() >= seconds);
                prop_assert!(windows.iter().any(|(from, to)| start >= *from && end <= *to));
                prop_assert!(busy.iter().all(|(from, to)| *to <= start || *from >= end));
            }
        }
    }
}
