//! Writing what a tool was asked to change into a component, and nothing else.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::super::api::Person;
use super::super::reminders::{self, Reminder};
use super::super::when::invalid;
use super::super::{fields, people};
use super::model::UpdateEvent;
use crate::ical::{Duration, Edit, Line, Moment, Zones, check_rule};
use crate::mcp::{ToolError, ToolResult};

pub const FLOATING: &str = "The time has no zone: it is the same hour wherever one is. Pass `timezone` to pin it.";

/// A change whose arguments have been checked.
#[derive(Debug, Default)]
pub struct Change {
    pub title: Option<String>,
    pub description: Option<String>,
    pub location: Option<String>,
    pub categories: Option<Vec<String>>,
    pub status: Option<&'static str>,
    pub priority: Option<i64>,
    pub privacy: Option<&'static str>,
    pub link: Option<String>,
    pub color: Option<String>,
    pub attendees: Option<Vec<people::Invited>>,
    pub reminders: Option<Vec<Reminder>>,
    pub time: TimeChange,
    pub rule: RuleChange,
    /// Who becomes the organiser of an event that invites for the first time.
    pub organiser: Person,
}

/// When it is to be.
#[derive(Debug, Default)]
pub struct TimeChange {
    pub start: Option<String>,
    pub end: Option<String>,
    pub all_day: Option<bool>,
    pub zone: Option<TimeZone>,
}

/// How it is to repeat.
#[derive(Debug, Default)]
pub struct RuleChange {
    /// An empty rule ends the repetition.
    pub rule: Option<String>,
    pub end: Option<String>,
}

impl Change {
    /// Checks arguments as far as they can be without the event.
    pub fn of(args: &UpdateEvent) -> ToolResult<Self> {
        let some = |text: &Option<String>| text.clone();
        if let Some(title) = &args.title {
            fields::title("title", title)?;
        }
        fields::long("description", args.description.as_deref().unwrap_or_default())?;
        fields::short("location", args.location.as_deref().unwrap_or_default())?;
        if let Some(priority) = args.priority {
            fields::priority("priority", priority)?;
        }
        if let Some(link) = args.url.as_deref().filter(|link| !link.is_empty()) {
            fields::link(link)?;
        }
        let color = match args.color.as_deref() {
            None => None,
            Some("") => Some(String::new()),
            Some(color) => Some(fields::color(color)?),
        };
        let rule = match (args.recurring, &args.recurrence_rule) {
            (Some(false), Some(rule)) if !rule.trim().is_empty() => {
                return Err(invalid("recurring", "false contradicts the recurrence_rule"));
            }
            (Some(true), Some(rule)) if rule.trim().is_empty() => {
                return Err(invalid("recurring", "true contradicts the empty recurrence_rule"));
            }
            (Some(false), _) => Some(String::new()),
            (_, rule) => some(rule),
        };
        let attendees = args.attendees.as_deref().map(people::parse).transpose()?;
        Ok(Self {
            title: some(&args.title),
            description: some(&args.description),
            location: some(&args.location),
            categories: args
                .categories
                .as_deref()
                .map(|categories| fields::items("categories", categories))
                .transpose()?,
            status: args
                .status
                .as_deref()
                .map(|status| fields::word("status", status, &fields::EVENT_STATUS))
                .transpose()?,
            priority: args.priority,
            privacy: args
                .privacy
                .as_deref()
                .map(|privacy| fields::word("privacy", privacy, &fields::PRIVACY))
                .transpose()?,
            link: some(&args.url),
            color,
            attendees,
            reminders: reminders_of(args)?,
            time: TimeChange {
                start: some(&args.start_datetime).filter(|text| !text.trim().is_empty()),
                end: some(&args.end_datetime).filter(|text| !text.trim().is_empty()),
                all_day: args.all_day,
                zone: super::super::when::zone(args.timezone.as_deref().unwrap_or_default())?,
            },
            rule: RuleChange {
                rule,
                end: some(&args.recurrence_end_date).filter(|text| !text.trim().is_empty()),
            },
            organiser: Person::default(),
        })
    }

    /// Whether those invited have to hear of it.
    fn is_significant(&self) -> bool {
        self.time.is_given()
            || self.rule.is_given()
            || self.attendees.is_some()
            || self.location.is_some()
            || self.title.is_some()
            || self.status.is_some()
    }

