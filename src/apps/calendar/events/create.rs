//! Creating events and meetings.

use actors::nextcloud::NextcloudClient;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::super::api::{self, Kind};
use super::super::when::{self, Here, invalid};
use super::super::{fields, object};
use super::edit::{Change, checked_end, plus};
use super::model::{CreateEvent, CreateMeeting, UpdateEvent, WrittenEvent};
use crate::ical::{Document, Line, Moment, Zones};
use crate::mcp::{About, ToolResult};

const MAX_MINUTES: i64 = 366 * 24 * 60;

pub async fn create_event(nextcloud: NextcloudClient, args: CreateEvent) -> ToolResult<WrittenEvent> {
    let given = |text: String| Some(text).filter(|text| !text.trim().is_empty());
    if args.recurring == Some(true) && args.recurrence_rule.trim().is_empty() {
        return Err(invalid("recurring", "give recurrence_rule with it"));
    }
    let timezone = when::zone(&args.timezone)?;
    let start = Moment::from_user(&args.start_datetime, timezone.as_ref())
        .map_err(|problem| invalid("start_datetime", &problem))?;
    let all_day = args.all_day || start.is_date();
    if !args.all_day && start.is_date() && args.end_datetime.contains('T') {
        return Err(invalid("start_datetime", "give a time of day, as the end has one"));
    }
    let fields = UpdateEvent {
        title: Some(args.title),
        description: given(args.description),
        location: given(args.location),
        categories: given(args.categories),
        recurring: args.recurring,
        recurrence_rule: given(args.recurrence_rule),
        recurrence_end_date: given(args.recurrence_end_date),
        reminder_minutes: Some(args.reminder_minutes),
        reminder_email: Some(args.reminder_email),
        status: Some(args.status),
        priority: Some(args.priority),
        privacy: Some(args.privacy),
        attendees: given(args.attendees),
        url: given(args.url),
        color: given(args.color),
        reminders: args.reminders,
        ..UpdateEvent::default()
    };
    let mut change = Change::of(&fields)?;
    change.rule.rule = change.rule.rule.filter(|rule| !rule.is_empty());
    let when = When {
        start: if all_day {
            Moment::Date(start.civil().date())
        } else {
            start
        },
        end: given(args.end_datetime),
        length: None,
        zone: timezone,
    };
    create(&nextcloud, &args.calendar_name, change, when).await
}

pub async fn create_meeting(nextcloud: NextcloudClient, args: CreateMeeting) -> ToolResult<WrittenEvent> {
    if !(1..=MAX_MINUTES).contains(&args.duration_minutes) {
        return Err(invalid("duration_minutes", "from 1 to a year of minutes"));
    }
    let named = when::zone(&args.timezone)?;
    let date = args.date.trim().parse::<jiff::civil::Date>();
    let date = date.map_err(|_| invalid("date", "write it as 2026-09-01"))?;
    let time = args.time.trim().parse::<jiff::civil::Time>();
    let time = time.map_err(|_| invalid("time", "write it as 14:30"))?;
    let fields = UpdateEvent {
        title: Some(args.title),
        description: Some(args.description).filter(|text| !text.is_empty()),
        location: Some(args.location).filter(|text| !text.is_empty()),
        attendees: Some(args.attendees).filter(|text| !text.trim().is_empty()),
        reminder_minutes: Some(args.reminder_minutes),
        status: Some("CONFIRMED".to_owned()),
        ..UpdateEvent::default()
    };
    let change = Change::of(&fields)?;
    let zone = if named.is_some() {
        named
    } else {
        let person = api::person(&nextcloud).await.about("your account")?;
        when::zone(&person.timezone).unwrap_or_default()
    };
    let start = Moment::from_user(&date.to_datetime(time).to_string(), zone.as_ref())
        .map_err(|problem| invalid("time", &problem))?;
    let when = When {
        start,
        end: None,
        length: Some(SignedDuration::from_mins(args.duration_minutes)),
        zone,
    };
    create(&nextcloud, &args.calendar_name, change, when).await
}

/// When a new event is.
struct When {
    start: Moment,
    end: Option<String>,
    length: Option<SignedDuration>,
    zone: Option<TimeZone>,
}

async fn create(
    nextcloud: &NextcloudClient,
    calendar: &str,
    mut change: Change,
    when: When,
) -> ToolResult<WrittenEvent> {
    if calendar.trim().is_empty() {
        return Err(invalid("calendar_name", "name the calendar"));
    }
    if change.attendees.as_ref().is_some_and(|people| !people.is_empty()) {
        change.organiser = api::person(nextcloud).await.about("your account")?;
    }
    let uid = fields::new_uid();
    let here = Here {
        now: when::now(),
        zone: TimeZone::UTC,
    };
    let (text, warning) = {
        let uid = uid.clone();
        when::compute(move || compose(&uid, &change, &when, &here)).await??
    };
    let subject = object::subject(Kind::Event, calendar, &uid);
    let stored = object::create(nextcloud, calendar, &uid, text, &subject).await?;
    Ok(WrittenEvent {
        url: object::link(nextcloud, &stored, Kind::Event),
        uid,
        calendar_name: stored.calendar,
        href: stored.href,
        etag: stored.etag,
        new_uid: None,
        warning,
    })
}

fn compose(uid: &str, change: &Change, when: &When, here: &Here) -> ToolResult<(String, Option<&'static str>)> {
    let mut document = Document::new();
    let zones = Zones::of(&document, here.zone.clone());
    let end = match (&when.end, when.length, &when.start) {
        (Some(text), _, start) => {
            let end =
                Moment::from_user(text, when.zone.as_ref()).map_err(|problem| invalid("end_datetime", &problem))?;
            checked_end(start, end, &zones)?
        }
        (None, Some(length), start) => plus(start, length, &zones),
        (None, None, start) if start.is_date() => checked_end(start, start.clone(), &zones)?,
        (None, None, start) => plus(start, SignedDuration::from_hours(1), &zones),
    };
    for moment in [&when.start, &end] {
        if let Some(tzid) = moment.tzid() {
            document.define_zone(tzid, zones.instant(moment).as_second());
        }
    }
    let at = document.add(Kind::Event.component());
    let zones = Zones::of(&document, here.zone.clone());
    let Some(mut edit) = document.edit(at) else {
        return Err(invalid("start_datetime", "no event could be made of it"));
    };
    let stamp = Moment::Utc(TimeZone::UTC.to_datetime(here.now));
    edit.push(Line::text("UID", uid));
    edit.push(Line::moment("DTSTAMP", &stamp));
    edit.push(Line::moment("CREATED", &stamp));
    edit.push(Line::moment("DTSTART", &when.start));
    edit.push(Line::moment("DTEND", &end));
    change.apply(&mut edit, &zones, here.now, true)?;
    if edit.read().property("SEQUENCE").is_some() {
        // What was never sent has version 0 (RFC 5546 §2.1.4).
        edit.set(Line::new("SEQUENCE", "0"));
    }
    let floats = matches!(when.start, Moment::Floating(_));
    Ok((document.to_text(), floats.then_some(super::edit::FLOATING)))
}
