//! What a change of part of a series does to the stored object: an override for one instance, or two series in the
//! place of one.

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::super::api::Kind;
use super::super::{farewell, fields, when};
use super::edit::{Change, plus, shift};
use super::model::Range;
use crate::ical::{Document, Instance, Line, Moment, Property, Series, Zones, with_until};
use crate::mcp::{ToolError, ToolResult};

const EVENT: &str = Kind::Event.component();
/// What only a series has.
const OF_SERIES: [&str; 4] = ["RRULE", "RDATE", "EXDATE", "EXRULE"];

/// What is to be stored after a change.
#[derive(Debug)]
pub struct Outcome {
    /// The object's next version; `None` when nothing is left of it.
    pub text: Option<String>,
    /// A new object: UID and text.
    pub new: Option<(String, String)>,
    pub warning: Option<&'static str>,
}

/// The instance that a call is about, and how far its change reaches.
#[derive(Debug)]
pub enum Target {
    Series,
    One(Instance),
    From(Instance),
}

impl Target {
    /// Finds the instance. Without one the whole series is meant.
    pub fn of(
        document: &Document,
        zones: &Zones,
        id: Option<&str>,
        range: Option<Range>,
        subject: &str,
    ) -> ToolResult<Self> {
        let Some(id) = id.filter(|id| !id.trim().is_empty()) else {
            return match range {
                None | Some(Range::Series) => Ok(Self::Series),
                Some(_) => Err(when::invalid(
                    "recurrence_id",
                    "say which instance: list events for its recurrence_id",
                )),
            };
        };
        let id = Moment::from_user(id, None).map_err(|problem| when::invalid("recurrence_id", &problem))?;
        if range == Some(Range::Series) {
            return Ok(Self::Series);
        }
        let series = Series::of(document, EVENT);
        if !series.repeats() {
            return Err(when::invalid(
                "recurrence_id",
                "the event does not repeat; leave it out",
            ));
        }
        let instance = series.instance(&id, zones, &mut when::budget()).ok_or_else(|| {
            ToolError::new(
                "not_found",
                format!("not found — {subject} has no such instance; list events for its recurrence_id"),
            )
        })?;
        let first = series
            .master
            .and_then(|(_, master)| master.moment("DTSTART"))
            .is_some_and(|start| instance.id.as_ref() == Some(&start));
        Ok(match range {
            Some(Range::ThisAndFollowing) if series.master.is_none() => Self::One(instance),
            Some(Range::ThisAndFollowing) if first => Self::Series,
            Some(Range::ThisAndFollowing) => Self::From(instance),
            _ => Self::One(instance),
        })
    }
}

fn gone() -> ToolError {
    ToolError::new("unexpected_answer", "the event has no usable VEVENT")
}

/// Changes what `target` says.
pub fn update(
    mut document: Document,
    target: &Target,
    change: &Change,
    zones: &Zones,
    now: Timestamp,
) -> ToolResult<Outcome> {
    let (warning, new) = match target {
        Target::Series => (whole(&mut document, change, zones, now)?, None),
        Target::One(instance) => (one(&mut document, instance, change, zones, now)?, None),
        Target::From(instance) => {
            let uid = fields::new_uid();
            let mut following = from(document.clone(), instance, &uid, zones)?;
            let warning = whole(&mut following, change, zones, now)?;
            end_before(&mut document, instance, zones, now)?;
            (warning, Some((uid, following)))
        }
    };
    if change.attendees.as_ref().is_some_and(Vec::is_empty) {
        farewell::end_meeting(&mut document);
    }
    define_zones(&mut document, zones);
    let new = new.map(|(uid, mut following)| {
        if change.attendees.as_ref().is_some_and(Vec::is_empty) {
            farewell::end_meeting(&mut following);
        }
        define_zones(&mut following, zones);
        (uid, following.to_text())
    });
    Ok(Outcome {
        text: Some(document.to_text()),
        new,
        warning,
    })
}

/// Takes out what `target` says.
pub fn delete(mut document: Document, target: &Target, zones: &Zones, now: Timestamp) -> ToolResult<Outcome> {
    match target {
        Target::Series => document.retain(EVENT, |_| false),
        Target::One(instance) => exclude(&mut document, instance, zones, now)?,
        Target::From(instance) => end_before(&mut document, instance, zones, now)?,
    }
    let left = !document.components(EVENT).is_empty();
    Ok(Outcome {
        text: left.then(|| document.to_text()),
        new: None,
        warning: None,
    })
}

