//! What people are told when the provider's answer is not taken, whatever the login was for.

use actors::oidc::TokenError;
use axum::http::StatusCode;

use crate::code_flow::ArriveError;

/// The beginning of a page; what it means for the person stands below.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct FlowFailure {
    pub(in crate::http) status: StatusCode,
    pub(in crate::http) title: &'static str,
    pub(in crate::http) reason: &'static str,
}

impl FlowFailure {
    pub(super) const fn new(status: StatusCode, title: &'static str, reason: &'static str) -> Self {
        Self { status, title, reason }
    }

    /// Neither the person nor the provider can help it.
    pub(super) const UNAVAILABLE: Self = Self::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "Not possible at the moment",
        "The login could not be finished now.",
    );

    /// There is no such login.
    pub(super) const UNKNOWN: Self = Self::new(
        StatusCode::BAD_REQUEST,
        "This login is not known",
        "It was finished already, was begun more than ten minutes ago, or was not begun here.",
    );
}

impl From<&ArriveError> for FlowFailure {
    fn from(error: &ArriveError) -> Self {
        match error {
            ArriveError::OtherBrowser => Self::new(
                StatusCode::BAD_REQUEST,
                "Another browser",
                "This login was begun in another browser, or this one does not keep cookies.",
            ),
            ArriveError::OtherProvider | ArriveError::Incomplete => Self::new(
                StatusCode::BAD_REQUEST,
                "The answer does not fit",
                "The answer is not one of the identity provider to the request of this server.",
            ),
            ArriveError::Denied => Self::new(
                StatusCode::FORBIDDEN,
                "No access was given",
                "The access was refused, by you or by the identity provider.",
            ),
            ArriveError::UnknownResource => Self::new(
                StatusCode::BAD_GATEWAY,
                "The identity provider does not know this Nextcloud",
                "The administrator of this server has to set NEXTCLOUD_OIDC_RESOURCE to what the identity provider calls \
                 Nextcloud, or to none.",
            ),
            ArriveError::IdToken(_)
            | ArriveError::Tokens(TokenError::InvalidGrant { .. } | TokenError::Refused { .. }) => Self::new(
                StatusCode::BAD_GATEWAY,
                "The identity provider did not confirm the login",
                "Its answer was not as it has to be; the log of this server says more.",
            ),
            ArriveError::Changed
            | ArriveError::Tokens(TokenError::InvalidClient { .. } | TokenError::Unavailable(_)) => Self::UNAVAILABLE,
        }
    }
}
