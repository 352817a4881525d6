//! Why a login does not begin, and why it does not end with a grant.

use actors::authorization_sessions::AuthorizationSessionError;
use actors::user_session::SessionError;

use crate::code_flow::{ArriveError, DepartError};

/// Why a login does not begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The link is not known, was opened before, or is older than ten minutes.
    #[error("this link has been used already, or is older than ten minutes")]
    UnknownLink,
    /// There is nowhere to go.
    #[error(transparent)]
    Depart(#[from] DepartError),
    /// The login cannot be stored.
    #[error(transparent)]
    Sessions(#[from] AuthorizationSessionError),
}

/// Why a login does not end with a grant. Nothing is stored then.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// The state is not known, was used before, or is older than ten minutes.
    #[error("this login is not known here, was finished already, or was begun more than ten minutes ago")]
    UnknownState,
    /// The answer is not taken.
    #[error(transparent)]
    Arrive(#[from] ArriveError),
    /// Somebody else logged in.
    #[error("another account logged in than the one that asked for access")]
    OtherAccount,
    /// The provider gave access for the moment only.
    #[error("the identity provider gave no refresh token: its scope offline_access has to be allowed for this server")]
    NoRefreshToken,
    /// The logins under way cannot be read.
    #[error(transparent)]
    Sessions(#[from] AuthorizationSessionError),
    /// The grant was not stored.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The work broke off.
    #[error("the login broke off")]
    BrokeOff,
}
