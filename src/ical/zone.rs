//! From a clock's time to an instant and back: IANA zones first, else the `VTIMEZONE` that the object carries.

use std::cell::RefCell;
use std::collections::HashMap;

use ical::tree::cst::IcalCst;
use ical::tz::{IcalTz, IcalTzTransitions};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::component::Component;
use super::document::Document;
use super::moment::{Moment, from_recur, to_recur};
use super::rule;

/// Most rules and dates of an object's own zone that are looked at. A real one has two.
const MAX_ONSETS: usize = 400;

/// The zones that one object's times are told in.
#[derive(Debug)]
pub struct Zones {
    /// Where floating times and dates are.
    local: TimeZone,
    own: Vec<IcalTz>,
    known: RefCell<HashMap<String, Clock>>,
}

#[derive(Debug, Clone)]
enum Clock {
    Iana(TimeZone),
    Own(IcalTz, Box<IcalTzTransitions>),
}

impl Zones {
    /// The zones of `document`; dates and floating times are taken to be in `local`.
    pub fn of(document: &Document, local: TimeZone) -> Self {
        let defined = document.components("VTIMEZONE");
        let needed =
            |zone: &Component<'_>| zone.text("TZID").is_some_and(|tzid| iana(&tzid).is_none()) && is_harmless(*zone);
        let own = if defined.iter().any(|(_, zone)| needed(zone)) {
            let safe: Vec<String> = defined
                .iter()
                .filter(|(_, zone)| needed(zone))
                .filter_map(|(_, zone)| zone.text("TZID"))
                .collect();
            let calendar = IcalCst::decode(&document.tree);
            let zones = calendar.components.iter().filter_map(IcalTz::of_component);
            zones.filter(|zone| safe.contains(&zone.id)).collect()
        } else {
            Vec::new()
        };
        Self {
            local,
            own,
            known: RefCell::default(),
        }
    }

    /// Where floating times and dates are taken to be.
    pub const fn local(&self) -> &TimeZone {
        &self.local
    }

    /// The instant of a moment; of a date, its beginning. A time that clocks skip is read with the offset before the
    /// change, one that they repeat is the first of the two (§3.3.5). A zone that nobody defines counts as local.
    pub fn instant(&self, moment: &Moment) -> Timestamp {
        match moment {
            Moment::Utc(civil) => in_zone(&TimeZone::UTC, *civil),
            Moment::Date(_) | Moment::Floating(_) => in_zone(&self.local, moment.civil()),
            Moment::Zoned(civil, tzid) => self.with_clock(tzid, |clock| match clock {
                Clock::Iana(zone) => in_zone(zone, *civil),
                Clock::Own(_, transitions) => {
                    let at = to_recur(*civil);
                    Timestamp::from_second(transitions.resolve(at).literal_instant(at)).unwrap_or(Timestamp::MAX)
                }
            }),
        }
    }

    /// What the clock of `like` shows at an instant.
    pub fn civil(&self, instant: Timestamp, like: &Moment) -> DateTime {
        match like {
            Moment::Utc(_) => TimeZone::UTC.to_datetime(instant),
            Moment::Date(_) | Moment::Floating(_) => self.local.to_datetime(instant),
            Moment::Zoned(_, tzid) => self.with_clock(tzid, |clock| match clock {
                Clock::Iana(zone) => zone.to_datetime(instant),
                Clock::Own(zone, _) => {
                    from_recur(zone.local(instant.as_second())).unwrap_or_else(|| self.local.to_datetime(instant))
                }
            }),
        }
    }

    /// A moment on the clock of `like`. Where one of them floats, the time is taken as written.
    pub fn tell(&self, moment: &Moment, like: &Moment) -> DateTime {
        if moment.floats() || like.floats() || moment.tzid() == like.tzid() && moment.tzid().is_some() {
            return moment.civil();
        }
        self.civil(self.instant(moment), like)
    }

