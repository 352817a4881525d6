//! When a request is tried again, and after how long.
//!
//! Never when it might have been carried out and doing it twice would matter: a request that could not be sent, or that
//! Nextcloud refused for the moment (423, 429), may always be repeated; one that broke half-way or met an overloaded
//! server only when its method is safe (RFC 9110 §9.2.1; the DAV methods that only read count too).

use std::time::Duration;

use http::{Method, StatusCode};

use super::{NextcloudError, NextcloudResponse};

/// Tries after the first.
const RETRIES: u32 = 3;
/// The first pause; it doubles.
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

    pub(super) fn into_result(self) -> Result<NextcloudResponse, NextcloudError> {
        match self {
            Self::Answered(response) => Ok(response),
            Self::NotSent(error) | Self::Failed(error) => Err(error),
        }
    }
}

/// The tries of one request.
pub(super) struct Retry {
    safe: bool,
    left: u32,
    pause: Duration,
}

impl Retry {
    pub(super) fn new(method: &Method) -> Self {
        Self {
            safe: is_safe(method),
            left: RETRIES,
            pause: FIRST_PAUSE,
        }
    }

    /// How long to wait before trying again, or `None` when `attempt` is to be taken as it is.
    pub(super) fn wait_before_next(&mut self, attempt: &Attempt) -> Option<Duration> {
        let asked = match attempt {
            Attempt::NotSent(_) => None,
            Attempt::Failed(NextcloudError::Interrupted(_)) if self.safe => None,
            Attempt::Answered(response) => {
                let status = response.status();
                let refused = matches!(status, StatusCode::LOCKED | StatusCode::TOO_MANY_REQUESTS);
                let overloaded = matches!(
                    status,
                    StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
                );
                let worth_repeating = refused || (overloaded && self.safe);
                if !worth_repeating {
                    return None;
                }
                response
                    .header("retry-after")
                    .and_then(|value| value.trim().parse().ok())
                    .map(Duration::from_secs)
            }
            Attempt::Failed(_) => return None,
        };
        let pause = asked.unwrap_or(self.pause);
        if self.left == 0 || pause > LONGEST_PAUSE {
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
