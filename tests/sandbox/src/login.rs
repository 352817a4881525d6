//! The login form, logging out, and the first page behind it.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::auth::{self, PageUser};
use crate::frontend::base_url;
use crate::params::Params;
use crate::sessions::{Visit, is_same_site};
use crate::{AppState, pages, reply};

/// What Nextcloud's URL generator leaves as it is in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/')
    .remove(b':')
    .remove(b'?')
    .remove(b'@')
    .remove(b',')
    .remove(b';');

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(front_page))
        .route("/login", get(form).post(log_in))
        .route("/logout", get(log_out))
        .route("/apps/dashboard/", get(dashboard))
        .route("/apps/files/", get(files))
}

/// Encodes a query parameter's value as Nextcloud's URL generator does.
pub(crate) fn encode_query(value: &str) -> impl std::fmt::Display {
    utf8_percent_encode(value, QUERY)
}

/// Where a visitor is sent to log in first.
pub(crate) fn form_url(then: &str) -> String {
    format!("/login?redirect_url={}", encode_query(then))
}

async fn front_page(_: PageUser) -> Response {
    reply::see_other("/apps/dashboard/")
}

async fn dashboard(PageUser(user): PageUser) -> Response {
    let name = pages::escape(&user.display_name);
    pages::plain(
        StatusCode::OK,
        "Dashboard - Nextcloud",
        &format!("<h2>Hello, {name}</h2>"),
    )
}

async fn files(_: PageUser) -> Response {
    pages::plain(StatusCode::OK, "Files - Nextcloud", "<h2>Files</h2>")
}

async fn form(State(state): State<AppState>, visit: Visit, headers: HeaderMap, query: Params) -> Response {
    let session = visit.open(&state);
    let redirect_url = query.filled("redirect_url");
    if session.uid.is_some() {
        return after_login(&headers, redirect_url);
    }
    let token = session.request_token();
    let refused = if query.get("direct") == Some("1") {
        "<p role=\"alert\">Wrong login or password.</p>"
    } else {
        ""
    };
    let redirect_field = redirect_url.map_or_else(String::new, |url| {
        format!(
            "<input type=\"hidden\" name=\"redirect_url\" value=\"{}\">",
            pages::escape(url)
        )
    });
    let body = format!(
        r#"<h2>Log in to Nextcloud</h2>
{refused}
<form method="post" action="/login">
	<label>Account name or email <input name="user" autocomplete="username" value="{user}" autofocus></label>
	<label>Password <input name="password" type="password" autocomplete="current-password"></label>
	<input type="hidden" name="requesttoken" value="{token}">
	{redirect_field}
	<button>Log in</button>
</form>"#,
        user = pages::escape(query.get("user").unwrap_or_default()),
        token = pages::escape(&token),
    );
    pages::page(StatusCode::OK, &token, "Login – Nextcloud", &body)
}

/// Needs the session's request token, and an `Origin` that is a trusted domain: here, the host asked.
async fn log_in(State(state): State<AppState>, visit: Visit, headers: HeaderMap, fields: Params) -> Response {
    let login = fields.get("user").unwrap_or_default();
    let redirect_url = fields.filled("redirect_url");
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let from_form = is_same_site(&headers)
        && fields
            .get("requesttoken")
            .is_some_and(|token| visit.open(&state).accepts(token))
        && origin == Some(base_url(&headers).as_str());
    let checked = if from_form {
        let password = fields.get("password").unwrap_or_default();
        state.users().check(login, password)
    } else {
        None
    };
    let Some((user, _)) = checked else {
        let mut location = format!("/login?user={}&direct=1", encode_query(login));
        if let Some(url) = redirect_url {
            location = format!("{location}&redirect_url={}", encode_query(url));
        }
        return reply::see_other(&location);
    };
    visit.log_in(&state, &user.uid);
    state.users().logged_in(&user.uid, state.clock().unix());
    let mut response = after_login(&headers, redirect_url);
    // Whoever asked was nobody when the request came in, so `identify` has not named the user.
    if let Ok(uid) = HeaderValue::from_str(&user.uid) {
        response.headers_mut().insert(auth::USER_ID, uid);
    }
    response
}

/// To the page that asked for the login; only paths of this server are followed.
fn after_login(headers: &HeaderMap, redirect_url: Option<&str>) -> Response {
    let path = redirect_url
        .filter(|url| url.starts_with('/') && !url.starts_with("//"))
        .unwrap_or("/apps/dashboard/");
    reply::see_other(&format!("{}{path}", base_url(headers)))
}

async fn log_out(State(state): State<AppState>, visit: Visit, query: Params) -> Response {
    let session = visit.session(&state);
    let is_ours = session
        .zip(query.get("requesttoken"))
        .is_some_and(|(session, token)| session.accepts(token));
    if !is_ours {
        return pages::forbidden(StatusCode::PRECONDITION_FAILED, "CSRF check failed");
    }
    visit.close(&state);
    reply::see_other("/login?clear=true")
}
