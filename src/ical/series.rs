//! When something happens: a component, its rules and exceptions, and the components that replace single instances.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::component::Component;
use super::document::Document;
use super::duration::Duration;
use super::expand::Budget;
use super::moment::Moment;
use super::rule;
use super::zone::Zones;

/// Something that happens once, or again and again.
#[derive(Debug)]
pub struct Series<'document> {
    /// The component that has the rules, with its place. Missing when the user was invited to single instances only.
    pub master: Option<(usize, Component<'document>)>,
    /// The components that replace one instance each, by that instance.
    pub overrides: Vec<(usize, Component<'document>, Moment)>,
}

/// One time that it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The place of the component that describes it.
    pub at: usize,
    /// Which instance of the series it is: where the rules put it.
    pub id: Option<Moment>,
    /// When it starts.
    pub start: Moment,
    /// When it ends; for dates, the day after the last.
    pub end: Moment,
    /// The instant of the start.
    pub begins: Timestamp,
    /// The instant of the end.
    pub ends: Timestamp,
}

impl<'document> Series<'document> {
    /// The components `kind` of an object.
    pub fn of(document: &'document Document, kind: &str) -> Self {
        let mut series = Self {
            master: None,
            overrides: Vec::new(),
        };
        for (at, component) in document.components(kind) {
            match component.moment("RECURRENCE-ID") {
                Some(id) => series.overrides.push((at, component, id)),
                None if series.master.is_none() => series.master = Some((at, component)),
                None => {}
            }
        }
        series
    }

    /// The component that stands for the whole: the master, or else the first override.
    pub fn main(&self) -> Option<(usize, Component<'document>)> {
        self.master
            .or_else(|| self.overrides.first().map(|(at, component, _)| (*at, *component)))
    }

    /// Whether it repeats.
    pub fn repeats(&self) -> bool {
        self.master.is_none_or(|(_, master)| master.repeats())
    }

    /// The instances that are under way within `[from, to)`, by start.
    pub fn instances(&self, zones: &Zones, from: Timestamp, to: Timestamp, budget: &mut Budget) -> Vec<Instance> {
        let mut found = Vec::new();
        let clock = self.master.and_then(|(_, master)| start_of(master));
        let replaced: BTreeMap<DateTime, usize> = self
            .overrides
            .iter()
            .enumerate()
            .map(|(number, (_, _, id))| (clock.as_ref().map_or(id.civil(), |clock| zones.tell(id, clock)), number))
            .collect();
        if let (Some((at, master)), Some(start)) = (self.master, &clock) {
            let length = Length::of(master, start, zones);
            let repeats = master.repeats();
            let margin = length.span();
            let civil_times = civil_times(
                master,
                start,
                zones,
                from.saturating_sub(margin).unwrap_or(from),
                to,
                budget,
            );
            for civil in civil_times {
                if replaced.contains_key(&civil) {
                    continue;
                }
                let moment = start.at(civil);
                let instance = length.instance(at, repeats.then(|| moment.clone()), moment, zones);
                keep(&mut found, instance, from, to, budget);
            }
        }
        for (at, component, id) in &self.overrides {
            let id = clock
                .as_ref()
                .map_or_else(|| id.clone(), |clock| clock.at(zones.tell(id, clock)));
            if let Some(start) = start_of(*component) {
                let length = Length::of(*component, &start, zones);
                keep(
                    &mut found,
                    length.instance(*at, Some(id), start, zones),
                    from,
                    to,
                    budget,
                );
            }
        }
        found.sort_by_key(|instance| (instance.begins, instance.at));
        found
    }

    /// The main component as it stands: of a series the instance that it begins with, even where that one was excluded
    /// or replaced.
    pub fn first(&self, zones: &Zones) -> Option<Instance> {
        let (at, component) = self.main()?;
        let start = start_of(component)?;
        let id = component.moment("RECURRENCE-ID");
        Some(Length::of(component, &start, zones).instance(at, id, start, zones))
    }

