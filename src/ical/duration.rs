//! Durations (RFC 5545 §3.3.6): `-PT15M`, `P1D`, `P2W`.

use std::fmt;

/// A duration. Days are those of the calendar, seconds those of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duration {
    /// Days; negative before.
    pub days: i64,
    /// Seconds; negative before.
    pub seconds: i64,
}

/// Longest part that is read: more is no duration of an event.
const MAX_PART: i64 = 1_000_000_000;

impl Duration {
    /// So many minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self {
            days: 0,
            seconds: minutes * 60,
        }
    }

    /// Reads a value.
    pub fn read(value: &str) -> Option<Self> {
        let value = value.trim();
        let (negative, value) = match value.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, value.strip_prefix('+').unwrap_or(value)),
        };
        let value = value.strip_prefix(['P', 'p'])?;
        let (mut days, mut seconds, mut number) = (0_i64, 0_i64, None::<i64>);
        let (mut in_time, mut parts) = (false, 0);
        for character in value.chars() {
            if let Some(digit) = character.to_digit(10) {
                let grown = number.unwrap_or_default() * 10 + i64::from(digit);
                number = Some(grown).filter(|grown| *grown <= MAX_PART);
                number?;
                continue;
            }
            let unit = character.to_ascii_uppercase();
            if unit == 'T' {
                in_time = number.is_none() && !in_time;
                in_time.then_some(())?;
                continue;
            }
            let count = number.take()?;
            parts += 1;
            match (unit, in_time) {
                ('W', false) => days += count * 7,
                ('D', false) => days += count,
                ('H', true) => seconds += count * 3600,
                ('M', true) => seconds += count * 60,
                ('S', true) => seconds += count,
                _ => return None,
            }
        }
        if number.is_some() || parts == 0 {
            return None;
        }
        let sign = if negative { -1 } else { 1 };
        Some(Self {
            days: days * sign,
            seconds: seconds * sign,
        })
    }

    /// The whole in seconds, a day taken for 24 hours.
    pub const fn total_seconds(self) -> i64 {
        self.days * 86_400 + self.seconds
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total_seconds();
        if total < 0 {
            formatter.write_str("-")?;
        }
        let (days, seconds) = (self.days.abs(), self.seconds.abs());
        formatter.write_str("P")?;
        if days > 0 {
            write!(formatter, "{days}D")?;
        }
        if seconds > 0 || days == 0 {
            formatter.write_str("T")?;
            for (count, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M')] {
                if count > 0 {
                    write!(formatter, "{count}{unit}")?;
                }
            }
            if seconds % 60 > 0 || seconds == 0 {
                write!(formatter, "{}S", seconds % 60)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Duration;

    #[test]
    fn durations_are_read_and_written() {
        for text in ["-PT15M", "P1D", "PT1H30M", "-P1DT2H", "PT0S", "PT45S"] {
            assert_eq!(Duration::read(text).unwrap().to_string(), text);
        }
        assert_eq!(Duration::read("P2W").unwrap().days, 14);
        for wrong in ["", "P", "PT", "15M", "P1H", "PT1D", "P1", "PTT1M", "P99999999999D", "-"] {
            assert_eq!(Duration::read(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_value_is_read_or_refused(value in "[-+]?P?[0-9WDTHMS]{0,12}|\\PC{0,12}") {
            if let Some(duration) = Duration::read(&value) {
                prop_assert_eq!(Duration::read(&duration.to_string()).unwrap().total_seconds(), duration.total_seconds());
            }
        }
    }
}
