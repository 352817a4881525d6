//! The circuit breaker of one user: when Nextcloud is down, requests fail at once instead of each waiting for its timeout.
//!
//! Failures are what says that nothing behind the address works: no connection, no answer, 502, 503, 504. A 500 is an
//! answer: Nextcloud's apps give it for input that they do not expect, and one tool's bad argument must not close the
//! way for the others. So is every 4xx.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::StatusCode;
use tokio::sync::watch;
use tokio::time::Instant;

/// When the breaker opens and for how long.
#[derive(Debug, Clone, Copy)]
pub struct BreakerOptions {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open the first time; doubled whenever the probe fails too.
    pub first_pause: Duration,
    /// The longest it stays open.
    pub longest_pause: Duration,
}

impl Default for BreakerOptions {
    fn default() -> Self {
        Self {
            failures: 5,
            first_pause: Duration::from_secs(5),
            longest_pause: Duration::from_mins(1),
        }
    }
}

/// What the breaker does with requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Lets them through.
    Closed,
    /// Refuses them.
    Open,
    /// Lets one through to see whether Nextcloud is back, and refuses the others.
    HalfOpen,
}

/// How one request went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nextcloud answered.
    Answered,
    /// Nextcloud is not there.
    Failed,
}

impl Outcome {
    /// What an answer's status says about Nextcloud as a whole.
    pub fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => Self::Failed,
            _ => Self::Answered,
        }
    }
}

/// Nextcloud failed repeatedly a moment ago; nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Nextcloud did not work for the last requests, so this one was not sent; try again in {} s", .retry_after.as_secs().max(1))]
pub struct Open {
    /// When the next request is let through.
    pub retry_after: Duration,
}

/// The breaker of one user.
#[derive(Debug)]
pub struct Breaker {
    options: BreakerOptions,
    circuit: Mutex<Circuit>,
    published: watch::Sender<BreakerState>,
}

#[derive(Debug)]
enum Circuit {
    Closed {
        failures: u32,
    },
    Open {
        until: Instant,
        pause: Duration,
    },
    /// A probe that is never reported (its caller left) is replaced at `until`.
    HalfOpen {
        until: Instant,
        pause: Duration,
    },
}

impl Breaker {
    /// A closed breaker.
    pub fn new(options: BreakerOptions) -> Self {
        Self {
            options,
            circuit: Mutex::new(Circuit::Closed { failures: 0 }),
            published: watch::Sender::new(BreakerState::Closed),
        }
    }

    /// Whether a request may be sent now. After `Ok` the caller reports with [`record`](Self::record).
    pub fn check(&self) -> Result<(), Open> {
        let mut circuit = self.lock();
        let (until, pause) = match *circuit {
            Circuit::Closed { .. } => return Ok(()),
            Circuit::Open { until, pause } | Circuit::HalfOpen { until, pause } => (until, pause),
        };
        let now = Instant::now();
        if now < until {
            let retry_after = until - now;
            return Err(Open { retry_after });
        }
        *circuit = Circuit::HalfOpen {
            until: now + pause,
            pause,
        };
        self.publish(BreakerState::HalfOpen);
        Ok(())
    }

    /// Reports how a request went.
    pub fn record(&self, outcome: Outcome) {
        let mut circuit = self.lock();
        match (&mut *circuit, outcome) {
            (Circuit::Closed { failures }, Outcome::Answered) => *failures = 0,
            (Circuit::Closed { failures }, Outcome::Failed) => {
                *failures += 1;
                if *failures >= self.options.failures {
                    self.open(&mut circuit, self.options.first_pause);
                }
            }
            (Circuit::HalfOpen { .. }, Outcome::Answered) => {
                *circuit = Circuit::Closed { failures: 0 };
                tracing::info!("Nextcloud works again");
                self.publish(BreakerState::Closed);
            }
            (Circuit::HalfOpen { pause, .. }, Outcome::Failed) => {
                let pause = pause.saturating_mul(2).min(self.options.longest_pause);
                self.open(&mut circuit, pause);
            }
            // From requests that were under way when it opened: the probe decides, not they.
            (Circuit::Open { .. }, _) => {}
        }
    }

