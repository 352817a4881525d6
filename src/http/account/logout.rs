//! `POST /oauth/logout`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{HeaderValue, SET_COOKIE};
use axum::response::Response;

use super::csrf::Submitted;
use super::{Account, LOGIN, Refusal, SESSION_COOKIE};
use crate::http::pages::{Kind, Link, message};

/// Ends the browser's session here. Not at the provider: at Nextcloud that would end what applications were given, too.
pub(super) async fn log_out(
    State(account): State<Arc<Account>>,
    headers: HeaderMap,
    form: Submitted,
) -> Result<Response, Refusal> {
    // Whoever is not logged in may be told so without a token.
    if let Some(visitor) = account.visitor(&headers).await? {
        if !visitor.has_submitted(&form) {
            return Err(account.forged().into());
        }
        if let Err(error) = account.browsers.end(&visitor.cookie).await {
            tracing::error!(%error, "a browser's session has ended, but not durably");
        }
    }
    let mut response = message(
        &account.site,
        Kind::Success,
        "You are logged out",
        &[
            "This browser is no longer logged in here. Your applications keep their access.",
            "It may still be logged in at the login service; on a computer that others use, log out there, too.",
        ],
        Some(Link::own("Log in again", LOGIN)),
    );
    if let Ok(removal) = HeaderValue::from_str(&account.cookies.remove(SESSION_COOKIE)) {
        response.headers_mut().append(SET_COOKIE, removal);
    }
    Ok(response)
}
