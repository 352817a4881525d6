//! The stretches of time that are asked for, and what is left of them.

use jiff::civil::{Time, Weekday};
use jiff::{Timestamp, ToSpan};

use super::super::super::when::{Here, invalid};
use super::{FindAvailability, Span};
use crate::mcp::ToolResult;

/// The hours of a day that are asked for.
pub fn hours(args: &FindAvailability) -> ToolResult<Vec<(Time, Time)>> {
    let (nine, five) = (Time::constant(9, 0, 0, 0), Time::constant(17, 0, 0, 0));
    let wrong = || invalid("preferred_times", "write it as 09:00-12:00,14:00-16:00");
    let mut hours = Vec::new();
    for range in args
        .preferred_times
        .split(',')
        .map(str::trim)
        .filter(|range| !range.is_empty())
    {
        let (start, end) = range.split_once('-').ok_or_else(wrong)?;
        let time = |text: &str| match text.trim() {
            "24:00" => Ok(Time::MAX),
            text => text.parse::<Time>().map_err(|_| wrong()),
        };
        let (mut start, mut end) = (time(start)?, time(end)?);
        if end <= start || hours.len() >= 12 {
            return Err(wrong());
        }
        if args.business_hours_only {
            (start, end) = (start.max(nine), end.min(five));
        }
        if start < end {
            hours.push((start, end));
        }
    }
    if args.preferred_times.trim().is_empty() {
        hours.push(if args.business_hours_only {
            (nine, five)
        } else {
            (Time::MIN, Time::MAX)
        });
    } else if hours.is_empty() {
        return Err(invalid(
            "preferred_times",
            "they are all outside business hours: set business_hours_only to false",
        ));
    }
    hours.sort_unstable();
    Ok(hours)
}

/// The stretches of time that are asked for, in order. Hours of days that touch become one.
pub fn windows(here: &Here, (from, to): Span, hours: &[(Time, Time)], weekends: bool) -> Vec<Span> {
    let zone = &here.zone;
    let mut windows: Vec<Span> = Vec::new();
    let mut day = zone.to_datetime(from).date();
    let last = zone.to_datetime(to).date();
    while day <= last {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let next = day.saturating_add(1.day());
        if weekends || !weekend {
            for (start, end) in hours {
                let end = if *end == Time::MAX {
                    next.at(0, 0, 0, 0)
                } else {
                    day.to_datetime(*end)
                };
                let instants = (zone.to_timestamp(day.to_datetime(*start)), zone.to_timestamp(end));
                let (Ok(start), Ok(end)) = instants else { continue };
                let (start, end) = (start.max(from), end.min(to));
                match windows.last_mut() {
                    Some(last) if start <= last.1 => last.1 = last.1.max(end),
                    _ if start < end => windows.push((start, end)),
                    _ => {}
                }
            }
        }
        if next == day {
            break;
        }
        day = next;
    }
    windows
}

/// What is left of `windows` without `busy`, where it lasts at least `seconds`.
pub fn free(windows: &[Span], mut busy: Vec<Span>, seconds: i64) -> Vec<Span> {
    busy.sort_unstable();
    let mut slots = Vec::new();
    for (start, end) in windows {
        let mut free_from = *start;
        let mut keep = |from: Timestamp, to: Timestamp| {
            if to.duration_since(from).as_secs() >= seconds {
                slots.push((from, to));
            }
        };
        for (begins, ends) in &busy {
            if *ends <= free_from || *begins >= *end {
                continue;
            }
            if *begins > free_from {
                keep(free_from, *begins);
            }
            free_from = free_from.max(*ends);
        }
        if free_from < *end {
            keep(free_from, *end);
        }
    }
    slots
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::super::show;
    use super::{Here, free, windows};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn working_hours_are_those_of_the_zone_in_summer_and_winter() {
        let here = Here {
            now: at("2026-10-23T00:00:00Z"),
            zone: TimeZone::get("Europe/Berlin").unwrap(),
        };
        let hours = [(jiff::civil::time(9, 0, 0, 0), jiff::civil::time(17, 0, 0, 0))];
        let found = windows(
            &here,
            (at("2026-10-23T10:00:00Z"), at("2026-10-27T00:00:00Z")),
            &hours,
            false,
        );
        let shown: Vec<String> = found
            .iter()
            .map(|(from, to)| format!("{} {}", show(*from, &here.zone), show(*to, &here.zone)))
            .collect();
        assert_eq!(
            shown,
            [
                "2026-10-23T12:00:00+02:00 2026-10-23T17:00:00+02:00",
                "2026-10-26T09:00:00+01:00 2026-10-26T17:00:00+01:00",
            ]
        );
    }

    proptest! {
        #[test]
        fn slots_are_long_enough_in_the_windows_and_never_busy(
            busy in proptest::collection::vec((0_i64..1000, 1_i64..200), 0..20),
            seconds in 1_i64..100,
        ) {
            let second = |number| Timestamp::from_second(number).unwrap();
            let busy: Vec<_> = busy.iter().map(|(start, length)| (second(*start), second(start + length))).collect();
            let windows = [(second(100), second(300)), (second(500), second(900))];
            for (start, end) in free(&windows, busy.clone(), seconds) {
                prop_assert!(end.duration_since(start).as_secs() >= seconds);
                prop_assert!(windows.iter().any(|(from, to)| start >= *from && end <= *to));
                prop_assert!(busy.iter().all(|(from, to)| *to <= start || *from >= end));
            }
        }
    }
}