    /// Writes the change. `repeats` is whether `edit` is a series, for which rules make sense. Gives a warning.
    pub fn apply(
        &self,
        edit: &mut Edit<'_>,
        zones: &Zones,
        now: Timestamp,
        repeats: bool,
    ) -> ToolResult<Option<&'static str>> {
        let texts = [
            ("SUMMARY", &self.title),
            ("DESCRIPTION", &self.description),
            ("LOCATION", &self.location),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                edit.set_text(name, text);
            }
        }
        if let Some(categories) = &self.categories {
            edit.set_list("CATEGORIES", categories);
        }
        let words = [("STATUS", self.status), ("CLASS", self.privacy)];
        for (name, word) in words {
            if let Some(word) = word {
                edit.set(Line::new(name, word));
            }
        }
        if let Some(priority) = self.priority {
            edit.set(Line::new("PRIORITY", priority.to_string()));
        }
        for (name, value) in [("URL", &self.link), ("COLOR", &self.color)] {
            match value.as_deref() {
                Some("") => edit.remove(name),
                Some(value) => edit.set(Line::new(name, value)),
                None => {}
            }
        }
        if let Some(people) = &self.attendees {
            people::write(edit, people, &self.organiser)?;
        }
        let old_start = edit.read().moment("DTSTART");
        let warning = self.time.apply(edit, zones)?;
        if repeats {
            self.rule.apply(edit, zones, old_start.as_ref())?;
        } else if self.rule.is_given() {
            return Err(invalid(
                "recurrence_rule",
                "one instance of a series cannot repeat by itself",
            ));
        }
        if let Some(reminders) = &self.reminders {
            let title = edit.read().text("SUMMARY").unwrap_or_default();
            reminders::write(edit, reminders, &title)?;
        }
        fields::touch(edit, now, self.is_significant());
        Ok(warning)
    }
}

fn reminders_of(args: &UpdateEvent) -> ToolResult<Option<Vec<Reminder>>> {
    if let Some(reminders) = &args.reminders {
        reminders::check(reminders)?;
        return Ok(Some(reminders.clone()));
    }
    match (args.reminder_minutes, args.reminder_email) {
        (Some(minutes), email) => reminders::simple(minutes, email.unwrap_or_default()).map(Some),
        (None, Some(true)) => Err(invalid("reminder_email", "give reminder_minutes with it")),
        (None, _) => Ok(None),
    }
}

impl TimeChange {
    pub const fn is_given(&self) -> bool {
        self.start.is_some() || self.end.is_some() || self.all_day.is_some() || self.zone.is_some()
    }

