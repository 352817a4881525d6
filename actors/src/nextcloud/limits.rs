//! How many requests of one user are at Nextcloud at the same time. What one user asks for, however slow, takes no
//! place from another user.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::admission::Gate;

/// Bounds on one user's requests to Nextcloud.
#[derive(Debug, Clone, Copy)]
pub struct LimitsOptions {
    /// Requests at the same time, until their answers are read.
    pub parallel: usize,
    /// Requests that may wait for a place.
    pub waiting: usize,
    /// The longest wait for a place.
    pub longest_wait: Duration,
}

impl Default for LimitsOptions {
    fn default() -> Self {
        Self {
            parallel: 16,
            waiting: 256,
            longest_wait: Duration::from_secs(10),
        }
    }
}

/// One user's places at Nextcloud.
#[derive(Debug)]
pub struct Limits {
    options: LimitsOptions,
    places: Arc<Semaphore>,
    waiting: Gate,
}

/// A place at Nextcloud, given back when it is dropped.
#[derive(Debug)]
pub struct CallPermit {
    _place: OwnedSemaphorePermit,
}

/// Too many requests of this user are at Nextcloud already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{parallel} requests of this account are waiting for Nextcloud already; try again in {} s", .retry_after.as_secs())]
pub struct Overloaded {
    /// How many requests may be under way at the same time.
    pub parallel: usize,
    /// When to try again.
    pub retry_after: Duration,
}

impl Limits {
    /// The places of one user.
    pub fn new(options: LimitsOptions) -> Self {
        Self {
            options,
            places: Arc::new(Semaphore::new(options.parallel)),
            waiting: Gate::new(options.waiting),
        }
    }

    /// Takes a place, in the order of asking; waits for one as long as the options allow.
    pub async fn acquire(&self) -> Result<CallPermit, Overloaded> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(CallPermit { _place: place });
        }
        let _waiting = self.waiting.enter().map_err(|_| self.overloaded())?;
        let place = Arc::clone(&self.places).acquire_owned();
        match tokio::time::timeout(self.options.longest_wait, place).await {
            Ok(Ok(place)) => Ok(CallPermit { _place: place }),
            Ok(Err(_)) | Err(_) => Err(self.overloaded()),
        }
    }

    /// Whether no request is under way.
    pub fn is_idle(&self) -> bool {
        self.places.available_permits() == self.options.parallel
    }

    fn overloaded(&self) -> Overloaded {
        Overloaded {
            parallel: self.options.parallel,
            retry_after: Duration::from_secs(1),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(LimitsOptions::default())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;
    use tokio::time::Instant;

    use super::{Limits, LimitsOptions};

    fn limits() -> Limits {
        Limits::new(LimitsOptions {
            parallel: 2,
            waiting: 1,
            longest_wait: Duration::from_secs(10),
        })
    }

    #[tokio::test(start_paused = true)]
    async fn who_gets_no_place_is_told_after_the_longest_wait() {
        let limits = limits();
        let _held = (limits.acquire().await.unwrap(), limits.acquire().await.unwrap());
        let since = Instant::now();
        let refused = limits.acquire().await.unwrap_err();
        assert_eq!(since.elapsed(), Duration::from_secs(10));
        assert_eq!(
            refused.to_string(),
            "2 requests of this account are waiting for Nextcloud already; try again in 1 s"
        );
    }

    #[tokio::test]
    async fn a_place_goes_to_who_waits_and_the_wait_is_bounded() {
        let limits = limits();
        assert!(limits.is_idle());
        let first = limits.acquire().await.unwrap();
        let _second = limits.acquire().await.unwrap();
        let mut waits = Box::pin(limits.acquire());
        assert!(waits.as_mut().now_or_never().is_none());
        assert!(
            limits.acquire().now_or_never().is_some_and(|outcome| outcome.is_err()),
            "one more than may wait"
        );
        drop(first);
        assert!(waits.await.is_ok());
        assert!(!limits.is_idle());
    }
}