    /// The instance that `id` names, on whatever clock it is told: by where the rules put it.
    pub fn instance(&self, id: &Moment, zones: &Zones, budget: &mut Budget) -> Option<Instance> {
        let clock = match self.master.and_then(|(_, master)| start_of(master)) {
            Some(clock) => clock,
            None => self.overrides.first()?.2.clone(),
        };
        let wanted = clock.at(zones.tell(id, &clock));
        let overriding = self
            .overrides
            .iter()
            .find(|(_, _, own)| zones.tell(own, &clock) == wanted.civil());
        if let Some((at, component, _)) = overriding {
            let start = start_of(*component)?;
            return Some(Length::of(*component, &start, zones).instance(*at, Some(wanted), start, zones));
        }
        let (at, master) = self.master?;
        let around = zones.instant(&wanted);
        let day = SignedDuration::from_hours(48);
        let (from, to) = (around.saturating_sub(day).ok()?, around.saturating_add(day).ok()?);
        civil_times(master, &clock, zones, from, to, budget)
            .contains(&wanted.civil())
            .then(|| Length::of(master, &clock, zones).instance(at, Some(wanted.clone()), wanted, zones))
    }

    /// How many instances the rules put before `id`.
    pub fn before(&self, id: &Moment, zones: &Zones, budget: &mut Budget) -> usize {
        let Some((_, master)) = self.master else { return 0 };
        let Some(start) = start_of(master) else { return 0 };
        let Some(rule) = master
            .property("RRULE")
            .and_then(|rule| rule::read_bounded(&rule.raw()))
        else {
            return 0;
        };
        let wanted = zones.tell(id, &start);
        rule::candidates(rule, start.civil())
            .enumerate()
            .take_while(|(seen, civil)| *civil < wanted && budget.allows(*seen))
            .count()
    }
}

/// When a component starts: a task may only be due.
fn start_of(component: Component<'_>) -> Option<Moment> {
    component.moment("DTSTART").or_else(|| component.moment("DUE"))
}

fn keep(found: &mut Vec<Instance>, instance: Instance, from: Timestamp, to: Timestamp, budget: &mut Budget) {
    let empty = instance.begins >= instance.ends;
    let inside = instance.begins < to && (instance.ends > from || empty && instance.begins >= from);
    if inside && budget.take() {
        found.push(instance);
    }
}

/// Where the rules, dates and exceptions of `master` put instances, on the clock of `start`.
fn civil_times(
    master: Component<'_>,
    start: &Moment,
    zones: &Zones,
    from: Timestamp,
    to: Timestamp,
    budget: &mut Budget,
) -> BTreeSet<DateTime> {
    let first = start.civil();
    // A day more on each side: civil order and instants differ by offsets.
    let day = 1.day();
    let low = zones.civil(from, start).saturating_sub(day);
    let high = zones.civil(to, start).saturating_add(day);
    let mut times = BTreeSet::new();
    if (low..=high).contains(&first) {
        times.insert(first);
    }
    for property in master.all("RRULE") {
        let raw = property.raw();
        match rule::read_bounded(&raw) {
            Some(rule) => times.extend(of_rule(
                rule::civil_rule(rule, &raw, start, zones),
                first,
                low,
                high,
                budget,
            )),
            None => budget.exhausted = true,
        }
    }
    for property in master.all("RDATE") {
        let dates = property.moments();
        times.extend(
            dates
                .iter()
                .map(|date| zones.tell(date, start))
                .filter(|civil| (low..=high).contains(civil)),
        );
    }
    for property in master.all("EXRULE") {
        if let Some(rule) = rule::read_bounded(&property.raw()) {
            let rule = rule::civil_rule(rule, &property.raw(), start, zones);
            for excluded in of_rule(rule, first, low, high, budget) {
                times.remove(&excluded);
            }
        }
    }
    let (mut excluded, mut days) = (HashSet::new(), HashSet::new());
    for moment in master.all("EXDATE").flat_map(super::Property::moments) {
        // A date excludes what starts on that day: some programs write it so.
        if moment.is_date() && !start.is_date() {
            days.insert(moment.civil().date());
        } else {
            excluded.insert(start.at(zones.tell(&moment, start)).civil());
        }
    }
    times.retain(|civil| !excluded.contains(civil) && !days.contains(&civil.date()));
    times
}

