//! `GET /oauth/callback`: the provider sends the browser back. One address for all flows; the state says which.

use std::sync::Arc;

use actors::oidc::TokenError;
use axum::extract::{RawQuery, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

use super::parameters::Parameters;
use crate::delegated_access::{Arrival, FinishError};
use crate::http::Surface;
use crate::http::pages::{Kind, Site, message, not_found};

/// Most cookies that are looked at.
const COOKIES: usize = 64;

/// Finishes the login that the answer belongs to.
pub(super) async fn callback(
    State(surface): State<Arc<Surface>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(access) = &surface.delegated_access else {
        return not_found::plain();
    };
    let query = query.unwrap_or_default();
    let Ok(parameters) = Parameters::read(&query) else {
        return refuse(&surface.site, &FinishError::Incomplete);
    };
    let text = |name: &str| parameters.get(name).map(ToOwned::to_owned);
    let state = text("state");
    let arrival = Arrival {
        state: state.clone(),
        code: text("code"),
        error: text("error"),
        iss: text("iss"),
        cookies: cookies(&headers),
    };
    let mut response = match access.arrive(arrival).await {
        Ok(arrived) => message(
            &surface.site,
            Kind::Success,
            "Nextcloud is connected",
            &[
                &format!("Your assistant may now use the Nextcloud account {}.", arrived.account),
                "You can close this page. To end the access, ask your assistant to revoke it: it has the tool \
                 revoke_nextcloud_access.",
            ],
            None,
        ),
        Err(error) => refuse(&surface.site, &error),
    };
    let removal = state.and_then(|state| HeaderValue::from_str(&access.cookie_removal(&state)).ok());
    if let Some(removal) = removal {
        response.headers_mut().append(SET_COOKIE, removal);
    }
    response
}

/// The cookies of a request (RFC 6265 §5.4).
fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .take(COOKIES)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

const NOTHING_STORED: &str = "Nothing was stored. Ask your assistant for a new link: it has the tool \
    provision_nextcloud_access.";

fn refuse(site: &Site, error: &FinishError) -> Response {
    tracing::warn!(%error, "a login did not end with a grant");
    let (status, title, reason) = match error {
        FinishError::UnknownState => (
            StatusCode::BAD_REQUEST,
            "This login is not known",
            "It was finished already, was begun more than ten minutes ago, or was not begun here.",
        ),
        FinishError::OtherBrowser => (
            StatusCode::BAD_REQUEST,
            "Another browser",
            "This login was begun in another browser, or this one does not keep cookies.",
        ),
        FinishError::OtherProvider | FinishError::Incomplete => (
            StatusCode::BAD_REQUEST,
            "The answer does not fit",
            "The answer is not one of the identity provider to the request of this server.",
        ),
        FinishError::Denied => (
            StatusCode::FORBIDDEN,
            "No access was given",
            "The access was refused, by you or by the identity provider.",
        ),
        FinishError::OtherAccount => (
            StatusCode::FORBIDDEN,
            "This is another account",
            "You are logged in to Nextcloud with another account than the one your assistant acts for. Log out of \
             Nextcloud first.",
        ),
        FinishError::NoRefreshToken => (
            StatusCode::BAD_GATEWAY,
            "Access for the moment only",
            "The identity provider did not allow lasting access. Its administrator has to allow offline_access for this \
             server.",
        ),
        FinishError::IdToken(_) | FinishError::Tokens(TokenError::InvalidGrant { .. } | TokenError::Refused { .. }) => {
            (
                StatusCode::BAD_GATEWAY,
                "The identity provider did not confirm the login",
                "Its answer was not as it has to be; the log of this server says more.",
            )
        }
        FinishError::Changed
        | FinishError::Tokens(TokenError::InvalidClient { .. } | TokenError::Unavailable(_))
        | FinishError::Sessions(_)
        | FinishError::Session(_)
        | FinishError::BrokeOff => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Not possible at the moment",
            "The login could not be finished now.",
        ),
    };
    let next = if matches!(error, FinishError::Session(_)) {
        "It may still be stored. Ask your assistant for the state: it has the tool check_provisioning_status."
    } else {
        NOTHING_STORED
    };
    message(site, Kind::Failure(status), title, &[reason, next], None)
}
