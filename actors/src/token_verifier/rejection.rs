//! Why a token was not accepted.

use std::sync::Arc;
use std::time::Duration;

/// Why a token was not accepted. The text of each is fit for `error_description` (RFC 6750 §3): it tells a client's
/// developer what to mend, holds nothing of the token, and nothing that helps to forge one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// `exp` has passed.
    #[error("The access token has expired")]
    Expired,
    /// `nbf` is still to come.
    #[error("The access token is not valid yet")]
    NotYetValid,
    /// Another issuer's token.
    #[error("The access token was issued by an identity provider that this server does not trust")]
    BadIssuer,
    /// A token for another resource.
    #[error("The access token was not issued for this server: request it with resource={resource}")]
    BadAudience {
        /// This server's resource identifier (RFC 8707).
        resource: Arc<str>,
    },
    /// The signature is not the issuer's.
    #[error("The signature of the access token is not valid")]
    BadSignature,
    /// No key of the issuer has the identifier in the header.
    #[error("The access token is signed with a key that the identity provider does not publish")]
    UnknownKey,
    /// Not RS256, ES256 or `EdDSA`, or not what the key is for.
    #[error("The access token is signed with an algorithm that is not accepted here: use RS256, ES256 or EdDSA")]
    UnsupportedAlgorithm,
    /// An ID token or another kind of token.
    #[error("The token is not an access token: send access_token, not id_token or refresh_token")]
    NotAccessToken,
    /// Not a bearer token (RFC 6750 §2.1), too long, or a JWT without what it needs.
    #[error("The access token is malformed")]
    Malformed,
    /// The provider says that it is not active for us.
    #[error(
        "The identity provider says that the access token is not active for this server. It has expired or was revoked, \
         or it was issued for another client: request it with resource={resource}, and let resource_url of the OAuth \
         client of this server be {resource}, or use that client for the login"
    )]
    Inactive {
        /// This server's resource identifier (RFC 8707).
        resource: Arc<str>,
    },
    /// Nobody can be asked about this kind of token.
    #[error(
        "This server cannot check opaque access tokens: the identity provider offers no introspection. Use JWT access tokens"
    )]
    NotConfigured,
    /// The provider has not been found yet, or we have no OAuth client there yet.
    #[error("The identity provider is not ready yet; try again later")]
    NotReady,
    /// The provider does not accept our OAuth client, and there is no other yet.
    #[error(
        "The identity provider refuses the OAuth client of this server, and there is no other yet; try again later. If it \
         goes on, the administrator of this server finds the reason in its log"
    )]
    ClientRefused {
        /// When there may be another; `None` if a person has to see to it.
        retry_after: Option<Duration>,
    },
    /// The provider did not answer.
    #[error("The identity provider cannot be reached; try again later")]
    NetworkError,
    /// Too many tokens wait to be checked.
    #[error("Too many access tokens are waiting to be checked; try again later")]
    Busy,
}

impl Rejection {
    /// A short name for logs and metric labels.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::BadIssuer => "bad_issuer",
            Self::BadAudience { .. } => "bad_audience",
            Self::BadSignature => "bad_signature",
            Self::UnknownKey => "unknown_kid",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
            Self::NotAccessToken => "not_access_token",
            Self::Malformed => "malformed",
            Self::Inactive { .. } => "inactive",
            Self::NotConfigured => "not_configured",
            Self::NotReady => "not_ready",
            Self::ClientRefused { .. } => "client_refused",
            Self::NetworkError => "network_error",
            Self::Busy => "busy",
        }
    }

    /// What to tell the client, in the characters that `error_description` allows (RFC 6750 §3).
    pub fn description(&self) -> String {
        let allowed = |character: char| matches!(character, ' '..='!' | '#'..='[' | ']'..='~');
        self.to_string()
            .chars()
            .filter(|&character| allowed(character))
            .collect()
    }

    /// Whether the token may be good and it is this server that cannot tell now: 503 rather than 401.
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::NotReady | Self::ClientRefused { .. } | Self::NetworkError | Self::Busy
        )
    }

    /// When to show the token again, if it is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::ClientRefused { retry_after } => *retry_after,
            _ => None,
        }
    }

    /// Whether the same token is refused for some seconds without another look.
    pub(super) fn is_lasting(&self) -> bool {
        !self.is_unavailable() && !matches!(self, Self::NotYetValid | Self::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::Rejection;

    #[test]
    fn descriptions_cannot_break_out_of_a_header() {
        let rejection = Rejection::BadAudience {
            resource: "https://a.example/mcp\"\r\nSet-Cookie: x=\\é".into(),
        };
        let description = rejection.description();
        assert!(description.ends_with("resource=https://a.example/mcpSet-Cookie: x="));
        assert!(!description.contains(['"', '\\', '\r', '\n']));
    }
}