/// Changes the series itself. When its start moves, its exceptions and overrides move along.
fn whole(document: &mut Document, change: &Change, zones: &Zones, now: Timestamp) -> ToolResult<Option<&'static str>> {
    let series = Series::of(document, EVENT);
    let (at, main) = series.main().ok_or_else(gone)?;
    let is_series = series.master.is_some();
    let old = main.moment("DTSTART");
    let mut edit = document.edit(at).ok_or_else(gone)?;
    let warning = change.apply(&mut edit, zones, now, is_series)?;
    let new = edit.read().moment("DTSTART");
    if let (Some(old), Some(new), true) = (old, new, is_series)
        && old != new
    {
        follow(document, at, &old, &new, zones);
    }
    if let Some(people) = &change.attendees
        && is_series
    {
        // An invitation goes to the instances that differ, too.
        for (at, _, _) in overrides(document) {
            let mut edit = document.edit(at).ok_or_else(gone)?;
            super::super::people::write(&mut edit, people, &change.organiser)?;
        }
    }
    if change.rule.rule.as_deref() == Some("") {
        document.retain(EVENT, |component| !component.is_override());
    }
    Ok(warning)
}

fn overrides(document: &Document) -> Vec<(usize, Moment, Option<Moment>)> {
    let series = Series::of(document, EVENT);
    let all = series.overrides.iter();
    all.map(|(at, component, id)| (*at, id.clone(), component.moment("DTSTART")))
        .collect()
}

/// Moves exceptions and the names of overrides by as much as the start of the series moved.
fn follow(document: &mut Document, master: usize, old: &Moment, new: &Moment, zones: &Zones) {
    let by = shift(old, new);
    let moved = |moment: &Moment| {
        let civil = zones.tell(moment, old);
        new.at(civil.checked_add(by).unwrap_or(civil))
    };
    for (at, id, start) in overrides(document) {
        let Some(mut edit) = document.edit(at) else { continue };
        edit.set(Line::moment("RECURRENCE-ID", &moved(&id)));
        // One that was not at another time stays with its series.
        if start
            .as_ref()
            .is_some_and(|start| zones.tell(start, old) == zones.tell(&id, old))
        {
            let length = start
                .as_ref()
                .zip(edit.read().moment("DTEND"))
                .map(|(start, end)| zones.instant(&end).duration_since(zones.instant(start)));
            let begins = moved(&id);
            edit.set(Line::moment("DTSTART", &begins));
            if let Some(length) = length {
                let ends = match &begins {
                    Moment::Date(_) => begins.at(begins.civil().saturating_add((length.as_hours() / 24).max(1).days())),
                    _ => plus(&begins, length, zones),
                };
                edit.set(Line::moment("DTEND", &ends));
            }
        }
    }
    if let Some(mut edit) = document.edit(master) {
        for name in ["EXDATE", "RDATE"] {
            let moments: Vec<Moment> = edit.read().all(name).flat_map(Property::moments).collect();
            if !moments.is_empty() {
                edit.remove(name);
                for moment in &moments {
                    edit.push(Line::moment(name, &moved(moment)));
                }
            }
        }
    }
}

/// Changes one instance: in its override, which is made when there is none.
fn one(
    document: &mut Document,
    instance: &Instance,
    change: &Change,
    zones: &Zones,
    now: Timestamp,
) -> ToolResult<Option<&'static str>> {
    let component = document.component(instance.at).ok_or_else(gone)?;
    let at = if component.is_override() {
        instance.at
    } else {
        let at = document.duplicate(instance.at).ok_or_else(gone)?;
        let mut edit = document.edit(at).ok_or_else(gone)?;
        for name in OF_SERIES {
            edit.remove(name);
        }
        edit.set(Line::moment("DTSTART", &instance.start));
        if edit.read().property("DTEND").is_some() {
            edit.set(Line::moment("DTEND", &instance.end));
        }
        let id = instance.id.as_ref().ok_or_else(gone)?;
        edit.set(Line::moment("RECURRENCE-ID", id));
        at
    };
    let mut edit = document.edit(at).ok_or_else(gone)?;
    change.apply(&mut edit, zones, now, false)
}

/// Takes one instance out of the series.
fn exclude(document: &mut Document, instance: &Instance, zones: &Zones, now: Timestamp) -> ToolResult<()> {
    let id = instance.id.as_ref().ok_or_else(gone)?;
    let master = Series::of(document, EVENT).master.map(|(at, _)| at);
    if let Some(at) = master {
        let mut edit = document.edit(at).ok_or_else(gone)?;
        edit.push(Line::moment("EXDATE", id));
        fields::touch(&mut edit, now, true);
    }
    let civil = id.civil();
    document.retain(EVENT, |component| {
        let own = component.moment("RECURRENCE-ID");
        own.is_none_or(|own| zones.tell(&own, id) != civil)
    });
    Ok(())
}

