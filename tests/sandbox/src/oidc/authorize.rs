//! The authorization endpoint, and the page that brings a browser back to it after the login form.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;

use super::store::{Challenge, Row, Store};
use crate::auth::PageUser;
use crate::login::{encode_query, form_url};
use crate::params::Params;
use crate::sessions::Visit;
use crate::{AppState, pages, reply};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/apps/oidc/authorize", get(authorize))
        .route("/apps/oidc/redirect", get(redirect_page))
}

/// The parameters of an authorization request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(super) client_id: Option<String>,
    pub(super) code_challenge_method: Option<String>,
    pub(super) code_challenge: Option<String>,
    pub(super) response_type: Option<String>,
    pub(super) redirect_uri: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) state: Option<String>,
    pub(super) resource: Option<String>,
    pub(super) prompt: Option<String>,
    object: Option<String>,
}

impl Request {
    fn of(query: &Params) -> Self {
        let get = |name| query.get(name).map(str::to_owned);
        Self {
            client_id: get("client_id"),
            code_challenge_method: get("code_challenge_method"),
            code_challenge: get("code_challenge"),
            response_type: get("response_type"),
            redirect_uri: get("redirect_uri"),
            nonce: get("nonce"),
            scope: get("scope"),
            state: get("state"),
            resource: get("resource"),
            prompt: get("prompt"),
            object: get("request"),
        }
    }

    /// The request as a path of this server, its parameters in the recorded order.
    pub(super) fn to_path(&self, page: &str) -> String {
        let parameters = [
            ("client_id", &self.client_id),
            ("code_challenge_method", &self.code_challenge_method),
            ("code_challenge", &self.code_challenge),
            ("response_type", &self.response_type),
            ("redirect_uri", &self.redirect_uri),
            ("nonce", &self.nonce),
            ("scope", &self.scope),
            ("state", &self.state),
            ("resource", &self.resource),
        ];
        let mut path = format!("/apps/oidc/{page}");
        let present = parameters
            .iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?)));
        for (index, (name, value)) in present.enumerate() {
            let separator = if index == 0 { '?' } else { '&' };
            // Writing to a string cannot fail.
            let _ = write!(path, "{separator}{name}={}", encode_query(value));
        }
        path
    }

    /// Tells the client what went wrong. Without a redirect URI there is nobody to tell.
    pub(super) fn refuse(&self, error: &str, description: &str) -> Response {
        self.refuse_in('?', error, description)
    }

    fn refuse_in(&self, separator: char, error: &str, description: &str) -> Response {
        let Some(redirect_uri) = &self.redirect_uri else {
            return pages::error(StatusCode::INTERNAL_SERVER_ERROR);
        };
        let state = self.state.as_deref().unwrap_or_default();
        reply::see_other(&format!(
            "{redirect_uri}{separator}error={error}&error_description={}&state={}",
            encode_query(description),
            encode_query(state)
        ))
    }
}

/// What the login form leads to: a page whose script asks the authorization endpoint again.
async fn redirect_page(_: PageUser, request: axum::extract::Request) -> Response {
    let query = request
        .uri()
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    let target = pages::escape(&format!("/apps/oidc/authorize{query}"));
    let body = format!(
        "<div id=\"oidc-redirect\"></div>\n<meta http-equiv=\"refresh\" content=\"0;url={target}\">\n\
         <p><a href=\"{target}\">Continue</a></p>"
    );
    pages::plain(StatusCode::OK, "Nextcloud", &body)
}

async fn authorize(State(state): State<AppState>, visit: Visit, query: Params) -> Response {
    let mut request = Request::of(&query);
    let session = visit.session(&state).unwrap_or_default();
    let Some(uid) = session.uid else {
        if request.prompt.as_deref() == Some("none") {
            return request.refuse("login_required", "User is not logged in.");
        }
        visit.change(&state, |session| session.authorization = Some(request.clone()));
        return reply::see_other(&form_url(&request.to_path("redirect")));
    };
    if request.client_id.is_none()
        && let Some(kept) = session.authorization
    {
        request = kept;
    }
    let decision = decide(&state, &request, &uid, session.logged_in_at);
    match decision {
        Decision::Answer(response) => *response,
        Decision::AskForConsent(requested) => {
            request.scope = Some(requested);
            visit.change(&state, |session| {
                session.authorization = Some(request);
                session.consent_pending = true;
            });
            reply::see_other("/apps/oidc/consent")
        }
    }
}

enum Decision {
    Answer(Box<Response>),
    AskForConsent(String),
}

impl From<Response> for Decision {
    fn from(response: Response) -> Self {
        Self::Answer(Box::new(response))
    }
}

