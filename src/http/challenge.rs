//! The `WWW-Authenticate` challenges (RFC 6750 §3, RFC 9728 §5.1) and the JSON beside them.

use std::time::Duration;

use axum::Json;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::ResourceMetadata;

/// When to try again where nothing says when.
const SOON: Duration = Duration::from_secs(5);

/// Why a request does not reach MCP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nothing was shown. No error code: the client did nothing wrong (RFC 6750 §3.1).
    NoToken,
    /// What was shown is not accepted.
    InvalidToken(String),
    /// The request itself is malformed.
    InvalidRequest(&'static str),
    /// The token lacks scopes. `scope` is what to ask for: what it has and what is missing.
    InsufficientScope {
        /// The missing scopes, for people.
        missing: String,
        /// All scopes to ask for.
        scope: String,
    },
    /// Tokens cannot be checked at the moment.
    Unavailable {
        /// Why.
        reason: String,
        /// When they may be, if it is known.
        retry_after: Option<Duration>,
    },
    /// The `Host` or `Origin` is not one of ours.
    Forbidden(&'static str),
    /// The body is larger than allowed.
    TooLarge,
    /// The body did not arrive in time.
    TooSlow,
}

impl Refusal {
    /// The answer. The challenge names the metadata document and the scopes of the whole catalogue, so that a client
    /// logs in once for everything.
    pub(super) fn into_response(self, metadata: &ResourceMetadata) -> Response {
        let (status, error, description, scope) = match self {
            Self::NoToken => (StatusCode::UNAUTHORIZED, None, "Log in first".to_owned(), None),
            Self::InvalidToken(description) => (StatusCode::UNAUTHORIZED, Some("invalid_token"), description, None),
            Self::InvalidRequest(description) => (
                StatusCode::BAD_REQUEST,
                Some("invalid_request"),
                description.to_owned(),
                None,
            ),
            Self::InsufficientScope { missing, scope } => {
                let description = format!("The access token lacks the scope {missing}");
                (
                    StatusCode::FORBIDDEN,
                    Some("insufficient_scope"),
                    description,
                    Some(scope),
                )
            }
            Self::Unavailable { reason, retry_after } => return unavailable_for(&reason, retry_after.unwrap_or(SOON)),
            Self::Forbidden(reason) => return plain(StatusCode::FORBIDDEN, reason),
            Self::TooLarge => return plain(StatusCode::PAYLOAD_TOO_LARGE, "The request body is too large."),
            Self::TooSlow => return plain(StatusCode::REQUEST_TIMEOUT, "The request body did not arrive in time."),
        };
        let scope = scope.unwrap_or_else(|| metadata.scope());
        let description = quotable(&description);
        let error_parameters = error.map_or_else(String::new, |error| {
            format!("error=\"{error}\", error_description=\"{description}\", ")
        });
        let challenge = format!(
            "Bearer {error_parameters}resource_metadata=\"{}\", scope=\"{}\"",
            metadata.url(),
            quotable(&scope)
        );
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        let error = error.unwrap_or("unauthorized");
        (
            status,
            headers,
            Json(json!({"error": error, "error_description": description})),
        )
            .into_response()
    }
}

/// 503, to be tried again soon.
pub(super) fn unavailable(reason: &str) -> Response {
    unavailable_for(reason, SOON)
}

/// 503 with the time after which trying again makes sense.
fn unavailable_for(reason: &str, retry_after: Duration) -> Response {
    let body = Json(json!({"error": "temporarily_unavailable", "error_description": quotable(reason)}));
    let seconds = retry_after.as_secs().max(1);
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(RETRY_AFTER, HeaderValue::from(seconds))],
        body,
    )
        .into_response()
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, format!("{text}\n")).into_response()
}

/// The characters that RFC 6750 §3 allows in a quoted value: no quote, backslash, line end or anything outside ASCII.
fn quotable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '"' | '\\' => '\'',
            ' '..='~' => character,
            _ => '?',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use axum::http::header::WWW_AUTHENTICATE;
    use proptest::prelude::*;

    use super::Refusal;
    use crate::http::ResourceMetadata;

    fn metadata() -> ResourceMetadata {
        ResourceMetadata::new("https://mcp.example.org", ["notes:read"], ':', None)
    }

    fn challenge(refusal: Refusal) -> (StatusCode, String) {
        let response = refusal.into_response(&metadata());
        let challenge = response.headers()[WWW_AUTHENTICATE].to_str().unwrap().to_owned();
        (response.status(), challenge)
    }

    #[test]
    fn without_a_token_there_is_no_error_code() {
        let (status, challenge) = challenge(Refusal::NoToken);
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            challenge,
            "Bearer resource_metadata=\"https://mcp.example.org/.well-known/oauth-protected-resource/mcp\", \
             scope=\"openid profile email notes:read\""
        );
    }

    #[test]
    fn a_step_up_names_all_scopes_to_ask_for() {
        let (status, challenge) = challenge(Refusal::InsufficientScope {
            missing: "notes:write".to_owned(),
            scope: "openid notes:read notes:write".to_owned(),
        });
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(
            challenge.starts_with("Bearer error=\"insufficient_scope\""),
            "{challenge}"
        );
        assert!(
            challenge.ends_with("scope=\"openid notes:read notes:write\""),
            "{challenge}"
        );
    }

    proptest! {
        #[test]
        fn no_description_leaves_its_quotes(text in any::<String>()) {
            let (_, challenge) = challenge(Refusal::InvalidToken(text));
            prop_assert_eq!(challenge.matches('"').count(), 8);
        }
    }
}
