//! Why a login does not begin, and why it does not end with a grant.

use actors::authorization_sessions::AuthorizationSessionError;
use actors::oidc::{IdTokenError, TokenError};
use actors::user_session::SessionError;

/// Why a login does not begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The link is not known, was opened before, or is older than ten minutes.
    #[error("this link has been used already, or is older than ten minutes")]
    UnknownLink,
    /// The provider has not been found, or this server has no OAuth client there yet.
    #[error("the identity provider is not ready yet; try again in a moment")]
    NotReady,
    /// The provider's metadata names no usable address to log in at.
    #[error("the identity provider names no usable address to log in at")]
    BadEndpoint,
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
    /// The answer comes through another browser than the request went.
    #[error("this login was begun in another browser")]
    OtherBrowser,
    /// The answer comes from another provider (RFC 9207 §2.4).
    #[error("the answer does not come from the identity provider that was asked")]
    OtherProvider,
    /// The person, or the provider, said no.
    #[error("the identity provider gave no access")]
    Denied,
    /// Neither a code nor an error.
    #[error("the answer of the identity provider is incomplete")]
    Incomplete,
    /// The provider is not known any more, or has deleted our client meanwhile.
    #[error("this server's registration at the identity provider has changed meanwhile")]
    Changed,
    /// The code was not redeemed.
    #[error(transparent)]
    Tokens(#[from] TokenError),
    /// Who logged in is not proved.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
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
