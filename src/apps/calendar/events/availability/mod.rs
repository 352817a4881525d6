//! Free time: what own events leave, and those of others whom Nextcloud may answer for.

mod attendees;
mod windows;

use actors::nextcloud::NextcloudClient;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::api::Kind;
use super::super::when::{Here, invalid};
use super::super::{calendars, people};
use super::model::CalendarFailure;
use super::read;
use crate::mcp::ToolResult;
use attendees::ask;
use windows::{free, hours, windows};

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

fn show(instant: Timestamp, zone: &TimeZone) -> String {
    let zoned = instant.to_zoned(zone.clone());
    if zone.iana_name() == Some("UTC") {
        return instant.to_string();
    }
    format!("{}{}", zoned.datetime(), zoned.strftime("%:z"))
}
