//! When a share ends. Nextcloud keeps a date: the share works until that day begins in the account's time zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// The first midnight in `zone` that is at least `minutes` after `now`: the earliest end that Nextcloud can keep.
///
/// `None` when that lies beyond the calendar.
pub fn midnight_after(now: Timestamp, minutes: u32, zone: &TimeZone) -> Option<Zoned> {
    let wanted = now.checked_add(SignedDuration::from_mins(minutes.into())).ok()?;
    let day = wanted.to_zoned(zone.clone()).start_of_day().ok()?;
    if day.timestamp() >= wanted {
        return Some(day);
    }
    day.date().tomorrow().ok()?.to_zoned(zone.clone()).ok()
}

/// The zone of this name; UTC, which is Nextcloud's default, when there is none of it.
pub fn zone(name: Option<&str>) -> TimeZone {
    name.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
}

/// Reads `YYYY-MM-DD`, the only form that Nextcloud takes.
pub fn date(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok())?
}

/// The date of Nextcloud's `2030-01-01 00:00:00`.
pub fn date_part(expiration: &str) -> Option<String> {
    date(expiration.get(..10)?).map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::{date, date_part, midnight_after, zone};

    fn end(now: &str, minutes: u32, name: &str) -> String {
        midnight_after(now.parse().unwrap(), minutes, &zone(Some(name)))
            .unwrap()
            .strftime("%Y-%m-%dT%H:%M:%S%:z")
            .to_string()
    }

    #[test]
    fn the_end_is_the_midnight_after_the_time_asked_for() {
        assert_eq!(end("2026-11-21T10:00:00Z", 30, "UTC"), "2026-11-22T00:00:00+00:00");
        // Half an hour that crosses midnight lasts through the next day.
        assert_eq!(end("2026-11-21T23:45:00Z", 30, "UTC"), "2026-11-23T00:00:00+00:00");
        assert_eq!(end("2026-11-21T23:30:00Z", 30, "UTC"), "2026-11-22T00:00:00+00:00");
    }

    #[test]
    fn midnight_is_that_of_the_account() {
        assert_eq!(
            end("2026-11-21T13:00:00Z", 30, "Pacific/Auckland"),
            "2026-11-23T00:00:00+13:00"
        );
        // Clocks go forward at midnight here: the day begins at one.
        assert_eq!(
            end("2026-03-28T20:00:00Z", 30, "Asia/Beirut"),
            "2026-03-29T01:00:00+03:00"
        );
        assert_eq!(end("2026-11-21T10:00:00Z", 30, "No/Where"), "2026-11-22T00:00:00+00:00");
    }

    #[test]
    fn dates_are_read_strictly() {
        assert!(date("2030-02-28").is_some());
        for text in [
            "",
            "2030-02-30",
            "20300228",
            "2030-2-28",
            "28.02.2030",
            "2030-02-28T00:00",
            "garbage!!!",
        ] {
            assert!(date(text).is_none(), "{text}");
        }
        assert_eq!(date_part("2030-01-01 00:00:00").as_deref(), Some("2030-01-01"));
        assert_eq!(date_part("ääääää"), None);
    }
}