fn decide(state: &AppState, request: &Request, uid: &str, logged_in_at: u64) -> Decision {
    let now = state.clock().unix();
    let mut store = state.oidc();
    let client = request
        .client_id
        .as_deref()
        .and_then(|id| store.client(id, now).cloned());
    // The app means 403 here, and answers 200.
    let Some(client) = client else {
        return pages::forbidden(StatusCode::OK, UNKNOWN_CLIENT).into();
    };
    let Some(redirect_uri) = &request.redirect_uri else {
        return pages::error(StatusCode::INTERNAL_SERVER_ERROR).into();
    };
    if !client.redirect_uris.contains(redirect_uri) {
        return pages::forbidden(StatusCode::OK, UNKNOWN_REDIRECT_URI).into();
    }
    if let Err(refusal) = check_response_type(request) {
        return refusal.into();
    }
    if request.object.is_some() {
        return request
            .refuse("request_not_supported", "Request object parameter is not supported.")
            .into();
    }
    let mut requested = client.allowed(request.scope.as_deref().unwrap_or(DEFAULT_SCOPE));
    requested.truncate(requested.floor_char_boundary(state.options().scope_limit));
    let scope = if state.options().consent {
        match store.consent(uid, &client.id, &requested, now) {
            Some(granted) => granted.to_owned(),
            None if request.prompt.as_deref() == Some("none") => {
                return request.refuse("consent_required", "User consent is required.").into();
            }
            None => return Decision::AskForConsent(requested),
        }
    } else {
        requested
    };
    let challenge = match challenge_of(request) {
        Ok(challenge) => challenge,
        Err(description) => return request.refuse("invalid_request", description).into(),
    };
    let row = Row {
        id: 0,
        client_id: client.id,
        uid: uid.to_owned(),
        scope,
        resource: request.resource.clone(),
        nonce: request.nonce.clone(),
        challenge,
        created: logged_in_at,
        refreshed: now,
        code: String::new(),
        access_token: None,
        refresh_token: None,
    };
    send_code(
        &mut store,
        row,
        redirect_uri,
        request.state.as_deref().unwrap_or_default(),
    )
    .into()
}

fn send_code(store: &mut Store, row: Row, redirect_uri: &str, state: &str) -> Response {
    let code = store.insert_row(row);
    let separator = if redirect_uri.contains('?') { '&' } else { '?' };
    let encoded: String = url::form_urlencoded::byte_serialize(state.as_bytes()).collect();
    reply::see_other(&format!("{redirect_uri}{separator}state={encoded}&code={code}"))
}

/// Only `code` leads anywhere in the sandbox.
fn check_response_type(request: &Request) -> Result<(), Response> {
    let response_type = request.response_type.as_deref().unwrap_or_default();
    let types: Vec<&str> = response_type.split_whitespace().collect();
    match types.as_slice() {
        ["code"] => Ok(()),
        [] => Err(request.refuse("unsupported_response_type", "Missing response_type")),
        types if types.contains(&"token") && !types.contains(&"id_token") => {
            Err(request.refuse_in('#', "request_not_supported", "Missing id_token"))
        }
        _ => Err(request.refuse(
            "unsupported_response_type",
            "The response type is not allowed for this client",
        )),
    }
}

/// PKCE is optional, and S256 when the method is missing.
fn challenge_of(request: &Request) -> Result<Option<Challenge>, &'static str> {
    let Some(value) = request.code_challenge.as_ref().filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let is_well_formed = (43..=128).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    if !is_well_formed {
        return Err("Invalid code_challenge format");
    }
    let plain = match request.code_challenge_method.as_deref() {
        None | Some("" | "S256") => false,
        Some("plain") => true,
        Some(_) => return Err("Unsupported code_challenge_method"),
    };
    Ok(Some(Challenge {
        value: value.clone(),
        plain,
    }))
}

const DEFAULT_SCOPE: &str = "openid profile email roles";
const UNKNOWN_CLIENT: &str =
    "Your client is not authorized to connect. Please inform the administrator of your client.";
const UNKNOWN_REDIRECT_URI: &str =
    "The received redirect URI is not accepted to connect. Please inform the administrator of your client.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_through_the_login_form_is_encoded_as_recorded() {
        let request = Request::of(&Params::of_query(Some(
            "response_type=code&client_id=c&redirect_uri=http%3A%2F%2F127.0.0.1%3A9876%2Fcallback&scope=openid+email",
        )));
        assert_eq!(
            form_url(&request.to_path("redirect")),
            "/login?redirect_url=/apps/oidc/redirect?client_id%3Dc%26response_type%3Dcode%26\
             redirect_uri%3Dhttp://127.0.0.1:9876/callback%26scope%3Dopenid%2520email"
        );
    }

    #[test]
    fn a_challenge_has_a_form_and_a_method() {
        let of = |value: &str, method: Option<&str>| {
            let request = Request {
                code_challenge: Some(value.to_owned()),
                code_challenge_method: method.map(str::to_owned),
                ..Request::default()
            };
            challenge_of(&request).map(|challenge| challenge.map(|challenge| challenge.plain))
        };
        let value = "a".repeat(43);
        assert_eq!(of(&value, None), Ok(Some(false)));
        assert_eq!(of(&value, Some("plain")), Ok(Some(true)));
        assert_eq!(of(&value, Some("S512")), Err("Unsupported code_challenge_method"));
        assert_eq!(of("short", None), Err("Invalid code_challenge format"));
    }
}