    /// The moment as results show it: a date, a time with its offset, or a time without when it floats.
    pub fn show(&self, moment: &Moment) -> String {
        match moment {
            Moment::Date(date) => date.to_string(),
            Moment::Floating(civil) => civil.to_string(),
            Moment::Utc(civil) => format!("{civil}Z"),
            Moment::Zoned(civil, _) => {
                let instant = self.instant(moment);
                let seconds = TimeZone::UTC.to_datetime(instant).duration_until(*civil).as_secs();
                let sign = if seconds < 0 { '-' } else { '+' };
                let minutes = seconds.abs() / 60;
                format!("{civil}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }

    fn with_clock<T>(&self, tzid: &str, use_it: impl FnOnce(&mut Clock) -> T) -> T {
        let mut known = self.known.borrow_mut();
        let clock = known.entry(tzid.to_owned()).or_insert_with(|| {
            let own = || self.own.iter().find(|zone| zone.id == tzid);
            match (iana(tzid), own()) {
                (Some(zone), _) => Clock::Iana(zone),
                (None, Some(zone)) => Clock::Own(zone.clone(), Box::new(IcalTzTransitions::of_zone(zone.clone()))),
                (None, None) => Clock::Iana(self.local.clone()),
            }
        });
        use_it(clock)
    }
}

/// The IANA zone behind a `TZID`: the name itself, or what follows a vendor's prefix
/// (`/freeassociation.sourceforge.net/Europe/Berlin`).
fn iana(tzid: &str) -> Option<TimeZone> {
    if let Ok(zone) = TimeZone::get(tzid) {
        return Some(zone);
    }
    let mut rest = tzid.strip_prefix('/')?;
    while let Some((_, tail)) = rest.split_once('/') {
        if let Ok(zone) = TimeZone::get(tail) {
            return Some(zone);
        }
        rest = tail;
    }
    None
}

fn in_zone(zone: &TimeZone, civil: DateTime) -> Timestamp {
    zone.to_timestamp(civil).unwrap_or(if civil.year() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// Whether a `VTIMEZONE` can be expanded in no time: yearly rules with few dates, as real ones are.
fn is_harmless(zone: Component<'_>) -> bool {
    let observances: Vec<_> = zone.children("STANDARD").chain(zone.children("DAYLIGHT")).collect();
    let dates: usize = observances
        .iter()
        .flat_map(|observance| observance.all("RDATE"))
        .map(|property| property.raw().split(',').count())
        .sum();
    let mut rules = observances.iter().flat_map(|observance| observance.all("RRULE"));
    observances.len() <= MAX_ONSETS && dates <= MAX_ONSETS && rules.all(|property| rule::is_calm(&property.raw()))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::Zones;
    use crate::ical::{Document, Moment};

    const OUTLOOK: &str = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\nEND:VCALENDAR\n";

    fn shown(document: &Document, value: &str, tzid: Option<&str>) -> String {
        let zones = Zones::of(document, TimeZone::get("Asia/Tokyo").unwrap());
        zones.show(&Moment::read(value, tzid).unwrap())
    }

    #[test]
    fn zones_are_found_wherever_they_are_defined() {
        let document = Document::parse(OUTLOOK).unwrap();
        let shown = |value, tzid| shown(&document, value, tzid);
        assert_eq!(
            shown("20260901T090000", Some("Europe/Berlin")),
            "2026-09-01T09:00:00+02:00"
        );
        assert_eq!(
            shown("20261201T090000", Some("W. Europe Standard Time")),
            "2026-12-01T09:00:00+01:00"
        );
        assert_eq!(
            shown(
                "20260901T090000",
                Some("/freeassociation.sourceforge.net/Europe/Berlin")
            ),
            "2026-09-01T09:00:00+02:00"
        );
        assert_eq!(shown("20260901T090000", Some("Nowhere")), "2026-09-01T09:00:00+09:00");
        assert_eq!(shown("20260901T090000", None), "2026-09-01T09:00:00");
        assert_eq!(shown("20260901T090000Z", None), "2026-09-01T09:00:00Z");
        assert_eq!(shown("20260901", None), "2026-09-01");
    }

    #[test]
    fn a_hostile_zone_is_not_expanded() {
        let hostile = OUTLOOK.replace("FREQ=YEARLY", "FREQ=SECONDLY");
        let document = Document::parse(&hostile).unwrap();
        assert_eq!(
            shown(&document, "20261201T090000", Some("W. Europe Standard Time")),
            "2026-12-01T09:00:00+09:00"
        );
    }

    #[test]
    fn skipped_and_repeated_times_have_an_instant() {
        let document = Document::new();
        let zones = Zones::of(&document, TimeZone::UTC);
        let instant = |value: &str| {
            zones
                .instant(&Moment::read(value, Some("Europe/Berlin")).unwrap())
                .to_string()
        };
        assert_eq!(instant("20260329T023000"), "2026-03-29T01:30:00Z");
        assert_eq!(instant("20261025T023000"), "2026-10-25T00:30:00Z");
    }
}
