//! Points in time as Deck takes and gives them: ISO 8601, here always in UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// As Deck writes it: `2026-09-01T10:00:00+00:00`.
const FORMAT: &str = "%Y-%m-%dT%H:%M:%S+00:00";

/// `text` in UTC, if it is a point in time between 1970 and 9999: with an offset, without one (then it is UTC), or a
/// date alone (then it is its midnight).
pub fn utc(text: &str) -> Option<String> {
    let text = text.trim();
    let timestamp: Timestamp = match text.parse() {
        Ok(timestamp) => timestamp,
        // Read as local time, a zone in brackets would be dropped.
        Err(_) if text.contains('[') => return None,
        Err(_) => text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp(),
    };
    (timestamp >= Timestamp::UNIX_EPOCH).then(|| timestamp.strftime(FORMAT).to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::utc;

    #[test]
    fn every_form_becomes_utc() {
        for (text, expected) in [
            ("2026-09-01T12:00:00+02:00", "2026-09-01T10:00:00+00:00"),
            ("2026-09-01T10:00:00Z", "2026-09-01T10:00:00+00:00"),
            ("2026-09-01T10:00:00.250Z", "2026-09-01T10:00:00+00:00"),
            ("2026-09-01 10:00", "2026-09-01T10:00:00+00:00"),
            ("2026-09-01", "2026-09-01T00:00:00+00:00"),
        ] {
            assert_eq!(utc(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "tomorrow",
            "2026-13-01",
            "1969-12-31T23:59:59Z",
            "-0001-01-01",
            "10:00",
            "1\u{0}",
            "2026-09-01T12:00[Europe/Berlin]",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_once_reads_the_same_again(text in "\\PC{0,40}") {
            if let Some(first) = utc(&text) {
                prop_assert_eq!(utc(&first), Some(first));
            }
        }

        #[test]
        fn every_second_survives(second in 0_i64..253_402_207_200) {
            let text = jiff::Timestamp::from_second(second).unwrap().to_string();
            prop_assert_eq!(utc(&text).unwrap().len(), 25);
        }
    }
}