    fn apply(&self, edit: &mut Edit<'_>, zones: &Zones) -> ToolResult<Option<&'static str>> {
        if !self.is_given() {
            return Ok(None);
        }
        let event = edit.read();
        let old = event.moment("DTSTART");
        let length = length(event, zones);
        if self.start.is_none() && self.zone.is_some() {
            return Err(invalid(
                "timezone",
                "give start_datetime with it: the hour that is meant",
            ));
        }
        let start = match (&self.start, &old) {
            (Some(text), _) => self.read("start_datetime", text, old.as_ref())?,
            (None, Some(old)) => self.as_asked(old.clone())?,
            (None, None) => return Err(invalid("start_datetime", "the event has none yet: give it")),
        };
        let old_end = event.moment("DTEND");
        let end = match &self.end {
            Some(text) => {
                let end = self.read("end_datetime", text, Some(&start))?;
                let end = match (&end, start.is_date()) {
                    (Moment::Date(date), false) => start.at(date.at(0, 0, 0, 0)),
                    _ => end,
                };
                Some(checked_end(&start, end, zones)?)
            }
            None => match (length, &start) {
                (Some(Length::Days(days)), Moment::Date(_)) => {
                    Some(start.at(start.civil().saturating_add(days.days())))
                }
                (Some(Length::Exact(length)), Moment::Date(_)) => {
                    let days = (length.as_hours() / 24).clamp(1, 10_000);
                    Some(start.at(start.civil().saturating_add(days.days())))
                }
                (Some(Length::Days(_)), _) => Some(plus(&start, SignedDuration::from_hours(1), zones)),
                (Some(Length::Exact(length)), _) => Some(plus(&start, length, zones)),
                (None, _) => None,
            },
        };
        let by_duration = old_end.is_none() && event.property("DURATION").is_some();
        edit.set(Line::moment("DTSTART", &start));
        if by_duration && self.end.is_none() && old.as_ref().is_some_and(|old| old.is_date() == start.is_date()) {
            // It lasts as long as before: nothing to write.
        } else if let Some(end) = end {
            edit.remove("DURATION");
            edit.set(Line::moment("DTEND", &end));
        }
        Ok(matches!(start, Moment::Floating(_)).then_some(FLOATING))
    }

    /// A time of the user's. Without a zone of its own it is told on the clock of `like`.
    fn read(&self, argument: &str, text: &str, like: Option<&Moment>) -> ToolResult<Moment> {
        let like_zone = match like {
            Some(Moment::Zoned(_, tzid)) => TimeZone::get(tzid).ok(),
            Some(Moment::Utc(_)) => Some(TimeZone::UTC),
            _ => None,
        };
        let foreign = match like {
            Some(Moment::Zoned(_, tzid)) if like_zone.is_none() => Some(tzid),
            _ => None,
        };
        let zone = self.zone.clone().or(like_zone);
        let moment = Moment::from_user(text, zone.as_ref()).map_err(|problem| invalid(argument, &problem))?;
        let moment = match (moment, foreign) {
            (Moment::Floating(civil), Some(tzid)) => Moment::Zoned(civil, tzid.clone()),
            (moment, _) => moment,
        };
        self.as_asked(moment)
    }

    fn as_asked(&self, moment: Moment) -> ToolResult<Moment> {
        match (self.all_day, &moment) {
            (Some(true), _) => Ok(Moment::Date(moment.civil().date())),
            (Some(false), Moment::Date(_)) => Err(invalid(
                "start_datetime",
                "give a time of day: the event is not all-day",
            )),
            _ => Ok(moment),
        }
    }
}

enum Length {
    Days(i64),
    Exact(SignedDuration),
}

fn length(event: crate::ical::Component<'_>, zones: &Zones) -> Option<Length> {
    let start = event.moment("DTSTART")?;
    let duration = event
        .property("DURATION")
        .and_then(|property| Duration::read(&property.raw()));
    match (event.moment("DTEND"), duration) {
        (Some(end), _) if start.is_date() => {
            let days = start.civil().date().until(end.civil().date()).ok()?.get_days();
            Some(Length::Days(i64::from(days).max(1)))
        }
        (Some(end), _) => Some(Length::Exact(zones.instant(&end).duration_since(zones.instant(&start)))),
        (None, Some(duration)) if start.is_date() => Some(Length::Days(duration.days.max(1))),
        (None, Some(duration)) => Some(Length::Exact(SignedDuration::from_secs(duration.total_seconds()))),
        (None, None) => None,
    }
}

/// So much later, on the same clock.
pub fn plus(start: &Moment, length: SignedDuration, zones: &Zones) -> Moment {
    if let Moment::Floating(civil) = start {
        return Moment::Floating(civil.checked_add(length).unwrap_or(*civil));
    }
    let end = zones.instant(start).checked_add(length).unwrap_or(Timestamp::MAX);
    start.at(zones.civil(end, start))
}

/// An end must come after the start, and be a date as the start is.
pub fn checked_end(start: &Moment, end: Moment, zones: &Zones) -> ToolResult<Moment> {
    let wrong = |problem| Err(invalid("end_datetime", problem));
    match (start, &end) {
        (Moment::Date(first), _) => {
            let last = end.civil().date();
            if last < *first {
                return wrong("the end is before the start");
            }
            // The day itself: iCalendar's end is the day after.
            let end = if last == *first {
                start.civil().saturating_add(1.day())
            } else {
                last.at(0, 0, 0, 0)
            };
            Ok(start.at(end))
        }
        (_, Moment::Date(_)) => wrong("give a time of day, as the start has one"),
        (Moment::Floating(begins), Moment::Floating(ends)) if ends <= begins => wrong("the end is not after the start"),
        (Moment::Floating(_), Moment::Floating(_)) => Ok(end),
        (Moment::Floating(_), _) | (_, Moment::Floating(_)) => {
            wrong("start and end must both have a zone, or both none: pass `timezone`")
        }
        _ if zones.instant(&end) <= zones.instant(start) => wrong("the end is not after the start"),
        _ => Ok(end),
    }
}

impl RuleChange {
    pub const fn is_given(&self) -> bool {
        self.rule.is_some() || self.end.is_some()
    }

