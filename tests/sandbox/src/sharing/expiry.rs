//! Expiry dates. A share ends when its day begins; the recorded accounts live in UTC.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::items;
use crate::AppState;
use crate::clock::Clock;

/// Reads `expireDate`; an empty one is none. The error is Nextcloud's message.
pub(super) fn read(clock: &Clock, text: &str) -> Result<Option<String>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let date: Date = text.parse().map_err(|_| "Invalid date. Format must be YYYY-MM-DD")?;
    if date <= today(clock) {
        return Err("Expiration date is in the past");
    }
    Ok(Some(date.to_string()))
}

/// Takes away the shares whose day has come and those whose file is gone, and follows the files that were moved.
pub(super) fn sweep(state: &AppState) {
    let today = today(state.clock());
    let has_ended = |date: &String| date.parse::<Date>().is_ok_and(|date| date <= today);
    state.shares().retain(|share| {
        let item = items::find_by_id(state, &share.owner, share.item.id);
        let keep = item.is_some() && !share.expires.as_ref().is_some_and(has_ended);
        share.item = item.unwrap_or_else(|| share.item.clone());
        keep
    });
}

fn today(clock: &Clock) -> Date {
    Timestamp::try_from(clock.now())
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(TimeZone::UTC)
        .date()
}
