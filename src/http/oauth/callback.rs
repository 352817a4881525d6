//! `GET /oauth/callback`: the provider sends the browser back. One address for all flows; the state says which.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

use super::FlowFailure;
use super::parameters::Parameters;
use crate::code_flow::{Answer, ArriveError};
use crate::delegated_access::{DelegatedAccess, FinishError};
use crate::http::Surface;
use crate::http::account::{Account, PAGE};
use crate::http::pages::{Kind, Link, Site, message, not_found};

/// Finishes the login that the answer belongs to.
pub(super) async fn callback(
    State(surface): State<Arc<Surface>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(account) = &surface.account else {
        return not_found::plain();
    };
    let query = query.unwrap_or_default();
    let Ok(parameters) = Parameters::read(&query) else {
        return refuse(&surface.site, &ArriveError::Incomplete.into());
    };
    let text = |name: &str| parameters.get(name).map(ToOwned::to_owned);
    let answer = Answer {
        state: text("state"),
        code: text("code"),
        error: text("error"),
        iss: text("iss"),
        headers,
    };
    let state = answer.state.clone().unwrap_or_default();
    let mut response = finish(account, answer).await;
    if let Ok(removal) = HeaderValue::from_str(&account.code_flow.cookie_removal(&state)) {
        response.headers_mut().append(SET_COOKIE, removal);
    }
    response
}

/// A login to our own pages, a grant, or nothing that is known here.
async fn finish(account: &Account, answer: Answer) -> Response {
    let login = answer
        .state
        .as_deref()
        .and_then(|state| account.browsers.take_login(state));
    match (login, &account.delegated_access) {
        (Some(login), _) => account.finish_login(&login, &answer).await,
        (None, Some(access)) => finish_grant(&account.site, access, answer).await,
        (None, None) => refuse(&account.site, &FinishError::UnknownState),
    }
}

async fn finish_grant(site: &Site, access: &DelegatedAccess, answer: Answer) -> Response {
    match access.arrive(answer).await {
        Ok(arrived) => message(
            site,
            Kind::Success,
            "Nextcloud is connected",
            &[
                &format!("Your assistant may now use the Nextcloud account {}.", arrived.account),
                "You can close this page. To end the access, use the page “Your access”, or ask your assistant to revoke it.",
            ],
            Some(Link::own("Your access", PAGE)),
        ),
        Err(error) => refuse(site, &error),
    }
}

const NOTHING_STORED: &str = "Nothing was stored. Ask your assistant for a new link: it has the tool \
    provision_nextcloud_access.";

fn refuse(site: &Site, error: &FinishError) -> Response {
    tracing::warn!(%error, "a login did not end with a grant");
    let failure = match error {
        FinishError::UnknownState => FlowFailure::UNKNOWN,
        FinishError::Arrive(error) => error.into(),
        FinishError::OtherAccount => FlowFailure::new(
            StatusCode::FORBIDDEN,
            "This is another account",
            "You are logged in to Nextcloud with another account than the one your assistant acts for. Log out of \
             Nextcloud first.",
        ),
        FinishError::NoRefreshToken => FlowFailure::new(
            StatusCode::BAD_GATEWAY,
            "Access for the moment only",
            "The identity provider did not allow lasting access. Its administrator has to allow offline_access for this \
             server.",
        ),
        FinishError::Sessions(_) | FinishError::Session(_) | FinishError::BrokeOff => FlowFailure::UNAVAILABLE,
    };
    let next = match error {
        // Whoever began it on our own pages has no assistant to ask.
        FinishError::UnknownState => {
            "Nothing was changed. Begin again; if an assistant gave you the link, ask it for a new one."
        }
        FinishError::Session(_) => {
            "It may still be stored. Ask your assistant for the state: it has the tool check_provisioning_status."
        }
        _ => NOTHING_STORED,
    };
    let kind = Kind::Failure(failure.status);
    let action = Link::own("Your access", PAGE);
    message(site, kind, failure.title, &[failure.reason, next], Some(action))
}
