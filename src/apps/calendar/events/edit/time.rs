//! When an event is.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::super::super::when::invalid;
use crate::ical::{Duration, Edit, Line, Moment, Zones};
use crate::mcp::ToolResult;

pub const FLOATING: &str = "The time has no zone: it is the same hour wherever one is. Pass `timezone` to pin it.";

/// When it is to be.
#[derive(Debug, Default)]
pub struct TimeChange {
    pub start: Option<String>,
    pub end: Option<String>,
    pub all_day: Option<bool>,
    pub zone: Option<TimeZone>,
}

impl TimeChange {
    pub const fn is_given(&self) -> bool {
        self.start.is_some() || self.end.is_some() || self.all_day.is_some() || self.zone.is_some()
    }

    /// Writes the times; gives a warning.
    pub fn apply(&self, edit: &mut Edit<'_>, zones: &Zones) -> ToolResult<Option<&'static str>> {
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

/// How far the start of a series moves on the clock.
pub fn shift(old: &Moment, new: &Moment) -> SignedDuration {
    let civil = |moment: &Moment| -> DateTime { moment.civil() };
    civil(old).duration_until(civil(new))
}
