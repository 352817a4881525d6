//! Recurrence rules (RFC 5545 §3.3.10): what is accepted of a user, and what is safe to expand.

use ical::recur::expand::IcalRecurExpand;
use ical::recur::{IcalRecurFreq, IcalRecurRule};
use jiff::civil::DateTime;

use super::moment::{Moment, from_recur, to_recur};
use super::zone::Zones;

/// Longest rule that is read.
const MAX_LENGTH: usize = 1_000;
/// Most candidates of one period (a day, a week, a year), and most comparisons to pick from them.
const MAX_CANDIDATES: usize = 20_000;

/// The parts that a rule may have.
const PARTS: [&str; 16] = [
    "FREQ",
    "UNTIL",
    "COUNT",
    "INTERVAL",
    "BYSECOND",
    "BYMINUTE",
    "BYHOUR",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
    "WKST",
    "RSCALE",
    "SKIP",
];

/// Why a rule is not accepted, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RuleError(String);

impl RuleError {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// Checks a rule that a user gives for a series that begins at `start`, and writes it as it is stored: upper case,
/// without `RRULE:`, and `UNTIL` in the form that `start` asks for. `until` is an end given apart from the rule.
pub fn check(text: &str, start: &Moment, until: Option<&Moment>, zones: &Zones) -> Result<String, RuleError> {
    let text = text.trim().to_ascii_uppercase();
    let text = text.strip_prefix("RRULE:").unwrap_or(&text);
    if text.len() > MAX_LENGTH {
        return Err(RuleError::new("the rule is too long"));
    }
    let mut seen: Vec<&str> = Vec::new();
    for part in text.split(';') {
        let Some((name, value)) = part.split_once('=') else {
            return Err(RuleError::new(format!(
                "`{}` is no part of a rule; write it like FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10",
                part.escape_debug()
            )));
        };
        if !PARTS.contains(&name) {
            return Err(RuleError::new(format!(
                "there is no rule part `{}`",
                name.escape_debug()
            )));
        }
        if seen.contains(&name) || value.is_empty() || value.contains(char::is_whitespace) {
            return Err(RuleError::new(format!(
                "the rule part {name} is empty, has blanks, or is given twice"
            )));
        }
        seen.push(name);
    }
    let rule = IcalRecurRule::parse(text).map_err(|error| RuleError::new(error.to_string()))?;
    if let Some(problem) = rule.problems().first() {
        return Err(RuleError::new(problem.to_string()));
    }
    if rule.count == Some(0) {
        return Err(RuleError::new("COUNT must be at least 1"));
    }
    if until.is_some() && (rule.until.is_some() || rule.count.is_some()) {
        return Err(RuleError::new(
            "the rule has COUNT or UNTIL already: an end date besides contradicts it",
        ));
    }
    let endless = rule.count.is_none() && rule.until.is_none() && until.is_none();
    if endless && matches!(rule.freq, IcalRecurFreq::Secondly | IcalRecurFreq::Minutely) {
        return Err(RuleError::new(
            "a rule that repeats every second or minute needs COUNT or UNTIL",
        ));
    }
    if start.is_date()
        && matches!(
            rule.freq,
            IcalRecurFreq::Secondly | IcalRecurFreq::Minutely | IcalRecurFreq::Hourly
        )
    {
        return Err(RuleError::new("an all-day series repeats at most once a day"));
    }
    if !is_bounded(&rule) {
        return Err(RuleError::new("the rule has too many instances in one period"));
    }
    let given = text
        .split(';')
        .find_map(|part| part.strip_prefix("UNTIL="))
        .map(|value| Moment::read(value, None).ok_or_else(|| RuleError::new("UNTIL is no date or time")))
        .transpose()?;
    let checked = match given.as_ref().or(until) {
        Some(end) => with_until(text, &end_of(end, start, zones)),
        None => text.to_owned(),
    };
    let first = IcalRecurRule::parse(&checked)
        .ok()
        .map(|rule| civil_rule(rule, &checked, start, zones))
        .and_then(|rule| IcalRecurExpand::new(rule, to_recur(start.civil())).next());
    if first.is_none() {
        return Err(RuleError::new(
            "the rule never happens from that start on (UNTIL before the start, or no such date)",
        ));
    }
    Ok(checked)
}

/// The rule with another `UNTIL`, and without `COUNT`.
pub fn with_until(rule: &str, until: &Moment) -> String {
    let mut parts: Vec<String> = rule
        .split(';')
        .filter(|part| {
            let name = part.split('=').next().unwrap_or(part).trim().to_ascii_uppercase();
            name != "UNTIL" && name != "COUNT"
        })
        .map(ToOwned::to_owned)
        .collect();
    parts.push(format!("UNTIL={}", until.value()));
    parts.join(";")
}

/// The end of a series as `start` asks for it: a date for dates, UTC for a time with a zone, else a local time. A date
/// includes its whole day.
fn end_of(end: &Moment, start: &Moment, zones: &Zones) -> Moment {
    if start.is_date() {
        let civil = if end.floats() {
            end.civil()
        } else {
            zones.civil(zones.instant(end), start)
        };
        return Moment::Date(civil.date());
    }
    let told = match end {
        Moment::Date(date) => start.at(date.at(23, 59, 59, 0)),
        Moment::Floating(civil) => start.at(*civil),
        other => other.clone(),
    };
    match start {
        Moment::Floating(_) => Moment::Floating(zones.tell(&told, start)),
        _ => Moment::Utc(zones.civil(zones.instant(&told), &Moment::Utc(DateTime::ZERO))),
    }
}

/// The rule with its `UNTIL` on the clock that the series is told on: expansion knows no zones.
pub(super) fn civil_rule(mut rule: IcalRecurRule, text: &str, start: &Moment, zones: &Zones) -> IcalRecurRule {
    let written = text
        .split(';')
        .find_map(|part| part.trim().strip_prefix("UNTIL="))
        .and_then(|value| Moment::read(value.trim(), None));
    if let Some(until) = written {
        let civil = match &until {
            Moment::Date(date) if !start.is_date() => date.at(23, 59, 59, 0),
            Moment::Date(_) | Moment::Floating(_) => until.civil(),
            _ if start.is_date() => until.civil(),
            _ => zones.tell(&until, start),
        };
        rule.until = Some(to_recur(civil));
    }
    rule
}

/// Whether one period of the rule has few enough candidates to be held in memory.
pub(super) fn is_bounded(rule: &IcalRecurRule) -> bool {
    let many = |list: usize| list.max(1);
    let days = match rule.freq {
        IcalRecurFreq::Yearly => 380,
        IcalRecurFreq::Monthly => 31,
        IcalRecurFreq::Weekly => 7,
        _ => 1,
    };
    let narrowed = if rule.by_day.is_empty() && rule.by_month.is_empty() && rule.by_month_day.is_empty() {
        days
    } else {
        days.min(many(rule.by_day.len()) * 53 + many(rule.by_month.len()) * many(rule.by_month_day.len()) * 5)
    };
    let times = many(rule.by_hour.len())
        .saturating_mul(many(rule.by_minute.len()))
        .saturating_mul(many(rule.by_second.len()));
    let days = if times == 1 { 1 } else { narrowed };
    let candidates = days.saturating_mul(times).saturating_mul(many(rule.by_set_pos.len()));
    candidates <= MAX_CANDIDATES
}

/// The first time that a checked rule names from `start` on, with `start` supplying what the rule leaves open.
pub fn first(rule: &str, start: DateTime) -> Option<DateTime> {
    candidates(read_bounded(rule)?, start).next()
}

/// Whether a stored rule may be expanded at all.
pub(super) fn read_bounded(text: &str) -> Option<IcalRecurRule> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    IcalRecurRule::parse(text).ok().filter(is_bounded)
}

