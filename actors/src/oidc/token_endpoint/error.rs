//! Why the token endpoint gave no tokens (RFC 6749 §5.2).

use http::StatusCode;
use serde::Deserialize;
use url::Url;

use crate::oidc::call::{CallError, parse, status_error};

/// Longest text of the provider's that an error repeats, in characters.
const CLIPPED: usize = 200;

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The code or refresh token is not good: expired, revoked, used before, or another client's.
    #[error("the identity provider does not accept the grant{}", said(.description.as_deref()))]
    InvalidGrant {
        /// What the provider said.
        description: Option<String>,
    },
    /// The provider does not know our client, or not with this secret.
    #[error("the identity provider does not accept the OAuth client of this server{}", said(.description.as_deref()))]
    InvalidClient {
        /// What the provider said.
        description: Option<String>,
    },
    /// It refuses for another reason, and will do so again.
    #[error("the identity provider refuses: {error}{}", said(.description.as_deref()))]
    Refused {
        /// Its error code.
        error: String,
        /// What it said.
        description: Option<String>,
    },
    /// No answer, or none that means anything. Later it may be another.
    #[error(transparent)]
    Unavailable(#[from] CallError),
}

fn said(description: Option<&str>) -> String {
    description.map_or_else(String::new, |text| format!(" ({text})"))
}

/// Reads an answer that is not a success. Only a client error that says in JSON what is wrong is a refusal: a proxy's or
/// maintenance page is none.
pub(super) fn read(url: &Url, status: StatusCode, body: &[u8]) -> TokenError {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
        #[serde(default)]
        error_description: Option<String>,
    }

    if !status.is_client_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return status_error(url, status).into();
    }
    let Ok(refusal) = parse::<Refusal>(url, body, "an error") else {
        return if status == StatusCode::UNAUTHORIZED {
            TokenError::InvalidClient { description: None }
        } else {
            status_error(url, status).into()
        };
    };
    let description = refusal
        .error_description
        .map(|text| clip(&text))
        .filter(|text| !text.is_empty());
    match refusal.error.as_str() {
        "invalid_grant" => TokenError::InvalidGrant { description },
        "invalid_client" => TokenError::InvalidClient { description },
        "temporarily_unavailable" | "server_error" | "slow_down" => status_error(url, status).into(),
        error => TokenError::Refused {
            error: clip(error),
            description,
        },
    }
}

/// Text of the provider's, short and without control characters.
fn clip(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(CLIPPED)
        .collect()
}
