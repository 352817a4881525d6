//! What Sabre looks at in an iCalendar object.

use ical::recur::IcalRecurDateTime;
use ical::recur::set::IcalRecurSet;
use ical::tree::cst::{IcalCst, IcalItem};
use ical::tree::line::IcalLine;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// After so many occurrences Sabre gives up on a series.
const MAX_OCCURRENCES: usize = 3_500;

/// A parsed object.
#[derive(Debug)]
pub(super) struct Parsed<'text>(IcalCst<'text>);

/// Start and end.
pub(super) type Span = (Timestamp, Timestamp);

impl<'text> Parsed<'text> {
    /// `None` for what is no iCalendar.
    pub(super) fn new(text: &'text str) -> Option<Self> {
        let tree = IcalCst::parse(text).ok()?;
        name_of(&tree).eq_ignore_ascii_case("VCALENDAR").then_some(Self(tree))
    }

    /// The components that are no time zones.
    pub(super) fn components(&self) -> Vec<Component<'_>> {
        let items = self.0.items.iter().filter_map(|item| match item {
            IcalItem::Component(child) => Some(Component(child)),
            _ => None,
        });
        items.filter(|component| component.name() != "VTIMEZONE").collect()
    }

    /// When the object happens within `[from, to)`; `None` when Sabre gives up on it.
    pub(super) fn spans(&self, (from, to): Span) -> Option<Vec<Span>> {
        let components = self.components();
        let first = components.first()?;
        let start = first.line("DTSTART").or_else(|| first.line("DUE"))?;
        let zone = zone_of(start);
        let begins = instant(start)?;
        let all_day = start.raw_value_str().trim().len() == 8;
        let length = match first.line("DTEND").or_else(|| first.line("DUE")).and_then(instant) {
            Some(end) => end.duration_since(begins),
            None if all_day => SignedDuration::from_hours(24),
            None => first
                .text("DURATION")
                .and_then(|text| duration(&text))
                .unwrap_or_default(),
        };
        if first.line("RRULE").is_none() && first.line("RDATE").is_none() && components.len() == 1 {
            return Some(vec![(begins, begins + length)]);
        }
        let calendar = self.0.decode();
        let uid = first.text("UID").unwrap_or_default();
        let mut spans = Vec::new();
        for (number, occurrence) in IcalRecurSet::of_uid(&calendar.components, &uid).expand().enumerate() {
            if number >= MAX_OCCURRENCES {
                return None;
            }
            let start = in_zone(occurrence.start, &zone)?;
            if start >= to {
                break;
            }
            if start + length > from {
                spans.push((start, start + length));
            }
        }
        Some(spans)
    }

    /// The text with a line added to the first component, before its end.
    pub(super) fn with_line(mut self, name: &'static str, value: &str) -> String {
        for item in &mut self.0.items {
            if let IcalItem::Component(child) = item
                && name_of(child) != "VTIMEZONE"
            {
                let mut line = IcalLine::text(name, value.to_owned());
                if let Some(begin) = &child.begin {
                    line.eol = begin.eol.clone();
                }
                child.push_line(line);
                break;
            }
        }
        String::from_utf8_lossy(&self.0.to_bytes()).into_owned()
    }

    /// The text with `SCHEDULE-STATUS` on the attendees for which there is one.
    pub(super) fn with_status(mut self, status: impl Fn(&str) -> Option<&'static str>) -> String {
        for item in &mut self.0.items {
            let IcalItem::Component(child) = item else { continue };
            for item in &mut child.items {
                let IcalItem::Prop(line) = item else { continue };
                let told = line
                    .params
                    .iter()
                    .any(|parameter| parameter.name.get().eq_ignore_ascii_case("SCHEDULE-STATUS"));
                if !line.name.get().eq_ignore_ascii_case("ATTENDEE") || told {
                    continue;
                }
                if let Some(status) = status(&address(line)) {
                    let parameter = format!("SCHEDULE-STATUS={status}");
                    let parameter = ical::tree::param::node::IcalParamNode::parse(&parameter);
                    line.params.push(ical::tree::param::node::IcalParamNode {
                        name: parameter.name.get().to_owned().into(),
                        values: vec![status.to_owned().into()],
                        escaper: parameter.escaper,
                    });
                }
            }
        }
        String::from_utf8_lossy(&self.0.to_bytes()).into_owned()
    }
}

