//! Durations as people, models and Cookbook write them.
//!
//! Cookbook stores `PT0H10M0S` and quietly stores nothing when it cannot read what it is given; it also drops the days
//! of `P1DT2H`. So durations are read here, in more forms than Cookbook's, and sent in its own.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// Longest duration that is taken: a year. A recipe needs no more, and sums cannot overflow.
const LONGEST: u64 = 366 * DAY;
const DAY: u64 = 24 * HOUR;
const HOUR: u64 = 60 * MINUTE;
const MINUTE: u64 = 60;

const FORMS: &str = "give an ISO 8601 duration (PT1H30M), `1:30`, `1 h 30 min`, or minutes";

/// A length of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(u64);

/// A duration as an argument: an empty text takes it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanArgument(pub Option<Span>);

impl Span {
    /// Reads any of the forms; `None` for what is no duration or longer than a year.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let seconds = if let Some(minutes) = number(text) {
            minutes.checked_mul(MINUTE)
        } else if let Some((hours, minutes)) = text.split_once(':') {
            clock(hours, minutes)
        } else if let Some(rest) = text.strip_prefix('P') {
            iso(rest)
        } else {
            words(text)
        };
        seconds.filter(|seconds| *seconds <= LONGEST).map(Self)
    }

    /// Cookbook's own form, always with hours, minutes and seconds.
    pub fn to_cookbook(self) -> String {
        let Self(seconds) = self;
        format!("PT{}H{}M{}S", seconds / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE)
    }
}

/// The shortest ISO 8601 form: `PT10M`.
impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(seconds) = *self;
        if seconds == 0 {
            return formatter.write_str("PT0S");
        }
        formatter.write_str("PT")?;
        let parts = [
            (seconds / HOUR, 'H'),
            (seconds % HOUR / MINUTE, 'M'),
            (seconds % MINUTE, 'S'),
        ];
        for (count, unit) in parts.into_iter().filter(|(count, _)| *count > 0) {
            write!(formatter, "{count}{unit}")?;
        }
        Ok(())
    }
}

/// `1:30`, hours and minutes.
fn clock(hours: &str, minutes: &str) -> Option<u64> {
    let minutes = Some(minutes)
        .filter(|text| text.len() <= 2)
        .and_then(number)
        .filter(|minutes| *minutes < 60)?;
    number(hours)?.checked_mul(HOUR)?.checked_add(minutes * MINUTE)
}

/// What follows the `P` of an ISO 8601 duration. Years and months have no fixed length and are not taken.
fn iso(text: &str) -> Option<u64> {
    let (date, time) = text
        .split_once('T')
        .map_or((text, None), |(date, time)| (date, Some(time)));
    let date_part = designated(date, &[('W', 7 * DAY), ('D', DAY)])?;
    let time_part = match time {
        Some("") => return None,
        Some(time) => designated(time, &[('H', HOUR), ('M', MINUTE), ('S', 1)])?,
        None if date.is_empty() => return None,
        None => 0,
    };
    date_part.checked_add(time_part)
}

/// Numbers each followed by its unit, the units in the given order.
fn designated(mut text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut total: u64 = 0;
    for (unit, seconds) in units {
        if let Some((count, rest)) = text.split_once(*unit) {
            total = total.checked_add(number(count)?.checked_mul(*seconds)?)?;
            text = rest;
        }
    }
    text.is_empty().then_some(total)
}

/// `1 h 30 min`, `90 minutes`.
fn words(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit())?;
        let (count, after) = rest.split_at(digits);
        let after = after.trim_start();
        let end = after
            .find(|character: char| !character.is_alphabetic())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let seconds = match unit.to_lowercase().as_str() {
            "d" | "day" | "days" => DAY,
            "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
            "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
            "s" | "sec" | "secs" | "second" | "seconds" => 1,
            _ => return None,
        };
        total = total.checked_add(number(count)?.checked_mul(seconds)?)?;
        rest = after.trim_start_matches(['.', ',', ' ']);
    }
    (!text.is_empty()).then_some(total)
}

/// Digits only: `u64::from_str` would also take a sign.
fn number(text: &str) -> Option<u64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

impl<'de> Deserialize<'de> for SpanArgument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrMinutes;

        impl Visitor<'_> for TextOrMinutes {
            type Value = SpanArgument;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a duration")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SpanArgument, E> {
                if text.trim().is_empty() {
                    return Ok(SpanArgument(None));
                }
                let span = Span::parse(text).ok_or_else(|| E::custom(format_args!("not a duration; {FORMS}")))?;
                Ok(SpanArgument(Some(span)))
            }

            fn visit_u64<E: de::Error>(self, minutes: u64) -> Result<SpanArgument, E> {
                self.visit_str(&minutes.to_string())
            }
        }

        deserializer.deserialize_any(TextOrMinutes)
    }
}

impl JsonSchema for SpanArgument {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string"})
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{Span, SpanArgument};

    #[test]
    fn every_form_becomes_cookbooks() {
        for (text, stored, short) in [
            ("PT10M", "PT0H10M0S", "PT10M"),
            ("PT0H10M0S", "PT0H10M0S", "PT10M"),
            ("PT90M", "PT1H30M0S", "PT1H30M"),
            ("P1DT2H", "PT26H0M0S", "PT26H"),
            ("P1W", "PT168H0M0S", "PT168H"),
            ("25", "PT0H25M0S", "PT25M"),
            ("1:30", "PT1H30M0S", "PT1H30M"),
            ("1 h 30 min", "PT1H30M0S", "PT1H30M"),
            ("45 minutes", "PT0H45M0S", "PT45M"),
            ("1h30m10s", "PT1H30M10S", "PT1H30M10S"),
            ("PT0S", "PT0H0M0S", "PT0S"),
        ] {
            let span = Span::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (span.to_cookbook().as_str(), span.to_string().as_str()),
                (stored, short)
            );
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "P",
            "PT",
            "P1DT",
            "P1Y",
            "P1M",
            "PT1M2H",
            "PT1.5H",
            "-5",
            "+5",
            "1:60",
            "1:2:3",
            "soon",
            "ten minutes",
            "10 eggs",
            "PT99999999999999999999M",
            "99999999999999999999",
            "PT9000H",
            "h",
        ] {
            assert_eq!(Span::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_argument_is_text_minutes_or_empty() {
        let read = |value| serde_json::from_value::<SpanArgument>(value);
        assert_eq!(read(json!(15)).unwrap().0, Span::parse("PT15M"));
        assert_eq!(read(json!("")).unwrap().0, None);
        let error = read(json!("later")).unwrap_err().to_string();
        assert!(error.contains("PT1H30M"), "{error}");
        assert!(read(json!(-5)).is_err() && read(json!([1])).is_err());
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(text in "\\PC*") {
            let _ = Span::parse(&text);
        }

        #[test]
        fn what_is_written_reads_back(minutes in 0_u64..500_000, seconds in 0_u64..60) {
            let span = Span::parse(&format!("PT{minutes}M{seconds}S")).unwrap();
            prop_assert_eq!(Span::parse(&span.to_string()), Some(span));
            prop_assert_eq!(Span::parse(&span.to_cookbook()), Some(span));
        }
    }
}
