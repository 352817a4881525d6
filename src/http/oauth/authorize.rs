//! `GET /oauth/authorize`: the resource server's own door to the identity provider.
//!
//! For clients that are given this server's address and nothing else. The request is checked and sent on to the provider
//! with the client's own id, challenge, state and scopes, and with `resource` set, so that the token is meant for us. The
//! code goes from the provider to the client and never passes through here.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::parameters::Parameters;
use super::registry::Admission;
use crate::http::pages::{Kind, message};
use crate::http::{FrontDoor, Surface, challenge};

/// Why a request does not reach the provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    /// Shown to the person: where the client's address is not certain, nothing is sent there (RFC 6749 §4.1.2.1).
    #[error("{0}")]
    Page(String),
    /// Sent back to the client.
    #[error("{error}: {description}")]
    Redirect {
        /// Where to.
        redirect_uri: String,
        /// An error code of RFC 6749 §4.1.2.1 or RFC 8707 §2.
        error: &'static str,
        /// What the client's developer should mend.
        description: &'static str,
        /// The request's `state`.
        state: Option<String>,
    },
}

/// Handles the request.
pub(super) async fn authorize(State(surface): State<Arc<Surface>>, RawQuery(query): RawQuery) -> Response {
    let FrontDoor::ResourceServer(verifier) = &surface.front_door else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(provider) = verifier.provider().borrow().clone() else {
        return challenge::unavailable("The identity provider has not been found yet");
    };
    match checked(
        &surface,
        &provider.authorization_endpoint,
        query.as_deref().unwrap_or_default(),
    ) {
        Ok(target) => found(&target),
        Err(Refusal::Page(reason)) => message(
            &surface.site,
            Kind::Failure(StatusCode::BAD_REQUEST),
            "The login cannot begin",
            &[
                "The application that sent you here asked for the login in a way that is not accepted:",
                &reason,
            ],
            None,
        ),
        Err(Refusal::Redirect {
            redirect_uri,
            error,
            description,
            state,
        }) => match Url::parse(&redirect_uri) {
            Ok(mut target) => {
                target
                    .query_pairs_mut()
                    .append_pair("error", error)
                    .append_pair("error_description", description)
                    .extend_pairs(state.iter().map(|state| ("state", state)));
                found(&target)
            }
            Err(_) => StatusCode::BAD_REQUEST.into_response(),
        },
    }
}

fn found(target: &Url) -> Response {
    let Ok(location) = HeaderValue::from_str(target.as_str()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let mut response = StatusCode::FOUND.into_response();
    response.headers_mut().insert(LOCATION, location);
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The provider's address for this request.
fn checked(surface: &Surface, authorization_endpoint: &str, query: &str) -> Result<Url, Refusal> {
    let parameters = Parameters::read(query).map_err(|error| Refusal::Page(error.to_string()))?;
    let page = |reason: &str| Refusal::Page(reason.to_owned());
    let client_id = parameters
        .get("client_id")
        .ok_or_else(|| page("client_id is missing"))?;
    let redirect_uri = parameters
        .get("redirect_uri")
        .ok_or_else(|| page("redirect_uri is missing"))?;
    let admission = surface.clients.admit(client_id, redirect_uri);
    match admission {
        Admission::Listed | Admission::Unlisted => {}
        Admission::UnknownClient => {
            return Err(page(
                "This client is not one of those that may log in here. The administrator can add it to ALLOWED_MCP_CLIENTS.",
            ));
        }
        Admission::ForbiddenRedirect => return Err(page("redirect_uri is not one that this client may use")),
    }
    let state = parameters.get("state");
    let refuse = |error: &'static str, description: &'static str| match admission {
        Admission::Listed => Refusal::Redirect {
            redirect_uri: redirect_uri.to_owned(),
            error,
            description,
            state: state.map(ToOwned::to_owned),
        },
        _ => Refusal::Page(format!("{error}: {description}")),
    };
    if parameters.get("response_type") != Some("code") {
        return Err(refuse("unsupported_response_type", "response_type must be code"));
    }
    let code_challenge = parameters
        .get("code_challenge")
        .ok_or_else(|| refuse("invalid_request", "code_challenge is missing: PKCE is required"))?;
    if parameters.get("code_challenge_method") != Some("S256") {
        return Err(refuse("invalid_request", "code_challenge_method must be S256"));
    }
    if !is_s256(code_challenge) {
        return Err(refuse("invalid_request", "code_challenge is not an S256 challenge"));
    }
    let resource = surface.metadata.resource();
    if parameters.get("resource").is_some_and(|asked| asked != resource) {
        return Err(refuse("invalid_target", "resource is not this server"));
    }
    let mut target = Url::parse(authorization_endpoint).map_err(|_| page("The identity provider is not usable"))?;
    {
        let mut pairs = target.query_pairs_mut();
        pairs
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("code_challenge", code_challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("resource", resource);
        for name in ["scope", "state", "nonce", "prompt", "login_hint"] {
            if let Some(value) = parameters.get(name) {
                pairs.append_pair(name, value);
            }
        }
    }
    Ok(target)
}

/// 43 characters of base64url: SHA-256 of a verifier (RFC 7636 §4.2).
fn is_s256(challenge: &str) -> bool {
    challenge.len() == 43
        && challenge
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