/// A component.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component<'tree>(&'tree IcalCst<'tree>);

impl<'tree> Component<'tree> {
    pub(super) fn name(self) -> String {
        name_of(self.0)
    }

    pub(super) fn lines(self) -> impl Iterator<Item = &'tree IcalLine<'tree>> {
        self.0.items.iter().filter_map(|item| match item {
            IcalItem::Prop(line) => Some(line),
            _ => None,
        })
    }

    pub(super) fn line(self, name: &str) -> Option<&'tree IcalLine<'tree>> {
        self.lines().find(|line| line.name.get().eq_ignore_ascii_case(name))
    }

    /// A property's value, escapes resolved.
    pub(super) fn text(self, name: &str) -> Option<String> {
        Some(self.line(name)?.value.decode().into_owned())
    }

    /// The addresses of those invited.
    pub(super) fn attendees(self) -> Vec<String> {
        let lines = self
            .lines()
            .filter(|line| line.name.get().eq_ignore_ascii_case("ATTENDEE"));
        lines.map(address).collect()
    }

    pub(super) fn organizer(self) -> Option<String> {
        self.line("ORGANIZER").map(address)
    }
}

fn name_of(tree: &IcalCst<'_>) -> String {
    let begin = tree.begin.as_ref();
    begin
        .map(|begin| begin.raw_value_str().trim().to_ascii_uppercase())
        .unwrap_or_default()
}

/// `mailto:` taken off, in lower case.
fn address(line: &IcalLine<'_>) -> String {
    let raw = line.raw_value_str().trim().to_ascii_lowercase();
    raw.strip_prefix("mailto:").unwrap_or(&raw).to_owned()
}

fn zone_of(line: &IcalLine<'_>) -> TimeZone {
    let tzid = line
        .params
        .iter()
        .find(|parameter| parameter.name.get().eq_ignore_ascii_case("TZID"))
        .and_then(|parameter| parameter.values.first());
    tzid.and_then(|tzid| TimeZone::get(tzid.get().trim_matches('"')).ok())
        .unwrap_or(TimeZone::UTC)
}

fn instant(line: &IcalLine<'_>) -> Option<Timestamp> {
    let raw = line.raw_value_str();
    let raw = raw.trim();
    let zone = if raw.ends_with('Z') {
        TimeZone::UTC
    } else {
        zone_of(line)
    };
    in_zone(IcalRecurDateTime::parse(raw).ok()?, &zone)
}

fn in_zone(civil: IcalRecurDateTime, zone: &TimeZone) -> Option<Timestamp> {
    let small = |number: u8| i8::try_from(number).ok();
    let civil = DateTime::new(
        i16::try_from(civil.year).ok()?,
        small(civil.month)?,
        small(civil.day)?,
        small(civil.hour)?,
        small(civil.minute)?,
        small(civil.second.min(59))?,
        0,
    );
    zone.to_timestamp(civil.ok()?).ok()
}

fn duration(text: &str) -> Option<SignedDuration> {
    text.trim().parse().ok()
}

/// `20260901T000000Z`.
pub(super) fn utc(text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix('Z')?;
    in_zone(
        IcalRecurDateTime::parse(text).ok().filter(|_| text.len() == 15)?,
        &TimeZone::UTC,
    )
}

/// An instant as `utc` reads it.
pub(super) fn basic(instant: Timestamp) -> String {
    TimeZone::UTC
        .to_datetime(instant)
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string()
}
