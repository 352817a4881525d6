//! When a request is tried again, and after how long.
//!
//! Never when it might have been carried out and doing it twice would matter: a request that could not be sent, or that
//! Nextcloud refused for the moment (423, 429), may always be repeated; one that broke half-way, met an overloaded
//! server or an internal error only when its method is safe (RFC 9110 §9.2.1; the DAV methods that only read count too).
//!
//! Pauses are jittered, so that what failed together does not come back together; see also `turns.rs`.

use std::time::Duration;

use http::{Method, StatusCode};

use super::error::retry_after;
use super::{NextcloudError, NextcloudResponse};
use crate::randomness::Randomness;

/// Tries after the first.
const RETRIES: u32 = 3;
/// The first pause, before jitter; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Longest pause that is waited out; when Nextcloud asks for more, the caller is told instead.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// One try.
pub(super) enum Attempt {
    /// There is an answer, of whatever status.
    Answered(NextcloudResponse),
    /// Nothing reached Nextcloud.
    NotSent(NextcloudError),
    /// It may have been carried out or not.
    Failed(NextcloudError),
}

impl Attempt {
    /// Whether Nextcloud did not take the credential.
    pub(super) fn was_refused(&self) -> bool {
        matches!(self, Self::Answered(response) if response.status() == StatusCode::UNAUTHORIZED)
    }

    /// How long Nextcloud asks to wait.
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Answered(response) => retry_after(response.headers()),
            _ => None,
        }
    }

    pub(super) fn into_result(self) -> Result<NextcloudResponse, NextcloudError> {
        match self {
            Self::Answered(response) => Ok(response),
            Self::NotSent(error) | Self::Failed(error) => Err(error),
        }
    }
}

/// The tries of one request.
pub(super) struct Retry<'a> {
    safe: bool,
    left: u32,
    pause: Duration,
    randomness: &'a dyn Randomness,
}

impl<'a> Retry<'a> {
    pub(super) fn new(method: &Method, randomness: &'a dyn Randomness) -> Self {
        Self {
            safe: is_safe(method),
            left: RETRIES,
            pause: FIRST_PAUSE,
            randomness,
        }
    }

    /// How long to wait before trying again, or `None` when `attempt` is to be taken as it is.
    pub(super) fn wait_before_next(&mut self, attempt: &Attempt) -> Option<Duration> {
        let worth_repeating = match attempt {
            Attempt::NotSent(_) => true,
            Attempt::Failed(error) => self.safe && matches!(error, NextcloudError::Interrupted(_)),
            Attempt::Answered(response) => match response.status() {
                StatusCode::LOCKED | StatusCode::TOO_MANY_REQUESTS => true,
                StatusCode::INTERNAL_SERVER_ERROR
                | StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT => self.safe,
                _ => false,
            },
        };
        if !worth_repeating || self.left == 0 {
            return None;
        }
        let asked = attempt.retry_after();
        let pause = asked.unwrap_or_else(|| self.randomness.jittered(self.pause));
        if pause > LONGEST_PAUSE {
            return None;
        }
        self.left -= 1;
        self.pause *= 2;
        Some(pause)
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(
        method.as_str(),
        "GET" | "HEAD" | "OPTIONS" | "PROPFIND" | "REPORT" | "SEARCH"
    )
}
