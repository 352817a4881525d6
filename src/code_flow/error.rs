//! Why a login does not begin, and why nobody has logged in at its end.

use actors::oidc::{IdTokenError, TokenError};

/// Why a login does not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DepartError {
    /// The provider has not been found, or this server has no OAuth client there yet.
    #[error("the identity provider is not ready yet; try again in a moment")]
    NotReady,
    /// The provider's metadata names no usable address to log in at.
    #[error("the identity provider names no usable address to log in at")]
    BadEndpoint,
}

/// Why an answer of the provider is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ArriveError {
    /// The answer comes through another browser than the request went.
    #[error("this login was begun in another browser")]
    OtherBrowser,
    /// The answer comes from another provider (RFC 9207 §2.4).
    #[error("the answer does not come from the identity provider that was asked")]
    OtherProvider,
    /// The person, or the provider, said no.
    #[error("the identity provider gave no access")]
    Denied,
    /// The provider does not know what the access was asked for (RFC 8707 §2).
    #[error(
        "the identity provider does not know the resource that access was asked for: set NEXTCLOUD_OIDC_RESOURCE to what it \
         calls Nextcloud, or to `none`"
    )]
    UnknownResource,
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
}