    /// Follows the state.
    pub fn state(&self) -> watch::Receiver<BreakerState> {
        self.published.subscribe()
    }

    fn open(&self, circuit: &mut Circuit, pause: Duration) {
        let until = Instant::now() + pause;
        *circuit = Circuit::Open { until, pause };
        tracing::warn!(
            pause_ms = pause.as_millis(),
            "Nextcloud fails repeatedly: pausing requests"
        );
        self.publish(BreakerState::Open);
    }

    fn publish(&self, state: BreakerState) {
        self.published.send_replace(state);
    }

    /// Held for a few instructions, never over an await.
    fn lock(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Breaker {
    fn default() -> Self {
        Self::new(BreakerOptions::default())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::StatusCode;

    use super::{Breaker, BreakerOptions, BreakerState, Outcome};

    const SECOND: Duration = Duration::from_secs(1);

    /// Steps: `A` answered, `F` failed, `+` a request passes, `-` one is refused, a number is seconds that go by.
    /// Three failures open the breaker for 4 s, at most 10 s.
    #[tokio::test(start_paused = true)]
    async fn state_table() {
        let table = [
            ("new", "+", BreakerState::Closed),
            ("too few failures", "F F +", BreakerState::Closed),
            ("failures not in a row", "F F A F F +", BreakerState::Closed),
            ("enough failures", "F F F -", BreakerState::Open),
            ("late results while open", "F F F A F -", BreakerState::Open),
            ("one probe only", "F F F 3 - 1 + -", BreakerState::HalfOpen),
            ("probe answered", "F F F 4 + A + +", BreakerState::Closed),
            ("closed afresh", "F F F 4 + A F F +", BreakerState::Closed),
            ("probe failed", "F F F 4 + F 7 -", BreakerState::Open),
            ("pause doubled", "F F F 4 + F 8 +", BreakerState::HalfOpen),
            ("pause bounded", "F F F 4 + F 8 + F 10 +", BreakerState::HalfOpen),
            ("probe lost", "F F F 4 + 4 + -", BreakerState::HalfOpen),
        ];
        for (name, steps, expected) in table {
            let breaker = Breaker::new(BreakerOptions {
                failures: 3,
                first_pause: 4 * SECOND,
                longest_pause: 10 * SECOND,
            });
            let state = breaker.state();
            for (position, step) in steps.split(' ').enumerate() {
                match step {
                    "A" => breaker.record(Outcome::Answered),
                    "F" => breaker.record(Outcome::Failed),
                    "+" => assert!(breaker.check().is_ok(), "{name}: step {position}"),
                    "-" => assert!(breaker.check().is_err(), "{name}: step {position}"),
                    seconds => tokio::time::advance(Duration::from_secs(seconds.parse().unwrap())).await,
                }
            }
            assert_eq!(*state.borrow(), expected, "{name}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_refusal_says_when_to_try_again() {
        let breaker = Breaker::default();
        for _ in 0..5 {
            breaker.record(Outcome::Failed);
        }
        tokio::time::advance(2 * SECOND).await;
        assert_eq!(breaker.check().unwrap_err().retry_after, 3 * SECOND);
    }

    #[test]
    fn only_statuses_of_a_nextcloud_that_is_down_are_failures() {
        for status in [400, 401, 404, 412, 423, 429, 500, 501, 507, 200, 207] {
            assert_eq!(
                Outcome::of(StatusCode::from_u16(status).unwrap()),
                Outcome::Answered,
                "{status}"
            );
        }
        for status in [502, 503, 504] {
            assert_eq!(
                Outcome::of(StatusCode::from_u16(status).unwrap()),
                Outcome::Failed,
                "{status}"
            );
        }
    }
}
