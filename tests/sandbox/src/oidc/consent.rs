//! The page that asks the user, and its two answers.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};

use crate::auth::PageUser;
use crate::params::Params;
use crate::sessions::{Session, Visit, is_same_site};
use crate::{AppState, pages, reply};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/apps/oidc/consent", get(show))
        .route("/apps/oidc/consent/grant", post(grant))
        .route("/apps/oidc/consent/deny", post(deny))
}

/// On a real server a script reads the `data-` attributes and draws the page; here there is also a form for people.
async fn show(State(state): State<AppState>, _: PageUser, visit: Visit) -> Response {
    let session = visit.open(&state);
    let Some(request) = session.authorization.as_ref().filter(|_| session.consent_pending) else {
        return pages::forbidden(StatusCode::BAD_REQUEST, "No consent request pending.");
    };
    let client_id = request.client_id.as_deref().unwrap_or_default();
    let name = state
        .oidc()
        .client(client_id, state.clock().unix())
        .map(|client| client.name.clone());
    let scopes = request.scope.as_deref().unwrap_or_default();
    let token = session.request_token();
    let body = format!(
        r#"<div id="oidc-consent"
     data-client-name="{name}"
     data-scopes="{scopes}"
     data-client-id="{client_id}">
</div>
<h2>Application Authorization Request</h2>
<p><strong>{name}</strong> is requesting access to your account: {scopes}</p>
<form method="post" action="/apps/oidc/consent/grant">
	<input type="hidden" name="requesttoken" value="{token}">
	<input type="hidden" name="scopes" value="{scopes}">
	<button>Allow</button>
</form>
<form method="post" action="/apps/oidc/consent/deny">
	<input type="hidden" name="requesttoken" value="{token}">
	<button>Deny</button>
</form>"#,
        name = pages::escape(name.as_deref().unwrap_or("Unknown Application")),
        scopes = pages::escape(scopes),
        client_id = pages::escape(client_id),
        token = pages::escape(&token),
    );
    pages::page(StatusCode::OK, &token, "Nextcloud", &body)
}

/// Keeps the consent and sends the browser back to the authorization endpoint, with the granted scopes.
async fn grant(
    State(state): State<AppState>,
    PageUser(user): PageUser,
    visit: Visit,
    headers: HeaderMap,
    fields: Params,
) -> Response {
    let session = visit.open(&state);
    if !is_from_page(&session, &headers, &fields) {
        return reply::message(StatusCode::PRECONDITION_FAILED, "CSRF check failed");
    }
    let Some(mut request) = session.authorization.filter(|_| session.consent_pending) else {
        return reply::see_other("/");
    };
    let requested = request.scope.clone().unwrap_or_default();
    let chosen = fields.get("scopes").unwrap_or(&requested).trim();
    let granted = if chosen.split_whitespace().any(|scope| scope == "openid") {
        chosen.to_owned()
    } else {
        format!("openid {chosen}").trim().to_owned()
    };
    let client_id = request.client_id.clone().unwrap_or_default();
    state
        .oidc()
        .keep_consent(&user.uid, &client_id, requested, granted.clone(), state.clock().unix());
    request.scope = Some(granted);
    let location = request.to_path("authorize");
    visit.change(&state, |session| {
        session.authorization = Some(request);
        session.consent_pending = false;
    });
    reply::see_other(&location)
}

async fn deny(
    State(state): State<AppState>,
    _: PageUser,
    visit: Visit,
    headers: HeaderMap,
    fields: Params,
) -> Response {
    let session = visit.open(&state);
    if !is_from_page(&session, &headers, &fields) {
        return reply::message(StatusCode::PRECONDITION_FAILED, "CSRF check failed");
    }
    let Some(request) = session.authorization.filter(|_| session.consent_pending) else {
        return reply::see_other("/");
    };
    visit.change(&state, |session| session.consent_pending = false);
    request.refuse("access_denied", "User denied consent")
}

/// The request token comes in a header from the script, in a field from the form.
fn is_from_page(session: &Session, headers: &HeaderMap, fields: &Params) -> bool {
    let header = headers.get("requesttoken").and_then(|token| token.to_str().ok());
    is_same_site(headers)
        && header
            .or(fields.get("requesttoken"))
            .is_some_and(|token| session.accepts(token))
}
