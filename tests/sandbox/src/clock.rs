//! The sandbox's time, which tests can move.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where the time comes from before the offset is added.
pub type TimeSource = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// The time of one sandbox: a source plus what tests have advanced it by.
#[derive(Clone)]
pub struct Clock {
    source: TimeSource,
    advanced: Arc<AtomicU64>,
}

impl Clock {
    /// A clock that follows `source`.
    pub fn new(source: TimeSource) -> Self {
        Self {
            source,
            advanced: Arc::new(AtomicU64::new(0)),
        }
    }

    /// The system's time.
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the sandbox's injected clock")]
        Self::new(Arc::new(SystemTime::now))
    }

    /// The sandbox's current time.
    pub fn now(&self) -> SystemTime {
        (self.source)() + Duration::from_millis(self.advanced.load(Ordering::SeqCst))
    }

    /// The same in whole seconds since 1970, which is how Nextcloud stores times.
    pub fn unix(&self) -> u64 {
        self.now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    /// Moves the time forward, for every request that comes after.
    pub fn advance(&self, by: Duration) {
        let milliseconds = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.advanced.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Clock").field(&self.now()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advancing_adds_to_the_source() {
        let clock = Clock::new(Arc::new(|| UNIX_EPOCH + Duration::from_secs(1_000)));
        clock.advance(Duration::from_secs(30));
        clock.clone().advance(Duration::from_millis(1_500));
        assert_eq!(clock.unix(), 1_031);
    }
}
