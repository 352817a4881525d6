//! Dates and times as iCalendar tells them: a date, or a time on one of three clocks (RFC 5545 §3.3.4, §3.3.5).

use ical::recur::IcalRecurDateTime;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// A date or a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Moment {
    /// A whole day, wherever one is.
    Date(Date),
    /// A time on whichever clock is looked at.
    Floating(DateTime),
    /// A time in UTC.
    Utc(DateTime),
    /// A local time in the zone that `TZID` names.
    Zoned(DateTime, String),
}

impl Moment {
    /// Reads a value with its `TZID`.
    pub fn read(value: &str, tzid: Option<&str>) -> Option<Self> {
        let civil = from_recur(IcalRecurDateTime::parse(value).ok()?)?;
        Some(match (value.len(), tzid) {
            (8, _) => Self::Date(civil.date()),
            (16, _) => Self::Utc(civil),
            (_, Some(tzid)) if tzid.eq_ignore_ascii_case("UTC") => Self::Utc(civil),
            (_, Some(tzid)) => Self::Zoned(civil, tzid.to_owned()),
            (_, None) => Self::Floating(civil),
        })
    }

    /// Reads what a person or a model writes: `2026-09-01`, `2026-09-01T09:00`, `2026-09-01T09:00:00+02:00`. A time
    /// without an offset is in `zone`, or floats when there is none; one with an offset is told on the clock of `zone`
    /// or in UTC.
    ///
    /// The error says what is wrong, without naming the argument.
    pub fn from_user(text: &str, zone: Option<&TimeZone>) -> Result<Self, String> {
        let text = text.trim();
        let moment = if let Ok(date) = text.parse::<Date>()
            && text.len() <= 10
        {
            Self::Date(date)
        } else if let Ok(instant) = text.parse::<Timestamp>() {
            match zone.and_then(|zone| Some((zone, zone.iana_name()?))) {
                Some((zone, name)) => Self::Zoned(whole_seconds(zone.to_datetime(instant)), name.to_owned()),
                None => Self::Utc(whole_seconds(TimeZone::UTC.to_datetime(instant))),
            }
        } else if let Ok(civil) = text.parse::<DateTime>() {
            Self::local(whole_seconds(civil), zone)?
        } else {
            return Err(
                "give a date (`2026-09-01`) or a date and time (`2026-09-01T09:00`, with `Z` or `+02:00` if need be)"
                    .to_owned(),
            );
        };
        match moment.civil().year() {
            1..=9999 => Ok(moment),
            _ => Err("the year is out of range".to_owned()),
        }
    }

    fn local(civil: DateTime, zone: Option<&TimeZone>) -> Result<Self, String> {
        let Some((zone, name)) = zone.and_then(|zone| Some((zone, zone.iana_name()?))) else {
            return Ok(Self::Floating(civil));
        };
        if matches!(zone.to_ambiguous_timestamp(civil).offset(), AmbiguousOffset::Gap { .. }) {
            return Err(format!(
                "{civil} does not exist in {name}: clocks go forward over it; choose another time"
            ));
        }
        Ok(match name {
            "UTC" | "Etc/UTC" => Self::Utc(civil),
            name => Self::Zoned(civil, name.to_owned()),
        })
    }

    /// The value as iCalendar writes it.
    pub fn value(&self) -> String {
        let civil = self.civil();
        let date = format!("{:04}{:02}{:02}", civil.year(), civil.month(), civil.day());
        let time = format!("T{:02}{:02}{:02}", civil.hour(), civil.minute(), civil.second());
        match self {
            Self::Date(_) => date,
            Self::Utc(_) => format!("{date}{time}Z"),
            Self::Floating(_) | Self::Zoned(..) => date + &time,
        }
    }

    /// What its own clock shows; midnight for a date.
    pub fn civil(&self) -> DateTime {
        match self {
            Self::Date(date) => date.at(0, 0, 0, 0),
            Self::Floating(civil) | Self::Utc(civil) | Self::Zoned(civil, _) => *civil,
        }
    }

    /// Another time on the same clock; of a date, the day of that time.
    #[must_use]
    pub fn at(&self, civil: DateTime) -> Self {
        match self {
            Self::Date(_) => Self::Date(civil.date()),
            Self::Floating(_) => Self::Floating(civil),
            Self::Utc(_) => Self::Utc(civil),
            Self::Zoned(_, tzid) => Self::Zoned(civil, tzid.clone()),
        }
    }

    /// Whether it is a whole day.
    pub const fn is_date(&self) -> bool {
        matches!(self, Self::Date(_))
    }

    /// Whether its instant depends on where one is.
    pub const fn floats(&self) -> bool {
        matches!(self, Self::Floating(_) | Self::Date(_))
    }

    /// The zone's name, when there is one.
    pub fn tzid(&self) -> Option<&str> {
        match self {
            Self::Zoned(_, tzid) => Some(tzid),
            _ => None,
        }
    }
}

pub(super) fn to_recur(civil: DateTime) -> IcalRecurDateTime {
    IcalRecurDateTime {
        year: civil.year().into(),
        month: civil.month().unsigned_abs(),
        day: civil.day().unsigned_abs(),
        hour: civil.hour().unsigned_abs(),
        minute: civil.minute().unsigned_abs(),
        second: civil.second().unsigned_abs(),
    }
}

pub(super) fn from_recur(at: IcalRecurDateTime) -> Option<DateTime> {
    let small = |number: u8| i8::try_from(number).ok();
    DateTime::new(
        i16::try_from(at.year).ok()?,
        small(at.month)?,
        small(at.day)?,
        small(at.hour)?,
        small(at.minute)?,
        // A leap second is told as the second before it, as everywhere.
        small(at.second.min(59))?,
        0,
    )
    .ok()
}

fn whole_seconds(civil: DateTime) -> DateTime {
    civil.with().subsec_nanosecond(0).build().unwrap_or(civil)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::Moment;

    #[test]
    fn what_people_write_is_understood() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let read = |text: &str, zone: Option<&TimeZone>| Moment::from_user(text, zone).map(|moment| moment.value());
        assert_eq!(read("2026-09-01", Some(&berlin)).unwrap(), "20260901");
        assert_eq!(read("2026-09-01T09:00", None).unwrap(), "20260901T090000");
        assert_eq!(read("2026-09-01 09:00:30.5", Some(&berlin)).unwrap(), "20260901T090030");
        assert_eq!(read("2026-09-01T09:00:00+02:00", None).unwrap(), "20260901T070000Z");
        assert_eq!(read("2026-09-01T07:00:00Z", Some(&berlin)).unwrap(), "20260901T090000");
        assert!(
            read("2026-03-29T02:30", Some(&berlin))
                .unwrap_err()
                .contains("does not exist")
        );
        for wrong in [
            "",
            "tomorrow",
            "2026-13-01",
            "2026-02-30",
            "09:00",
            "2026-09-01T25:00",
            "-000500-01-01",
        ] {
            assert!(read(wrong, Some(&berlin)).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_value_is_read_or_refused(value in "([0-9TZ]{0,18}|\\PC{0,20})", tzid in proptest::option::of("\\PC{0,9}")) {
            if let Some(moment) = Moment::read(&value, tzid.as_deref()) {
                prop_assert_eq!(Moment::read(&moment.value(), tzid.as_deref()), Some(moment));
            }
            let _ = Moment::from_user(&value, None);
        }
    }
}