/// Whether the rule is as calm as those of time zones: a day or a few in each year.
pub(super) fn is_calm(text: &str) -> bool {
    read_bounded(text).is_some_and(|rule| {
        rule.freq == IcalRecurFreq::Yearly
            && rule.by_hour.is_empty()
            && rule.by_minute.is_empty()
            && rule.by_second.is_empty()
    })
}

/// The candidates of a rule, on the clock of `start`.
pub(super) fn candidates(rule: IcalRecurRule, start: DateTime) -> impl Iterator<Item = DateTime> {
    IcalRecurExpand::new(rule, to_recur(start)).map_while(from_recur)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::{check, read_bounded};
    use crate::ical::{Document, Moment, Zones};

    fn checked(rule: &str, start: &str, tzid: Option<&str>, until: Option<&str>) -> Result<String, String> {
        let zones = Zones::of(&Document::new(), TimeZone::UTC);
        let until = until.map(|until| Moment::from_user(until, None).unwrap());
        check(rule, &Moment::read(start, tzid).unwrap(), until.as_ref(), &zones).map_err(|error| error.to_string())
    }

    #[test]
    fn good_rules_are_written_as_they_are_stored() {
        let berlin = Some("Europe/Berlin");
        let daily = |rule, until| checked(rule, "20260901T090000", berlin, until).unwrap();
        assert_eq!(daily("rrule:freq=daily;count=3", None), "FREQ=DAILY;COUNT=3");
        assert_eq!(
            daily("FREQ=DAILY;UNTIL=20260910", None),
            "FREQ=DAILY;UNTIL=20260910T215959Z"
        );
        assert_eq!(
            daily("FREQ=DAILY", Some("2026-12-10")),
            "FREQ=DAILY;UNTIL=20261210T225959Z"
        );
        assert_eq!(
            checked("FREQ=DAILY;UNTIL=20260910T120000Z", "20260901", None, None).unwrap(),
            "FREQ=DAILY;UNTIL=20260910"
        );
        assert_eq!(
            checked("FREQ=DAILY", "20260901T090000", None, Some("2026-09-10")).unwrap(),
            "FREQ=DAILY;UNTIL=20260910T235959"
        );
    }

    #[test]
    fn bad_rules_are_refused_with_a_reason() {
        for (rule, reason) in [
            ("", "no part"),
            ("weekly", "no part"),
            ("FREQ=SOMETIMES", "frequency"),
            ("COUNT=3", "frequency"),
            ("FREQ=DAILY;COUNT=0", "at least 1"),
            ("FREQ=DAILY;COUNT=x", "count"),
            ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "UNTIL and COUNT"),
            ("FREQ=DAILY;INTERVAL=0", "interval"),
            ("FREQ=DAILY;BYDAY=XX", "weekday"),
            ("FREQ=DAILY;BYMONTHDAY=32", "range"),
            ("FREQ=WEEKLY;BYWEEKNO=3", "BYWEEKNO"),
            ("FREQ=DAILY;COLOUR=red", "no rule part"),
            ("FREQ=DAILY;FREQ=DAILY", "twice"),
            ("FREQ=DAILY;UNTIL=20200101", "never happens"),
            ("FREQ=DAILY;UNTIL=soon", "date"),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never happens"),
            ("FREQ=SECONDLY", "needs COUNT or UNTIL"),
            ("FREQ=DAILY;COUNT=2\r\nATTACH:x", "blanks"),
        ] {
            let error = checked(rule, "20260901T090000", None, None).unwrap_err();
            assert!(error.to_lowercase().contains(&reason.to_lowercase()), "{rule}: {error}");
        }
        let error = checked("FREQ=DAILY;COUNT=2", "20260901", None, Some("2026-10-01")).unwrap_err();
        assert!(error.contains("contradicts"), "{error}");
    }

    #[test]
    fn rules_that_explode_are_not_expanded() {
        let all = |to: u32| (0..to).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
        let bomb = format!(
            "FREQ=YEARLY;BYHOUR={};BYMINUTE={};BYSECOND={}",
            all(24),
            all(60),
            all(60)
        );
        assert!(read_bounded(&bomb).is_none());
        assert!(read_bounded(&format!("FREQ=YEARLY;BYDAY=MO,TU;BYHOUR={}", all(24))).is_some());
        assert!(read_bounded("FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU").is_some());
    }

    proptest! {
        #[test]
        fn any_rule_is_accepted_or_refused(rule in "(FREQ=(YEARLY|DAILY|HOURLY|SECONDLY);?)?((BY[A-Z]{3,8}|COUNT|INTERVAL|UNTIL)=[-0-9A-Z,]{0,9};?){0,3}") {
            let _ = checked(&rule, "20260901T090000", Some("Europe/Berlin"), None);
        }
    }
}