    fn apply(&self, edit: &mut Edit<'_>, zones: &Zones, old_start: Option<&Moment>) -> ToolResult<()> {
        let event = edit.read();
        let Some(start) = event.moment("DTSTART") else {
            return Ok(());
        };
        let stored = event.property("RRULE").map(|rule| rule.raw().into_owned());
        if self.rule.as_deref().is_some_and(|rule| rule.trim().is_empty()) {
            if self.end.is_some() {
                return Err(invalid("recurrence_end_date", "there is no rule to end"));
            }
            for name in ["RRULE", "RDATE", "EXDATE", "EXRULE"] {
                edit.remove(name);
            }
            return Ok(());
        }
        let end = self
            .end
            .as_deref()
            .map(|end| Moment::from_user(end, None).map_err(|problem| invalid("recurrence_end_date", &problem)))
            .transpose()?;
        let wrong = |error: crate::ical::RuleError| invalid("recurrence_rule", &error.to_string());
        match (&self.rule, stored) {
            (Some(rule), _) => {
                let rule = check_rule(rule, &start, end.as_ref(), zones).map_err(wrong)?;
                edit.set(Line::new("RRULE", rule));
            }
            (None, Some(stored)) if end.is_some() => {
                // Another end replaces the one that the stored rule has.
                let open: Vec<&str> = stored
                    .split(';')
                    .filter(|part| !part.starts_with("UNTIL=") && !part.starts_with("COUNT="))
                    .collect();
                let rule = check_rule(&open.join(";"), &start, end.as_ref(), zones).map_err(wrong)?;
                edit.set(Line::new("RRULE", rule));
            }
            (None, Some(stored)) if old_start.is_some_and(|old| *old != start) => {
                keep_in_step(edit, &stored, &start, zones)?;
            }
            (None, None) if end.is_some() => return Err(invalid("recurrence_end_date", "the event does not repeat")),
            (None, _) => {}
        }
        Ok(())
    }
}

/// After the start of a series moved, its rule must still name it, and its `UNTIL` be of the same kind.
fn keep_in_step(edit: &mut Edit<'_>, stored: &str, start: &Moment, zones: &Zones) -> ToolResult<()> {
    let rule = check_rule(stored, start, None, zones).map_err(|error| {
        invalid(
            "start_datetime",
            &format!("with this start the stored rule does not work ({error}); give recurrence_rule too"),
        )
    })?;
    let names_days = ["BYDAY=", "BYMONTHDAY=", "BYYEARDAY=", "BYHOUR=", "BYMINUTE="];
    if names_days.iter().any(|part| rule.contains(part)) && !zones_first_is(&rule, start) {
        return Err(invalid(
            "start_datetime",
            &format!("the series repeats by {rule}, which does not fall on this start; give recurrence_rule too"),
        ));
    }
    if !rule.eq_ignore_ascii_case(stored) && rule.contains("UNTIL=") {
        edit.set(Line::new("RRULE", rule));
    }
    Ok(())
}

fn zones_first_is(rule: &str, start: &Moment) -> bool {
    crate::ical::first_of_rule(rule, start.civil()) == Some(start.civil())
}

/// How far the start of a series moves on the clock.
pub fn shift(old: &Moment, new: &Moment) -> SignedDuration {
    let civil = |moment: &Moment| -> DateTime { moment.civil() };
    civil(old).duration_until(civil(new))
}

/// Checks that something is asked for.
pub fn something(change: &Change) -> ToolResult<()> {
    let given = change.is_significant()
        || change.description.is_some()
        || change.categories.is_some()
        || change.priority.is_some()
        || change.privacy.is_some()
        || change.link.is_some()
        || change.color.is_some()
        || change.reminders.is_some();
    if given {
        Ok(())
    } else {
        Err(ToolError::invalid(
            "nothing to change: give at least one field besides the event itself",
        ))
    }
}
