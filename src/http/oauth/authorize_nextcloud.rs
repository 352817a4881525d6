//! `GET /oauth/authorize-nextcloud`: a person opens the link that a tool gave them, and is sent on to the provider.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::ExposeSecret;

use super::parameters::Parameters;
use super::see_other;
use crate::code_flow::DepartError;
use crate::delegated_access::BeginError;
use crate::http::Surface;
use crate::http::account::PAGE;
use crate::http::pages::{Kind, Link, Site, message, not_found};

/// Sends the browser to the provider.
pub(super) async fn authorize_nextcloud(State(surface): State<Arc<Surface>>, RawQuery(query): RawQuery) -> Response {
    let Some(access) = &surface.delegated_access else {
        return not_found::plain();
    };
    let query = query.unwrap_or_default();
    let parameters = Parameters::read(&query);
    let ticket = parameters.as_ref().ok().and_then(|parameters| parameters.get("ticket"));
    let departure = match ticket {
        Some(ticket) => access.depart(ticket).await,
        None => Err(BeginError::UnknownLink),
    };
    match departure {
        Ok(departure) => see_other(departure.location.as_str(), departure.cookie.expose_secret()),
        Err(error) => refuse(&surface.site, &error),
    }
}

/// `HEAD` on the same address: what looks at links before people open them does not use them up.
pub(super) async fn preview() -> StatusCode {
    StatusCode::OK
}

fn refuse(site: &Site, error: &BeginError) -> Response {
    tracing::info!(%error, "a link to the identity provider is not followed");
    let (status, title, paragraphs): (_, _, &[&str]) = match error {
        BeginError::UnknownLink => (
            StatusCode::BAD_REQUEST,
            "This link is no longer good",
            &[
                "A link works once, within ten minutes. Nothing was changed.",
                "Ask your assistant for a new one: it has the tool provision_nextcloud_access. Or allow the access on the page \
                 “Your access”.",
            ],
        ),
        BeginError::Depart(DepartError::NotReady) | BeginError::Sessions(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Not possible at the moment",
            &["This server cannot begin a login now. Try the link again in a moment."],
        ),
        BeginError::Depart(DepartError::BadEndpoint) => (
            StatusCode::BAD_GATEWAY,
            "The identity provider cannot be used",
            &["It names no usable address to log in at. Its administrator has to look at it."],
        ),
    };
    let action = Link::own("Your access", PAGE);
    message(site, Kind::Failure(status), title, paragraphs, Some(action))
}