fn of_rule(
    mut rule: ical::recur::IcalRecurRule,
    first: DateTime,
    low: DateTime,
    high: DateTime,
    budget: &mut Budget,
) -> Vec<DateTime> {
    let count = rule.count.take();
    let mut times = Vec::new();
    let mut number: u32 = 0;
    for (seen, civil) in rule::candidates(rule, first).enumerate() {
        // The start is the first instance even where the rule does not name it (§3.8.5.3).
        if seen == 0 && civil != first {
            number += 1;
        }
        number = number.saturating_add(1);
        if civil > high || count.is_some_and(|count| number > count) || !budget.allows(seen) {
            break;
        }
        if civil >= low {
            times.push(civil);
        }
    }
    times
}

/// How long each instance lasts.
enum Length {
    /// So many days, for dates.
    Days(i64),
    /// So many seconds from the start, however clocks change in between.
    Exact(SignedDuration),
    /// Days on the calendar, then seconds.
    Nominal(Duration),
}

impl Length {
    fn of(component: Component<'_>, start: &Moment, zones: &Zones) -> Self {
        let end = component.moment("DTEND").or_else(|| component.moment("DUE"));
        let duration = component
            .property("DURATION")
            .and_then(|property| Duration::read(&property.raw()));
        match (start, end, duration) {
            (Moment::Date(first), Some(end), _) => {
                let days = first
                    .until(end.civil().date())
                    .map_or(1, |span| i64::from(span.get_days()));
                Self::Days(days.max(i64::from(end.is_date() && component.property("DTEND").is_some())))
            }
            (Moment::Date(_), None, Some(duration)) => Self::Days(duration.days.max(1)),
            (Moment::Date(_), None, None) => Self::Days(1),
            (_, Some(end), _) => Self::Exact(
                zones
                    .instant(&end)
                    .duration_since(zones.instant(start))
                    .max(SignedDuration::ZERO),
            ),
            (_, None, Some(duration)) if duration.total_seconds() > 0 => Self::Nominal(duration),
            (_, None, _) => Self::Exact(SignedDuration::ZERO),
        }
    }

    /// An upper bound.
    fn span(&self) -> SignedDuration {
        match self {
            Self::Days(days) => SignedDuration::from_secs(days.saturating_mul(86_400)),
            Self::Exact(duration) => *duration,
            Self::Nominal(duration) => SignedDuration::from_secs(duration.total_seconds()),
        }
    }

    fn instance(&self, at: usize, id: Option<Moment>, start: Moment, zones: &Zones) -> Instance {
        let begins = zones.instant(&start);
        let civil = start.civil();
        let end = match self {
            Self::Days(days) => start.at(civil.saturating_add(days.min(&1_000_000).days())),
            Self::Exact(duration) => {
                let ends = begins.saturating_add(*duration).unwrap_or(Timestamp::MAX);
                start.at(zones.civil(ends, &start))
            }
            Self::Nominal(duration) => {
                let days = duration.days.min(1_000_000).days();
                let seconds = duration.seconds.min(1_000_000_000).seconds();
                start.at(civil.saturating_add(days).saturating_add(seconds))
            }
        };
        let ends = match self {
            Self::Exact(duration) => begins.saturating_add(*duration).unwrap_or(Timestamp::MAX),
            _ => zones.instant(&end),
        };
        Instance {
            at,
            id,
            start,
            end,
            begins,
            ends,
        }
    }
}

#[cfg(test)]
mod tests;