/// The series from an instance on, as an object of its own.
fn from(mut document: Document, instance: &Instance, uid: &str, zones: &Zones) -> ToolResult<Document> {
    let id = instance.id.clone().ok_or_else(gone)?;
    let series = Series::of(&document, EVENT);
    let before = series.before(&id, zones, &mut when::budget());
    document.retain(EVENT, |component| {
        let own = component.moment("RECURRENCE-ID");
        own.is_none_or(|own| zones.tell(&own, &id) >= id.civil())
    });
    let series = Series::of(&document, EVENT);
    let (master, component) = series.master.ok_or_else(gone)?;
    let start = component.moment("DTSTART").ok_or_else(gone)?;
    let length = component
        .moment("DTEND")
        .map(|end| zones.instant(&end).duration_since(zones.instant(&start)));
    let rule = component.property("RRULE").map(|rule| rule.raw().into_owned());
    let places: Vec<usize> = document.components(EVENT).iter().map(|(at, _)| *at).collect();
    for at in places {
        let mut edit = document.edit(at).ok_or_else(gone)?;
        edit.set(Line::text("UID", uid));
    }
    let mut edit = document.edit(master).ok_or_else(gone)?;
    edit.set(Line::moment("DTSTART", &id));
    if let Some(length) = length {
        edit.set(Line::moment("DTEND", &end_of(&id, length, zones)));
    }
    if let Some(rule) = rule {
        edit.set(Line::new("RRULE", count_from(&rule, before)));
    }
    keep_dates(&mut edit, |moment| zones.tell(moment, &id) >= id.civil());
    Ok(document)
}

fn end_of(start: &Moment, length: SignedDuration, zones: &Zones) -> Moment {
    match start {
        Moment::Date(_) => start.at(start.civil().saturating_add((length.as_hours() / 24).max(1).days())),
        _ => plus(start, length, zones),
    }
}

/// The rule without its first `before` instances.
fn count_from(rule: &str, before: usize) -> String {
    let parts = rule
        .split(';')
        .map(|part| match part.strip_prefix("COUNT=").map(str::parse::<usize>) {
            Some(Ok(count)) => format!("COUNT={}", count.saturating_sub(before).max(1)),
            _ => part.to_owned(),
        });
    parts.collect::<Vec<_>>().join(";")
}

/// Ends the series before an instance.
fn end_before(document: &mut Document, instance: &Instance, zones: &Zones, now: Timestamp) -> ToolResult<()> {
    let id = instance.id.clone().ok_or_else(gone)?;
    document.retain(EVENT, |component| {
        let own = component.moment("RECURRENCE-ID");
        own.is_none_or(|own| zones.tell(&own, &id) < id.civil())
    });
    let Some((master, component)) = Series::of(document, EVENT).master else {
        return Ok(());
    };
    let rule = component.property("RRULE").map(|rule| rule.raw().into_owned());
    let mut edit = document.edit(master).ok_or_else(gone)?;
    if let Some(rule) = rule {
        edit.set(Line::new("RRULE", with_until(&rule, &just_before(&id, zones))));
    }
    keep_dates(&mut edit, |moment| zones.tell(moment, &id) < id.civil());
    fields::touch(&mut edit, now, true);
    Ok(())
}

/// The last moment before an instance, as `UNTIL` of its series is written.
fn just_before(id: &Moment, zones: &Zones) -> Moment {
    match id {
        Moment::Date(date) => Moment::Date(date.saturating_sub(1.day())),
        Moment::Floating(civil) => Moment::Floating(civil.saturating_sub(1.second())),
        other => {
            let last = zones.instant(other).saturating_sub(SignedDuration::from_secs(1));
            let utc = jiff::tz::TimeZone::UTC;
            Moment::Utc(utc.to_datetime(last.unwrap_or(Timestamp::MIN)))
        }
    }
}

/// Removes additional dates that are not to be kept.
fn keep_dates(edit: &mut crate::ical::Edit<'_>, keep: impl Fn(&Moment) -> bool) {
    let dates: Vec<Moment> = edit.read().all("RDATE").flat_map(Property::moments).collect();
    if dates.iter().all(&keep) {
        return;
    }
    edit.remove("RDATE");
    for date in dates.iter().filter(|date| keep(date)) {
        edit.push(Line::moment("RDATE", date));
    }
}

/// Every zone that an event names is defined in the object.
fn define_zones(document: &mut Document, zones: &Zones) {
    let mut named: Vec<(String, i64)> = Vec::new();
    for (_, component) in document.components(EVENT) {
        for moment in ["DTSTART", "DTEND"].iter().filter_map(|name| component.moment(name)) {
            if let Some(tzid) = moment.tzid()
                && !named.iter().any(|(known, _)| known == tzid)
            {
                named.push((tzid.to_owned(), zones.instant(&moment).as_second()));
            }
        }
    }
    for (tzid, anchor) in named {
        document.define_zone(&tzid, anchor);
    }
}

#[cfg(test)]
mod tests;
