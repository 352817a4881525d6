//! Why a session has no client to give.

use std::time::Duration;

use super::own_grant::{GrantProblem, Unprovisioned};
use super::token_exchange::ExchangeProblem;
use crate::admission::Busy;
use crate::slot::Unavailable;

/// A session has no client for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// The back door passes the caller's access token on, and the request has none.
    #[error("Nextcloud is asked with the access token of the request, and this request has none; sign in again")]
    BearerMissing,
    /// This server holds no grant of the user: they have to agree first.
    #[error("{0}")]
    NotProvisioned(Unprovisioned),
    /// The grant cannot be renewed or read at the moment.
    #[error("{0}")]
    Grant(#[from] GrantProblem),
    /// The caller's token was not exchanged for one of Nextcloud's.
    #[error("{0}")]
    Exchange(#[from] ExchangeProblem),
    /// Too many of the user's requests wait for a client.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The session's actor ended, or did not answer in time. The next request gets a new session.
    #[error("the session with Nextcloud is being set up again; try again in a moment")]
    Unavailable(#[from] Unavailable),
}

impl SessionError {
    /// When to try again, where trying again can help.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::BearerMissing
            | Self::NotProvisioned(_)
            | Self::Grant(GrantProblem::ClientRefused | GrantProblem::Refused)
            | Self::Exchange(ExchangeProblem::ClientRefused | ExchangeProblem::Refused | ExchangeProblem::NotOffered) => {
                None
            }
            Self::Grant(_) | Self::Exchange(_) => Some(Duration::from_secs(5)),
            Self::Busy(busy) => Some(busy.retry_after),
            Self::Unavailable(_) => Some(Duration::from_secs(1)),
        }
    }
}
