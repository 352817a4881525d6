//! What the tools for events take and give.

use actors::nextcloud::Etag;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::people::Attendee;
use super::super::reminders::{self, Reminder};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateEvent {
    pub calendar_name: String,
    pub title: String,
    /// `2026-09-01T09:00` (in `timezone`), with `Z` or an offset, or a date.
    pub start_datetime: String,
    /// Default: an hour, or a day. All-day: the day after the last.
    #[serde(default)]
    pub end_datetime: String,
    #[serde(default)]
    pub all_day: bool,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub location: String,
    /// Comma-separated.
    #[serde(default)]
    pub categories: String,
    pub recurring: Option<bool>,
    /// `FREQ=WEEKLY;BYDAY=MO`.
    #[serde(default)]
    pub recurrence_rule: String,
    /// Last day, instead of UNTIL or COUNT.
    #[serde(default)]
    pub recurrence_end_date: String,
    #[serde(default = "fifteen")]
    pub reminder_minutes: i64,
    #[serde(default)]
    pub reminder_email: bool,
    #[serde(default = "confirmed")]
    pub status: String,
    /// 1 (highest) to 9.
    #[serde(default = "five")]
    pub priority: i64,
    #[serde(default = "public")]
    pub privacy: String,
    /// Comma-separated addresses.
    #[serde(default)]
    pub attendees: String,
    #[serde(default)]
    pub url: String,
    /// CSS3 name.
    #[serde(default)]
    pub color: String,
    /// IANA name.
    #[serde(default)]
    pub timezone: String,
    /// Instead of `reminder_minutes`: `minutes_before`, `trigger_at` (a time) or `trigger` (`-P1D`), with `action` `EMAIL` or `AUDIO`.
    #[schemars(with = "Option<reminders::Argument>")]
    pub reminders: Option<Vec<Reminder>>,
}

pub fn fifteen() -> i64 {
    15
}

fn five() -> i64 {
    5
}

fn confirmed() -> String {
    "CONFIRMED".to_owned()
}

fn public() -> String {
    "PUBLIC".to_owned()
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateMeeting {
    pub title: String,
    /// `2026-09-01`.
    pub date: String,
    /// `14:30`.
    pub time: String,
    #[serde(default = "sixty")]
    pub duration_minutes: i64,
    #[serde(default = "personal")]
    pub calendar_name: String,
    #[serde(default)]
    pub attendees: String,
    #[serde(default)]
    pub location: String,
    #[serde(default)]
    pub description: String,
    #[serde(default = "fifteen")]
    pub reminder_minutes: i64,
    #[serde(default)]
    pub timezone: String,
}

fn sixty() -> i64 {
    60
}

fn personal() -> String {
    "personal".to_owned()
}

// Which instances of a series a change is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    This,
    ThisAndFollowing,
    Series,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct UpdateEvent {
    pub calendar_name: String,
    pub event_uid: String,
    pub title: Option<String>,
    pub start_datetime: Option<String>,
    pub end_datetime: Option<String>,
    pub all_day: Option<bool>,
    pub description: Option<String>,
    pub location: Option<String>,
    pub categories: Option<String>,
    pub recurring: Option<bool>,
    pub recurrence_rule: Option<String>,
    pub recurrence_end_date: Option<String>,
    pub reminder_minutes: Option<i64>,
    pub reminder_email: Option<bool>,
    pub status: Option<String>,
    pub priority: Option<i64>,
    pub privacy: Option<String>,
    pub attendees: Option<String>,
    pub url: Option<String>,
    pub color: Option<String>,
    pub timezone: Option<String>,
    /// As for `nc_calendar_create_event`; replaces all.
    #[schemars(with = "Option<reminders::Argument>")]
    pub reminders: Option<Vec<Reminder>>,
    #[serde(default)]
    pub etag: String,
    pub recurrence_id: Option<String>,
    pub recurrence_range: Option<Range>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetEvent {
    pub calendar_name: String,
    pub event_uid: String,
    /// Of one instance.
    pub recurrence_id: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteEvent {
    pub calendar_name: String,
    pub event_uid: String,
    pub recurrence_id: Option<String>,
    pub recurrence_range: Option<Range>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct ListEvents {
    /// Empty: all.
    #[serde(default)]
    pub calendar_name: String,
    /// Empty: now.
    #[serde(default)]
    pub start_date: String,
    /// Inclusive; empty: 30 days.
    #[serde(default)]
    pub end_date: String,
    #[serde(default = "fifty")]
    pub limit: u32,
    pub min_attendees: Option<i64>,
    pub min_duration_minutes: Option<i64>,
    pub categories: Option<String>,
    pub status: Option<String>,
    pub title_contains: Option<String>,
    pub location_contains: Option<String>,
    #[serde(default)]
    pub search_all_calendars: bool,
    pub cursor: Option<String>,
}

fn fifty() -> u32 {
    50
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpcomingEvents {
    #[serde(default)]
    pub calendar_name: String,
    #[serde(default = "seven")]
    pub days_ahead: i64,
    #[serde(default = "ten")]
    pub limit: u32,
}

fn seven() -> i64 {
    7
}

fn ten() -> u32 {
    10
}

/// An event, or one instance of a series, in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EventSummary {
    pub uid: String,
    pub title: String,
    pub start: String,
    /// Of all-day events the day after the last.
    pub end: String,
    pub all_day: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    pub attendee_count: usize,
    pub calendar_name: String,
    pub recurring: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recurrence_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// A calendar that could not be read.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CalendarFailure {
    pub calendar_name: String,
    pub error: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct EventList {
    pub events: Vec<EventSummary>,
    pub total_found: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// A series has more instances than are looked at.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// Objects that are left out: they are no iCalendar that we take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<CalendarFailure>,
}

/// An event with everything in it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FullEvent {
    #[serde(flatten)]
    pub summary: EventSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privacy: Option<String>,
    /// The event's own link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizer: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attendees: Vec<Attendee>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<Reminder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recurrence_rule: Option<String>,
    /// Instances that were taken out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
    /// Instances that differ from the series.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed_instances: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub transparent: bool,
    pub href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub etag: Option<Etag>,
}

/// An event after a write.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WrittenEvent {
    pub uid: String,
    pub calendar_name: String,
    pub href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub etag: Option<Etag>,
    /// The series that begins with the changed instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_uid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedEvent {
    pub deleted_uid: String,
    pub calendar_name: String,
    /// What is left of the series has this tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub etag: Option<Etag>,
}
