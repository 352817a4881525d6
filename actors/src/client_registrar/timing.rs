//! How long things wait.

use std::time::Duration;

use super::error::RegistrarError;
use crate::randomness::Randomness;

/// How long things wait.
#[derive(Debug, Clone)]
pub struct Timing {
    /// The pause after the first failure that may pass; it doubles with each further one.
    pub first_retry: Duration,
    /// The longest such pause. `Retry-After` may ask for more, up to an hour.
    pub longest_retry: Duration,
    /// The pause after the first refusal (4xx); it doubles with each further one.
    pub first_after_refusal: Duration,
    /// The longest such pause. Most refusals last until a person does something, but not all: a provider that is being
    /// set up, or a proxy in front of it, refuses for a minute.
    pub longest_after_refusal: Duration,
    /// The least time between two replacements of refused clients.
    pub cool_down: Duration,
    /// How long a client that was renewed in time stays at the provider, for logins under way.
    pub grace: Duration,
    /// How often the deletion of an old client is tried.
    pub deletions: u32,
    /// The longest sleep before the clock is looked at again: a machine that was asleep is noticed.
    pub tick: Duration,
    /// The longest wait of a caller.
    pub call: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            first_retry: Duration::from_secs(1),
            longest_retry: Duration::from_mins(5),
            first_after_refusal: Duration::from_secs(5),
            longest_after_refusal: Duration::from_mins(10),
            cool_down: Duration::from_mins(1),
            grace: Duration::from_mins(10),
            deletions: 12,
            tick: Duration::from_mins(1),
            call: Duration::from_secs(45),
        }
    }
}

/// The most that a provider's `Retry-After` is heeded.
const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(1);

impl Timing {
    /// The pause after `failures` failures before it.
    pub(super) fn backoff(&self, failures: u32) -> Duration {
        doubled(self.first_retry, failures).min(self.longest_retry)
    }

    /// The pause after `error` and `failures` failures before it, with jitter: between a half and the whole of it, but
    /// never less than the provider asked for.
    pub(super) fn pause_after(&self, error: &RegistrarError, failures: u32, randomness: &dyn Randomness) -> Duration {
        let pause = if error.is_transient() {
            self.backoff(failures)
        } else {
            doubled(self.first_after_refusal, failures).min(self.longest_after_refusal)
        };
        let retry_after = error.retry_after();
        let asked = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER);
        randomness.jittered(pause).max(asked)
    }
}

fn doubled(pause: Duration, times: u32) -> Duration {
    pause.saturating_mul(2_u32.saturating_pow(times))
}
