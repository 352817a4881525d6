//! Now, where the user is, and the ranges of time that tools are asked about.

use std::time::Duration;

use actors::clock::{Clock as _, SystemClock};
use actors::nextcloud::NextcloudClient;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::ical::{Budget, Moment};
use crate::mcp::{ToolError, ToolResult};

/// Most instances that one call looks at.
const MAX_INSTANCES: usize = 5_000;
/// Longest that one call expands series.
const MAX_TIME: Duration = Duration::from_secs(3);
/// Longest range that may be asked for.
const MAX_DAYS: i64 = 3_700;

/// When and where a call is made.
#[derive(Debug, Clone)]
pub struct Here {
    /// The present moment.
    pub now: Timestamp,
    /// Where dates and times without a zone are.
    pub zone: TimeZone,
}

impl Here {
    /// Now, in the zone that Nextcloud has for the user: what it cannot say is UTC.
    pub async fn of(nextcloud: &NextcloudClient) -> Self {
        let zone = match nextcloud.capabilities().await {
            Ok(capabilities) => {
                let name = capabilities
                    .app("core")
                    .and_then(|core| core.get("user")?.get("timezone")?.as_str().map(ToOwned::to_owned));
                name.and_then(|name| TimeZone::get(&name).ok())
            }
            Err(error) => {
                tracing::debug!(%error, "the user's time zone is not known");
                None
            }
        };
        Self {
            now: now(),
            zone: zone.unwrap_or(TimeZone::UTC),
        }
    }

    /// The same in the zone that an argument names.
    pub fn in_zone(mut self, timezone: &str) -> ToolResult<Self> {
        if let Some(zone) = zone(timezone)? {
            self.zone = zone;
        }
        Ok(self)
    }

    /// The range of two arguments. A date at the end includes its day; what is empty is `default`.
    pub fn range(&self, start: (&str, &str), end: (&str, &str), days: i64) -> ToolResult<(Timestamp, Timestamp)> {
        let from = match start.1.trim() {
            "" => self.now,
            text => self.instant(start.0, text, 0)?,
        };
        let to = match end.1.trim() {
            "" => self.day_after(from, days)?,
            text => self.instant(end.0, text, 1)?,
        };
        if to <= from {
            return Err(ToolError::invalid(format!(
                "argument `{}`: the end is not after the start",
                end.0
            )));
        }
        if to > self.day_after(from, MAX_DAYS)? {
            return Err(ToolError::invalid(format!(
                "argument `{}`: ask for at most ten years at a time",
                end.0
            )));
        }
        Ok((from, to))
    }

    fn instant(&self, argument: &str, text: &str, more_days: i64) -> ToolResult<Timestamp> {
        let moment = Moment::from_user(text, Some(&self.zone)).map_err(|problem| invalid(argument, &problem))?;
        let civil = match &moment {
            Moment::Date(date) => date.at(0, 0, 0, 0).saturating_add(more_days.days()),
            other => other.civil(),
        };
        let zone = if matches!(moment, Moment::Utc(_)) {
            &TimeZone::UTC
        } else {
            &self.zone
        };
        zone.to_timestamp(civil)
            .map_err(|_| invalid(argument, "the date is out of range"))
    }

    /// So many days on the calendar later.
    pub fn day_after(&self, from: Timestamp, days: i64) -> ToolResult<Timestamp> {
        let later = from.to_zoned(self.zone.clone()).checked_add(days.days());
        later
            .map(|later| later.timestamp())
            .map_err(|_| ToolError::invalid("the range of time is out of bounds"))
    }
}

/// The present moment, in whole seconds.
pub fn now() -> Timestamp {
    let seconds = i64::try_from(SystemClock.unix_seconds()).unwrap_or_default();
    Timestamp::from_second(seconds).unwrap_or_default()
}

/// The bound on one call's expanding.
pub fn budget() -> Budget {
    Budget::new(MAX_INSTANCES, MAX_TIME)
}

/// The zone that an argument names; `None` when it is empty.
pub fn zone(timezone: &str) -> ToolResult<Option<TimeZone>> {
    match timezone.trim() {
        "" => Ok(None),
        name => TimeZone::get(name).map(Some).map_err(|_| {
            let name: String = name.chars().take(64).collect();
            invalid(
                "timezone",
                &format!(
                    "there is no IANA time zone \"{}\"; use a name like Europe/Berlin",
                    name.escape_debug()
                ),
            )
        }),
    }
}

/// An instant as `time-range` filters want it.
pub fn basic(instant: Timestamp) -> String {
    Moment::Utc(TimeZone::UTC.to_datetime(instant)).value()
}

pub fn invalid(argument: &str, problem: &str) -> ToolError {
    ToolError::invalid(format!("argument `{argument}`: {problem}"))
}

/// Runs work that computes for long off the reactor.
pub async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> ToolResult<T> {
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
        .await
        .map_err(|_| {
            ToolError::new(
                "internal",
                "the calendar data could not be evaluated; this is a fault of the server",
            )
        })
}
