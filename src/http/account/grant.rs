//! `POST /user/provision` and `POST /user/revoke`: a person gives this server access to their Nextcloud, or takes it back.

use std::sync::Arc;

use actors::user_session::Revocation;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue};
use axum::response::Response;
use url::Url;

use super::csrf::Submitted;
use super::{Account, PAGE, Refusal};
use crate::http::pages::{Kind, Link, message};

const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// Goes on as with the link that the tool gives. Not by a redirect: after a form, browsers follow those only to where
/// `form-action` allows, and the login service may lead on to others that are not known here.
pub(super) async fn provision(
    State(account): State<Arc<Account>>,
    headers: HeaderMap,
    form: Submitted,
) -> Result<Response, Refusal> {
    let visitor = account.submitter(&headers, &form).await?;
    let access = account.delegated_access()?;
    let link = access.link(&visitor.principal()).await.map_err(|error| {
        tracing::warn!(%error, "delegated access cannot begin");
        account.unavailable()
    })?;
    let next = Url::parse(&link).ok().and_then(|url| Link::other("Continue", &url));
    let mut response = message(
        &account.site,
        Kind::Notice,
        "Continue at Nextcloud",
        &["Nextcloud asks you next whether this server may have access."],
        next,
    );
    if let Ok(target) = HeaderValue::from_str(&format!("0; url={link}")) {
        response.headers_mut().insert(REFRESH, target);
    }
    Ok(response)
}

/// Forgets the grant here and, where the provider can be told, ends it there: what the tool `revoke_nextcloud_access` does.
pub(super) async fn revoke(
    State(account): State<Arc<Account>>,
    headers: HeaderMap,
    form: Submitted,
) -> Result<Response, Refusal> {
    let visitor = account.submitter(&headers, &form).await?;
    let access = account.delegated_access()?;
    let outcome = access.revoke(&visitor.principal()).await.map_err(|error| {
        tracing::error!(%error, "a grant was not revoked");
        account.unavailable()
    })?;
    let (title, text) = match outcome {
        None => ("There was no access", "This server had no access to your Nextcloud."),
        Some(Revocation::Done) => (
            "The access has ended",
            "This server has forgotten its access to your Nextcloud, and the login service has ended it.",
        ),
        Some(Revocation::NotOffered) => (
            "The access has ended",
            "This server has forgotten its access to your Nextcloud. What the login service issued for it runs out by \
             itself; nobody can use it any more.",
        ),
        Some(Revocation::Failed) => (
            "The access has ended",
            "This server has forgotten its access to your Nextcloud. The login service could not be told; what it issued \
             runs out by itself, and nobody can use it any more.",
        ),
    };
    let back = Link::own("Back to your access", PAGE);
    Ok(message(&account.site, Kind::Success, title, &[text], Some(back)))
}
