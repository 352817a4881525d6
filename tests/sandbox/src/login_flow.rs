//! Login Flow v2: an app gets an app password, while its user logs in and agrees in a browser.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

use crate::auth::PageUser;
use crate::frontend::base_url;
use crate::login::form_url;
use crate::params::Params;
use crate::sessions::{Visit, is_same_site};
use crate::{AppState, pages, random, reply};

/// How long a flow may take, in seconds.
const LIFETIME: u64 = 20 * 60;
/// Flows under way at a time.
const FLOWS: usize = 1024;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/login/v2", post(start))
        .route("/login/v2/poll", post(poll))
        .route("/login/v2/flow/{token}", get(land))
        .route("/login/v2/flow", get(show))
        .route("/login/v2/grant", get(ask).post(grant))
}

/// The flows under way, by login token.
#[derive(Debug, Default)]
pub(crate) struct LoginFlows(HashMap<String, Flow>);

#[derive(Debug)]
struct Flow {
    poll_token: String,
    client_name: String,
    started: u64,
    granted: Option<Granted>,
}

#[derive(Debug)]
struct Granted {
    login: String,
    app_password: String,
}

/// What a browser's session knows about the flow it is in.
#[derive(Debug, Clone)]
pub(crate) struct FlowInBrowser {
    login_token: String,
    state_token: String,
}

impl LoginFlows {
    fn start(&mut self, client_name: String, now: u64) -> (String, String) {
        self.0.retain(|_, flow| now <= flow.started + LIFETIME);
        if self.0.len() >= FLOWS
            && let Some(oldest) = self
                .0
                .iter()
                .min_by_key(|(_, flow)| flow.started)
                .map(|(token, _)| token.clone())
        {
            self.0.remove(&oldest);
        }
        let (login_token, poll_token) = (random::alphanumeric(128), random::alphanumeric(128));
        let flow = Flow {
            poll_token: poll_token.clone(),
            client_name,
            started: now,
            granted: None,
        };
        self.0.insert(login_token.clone(), flow);
        (login_token, poll_token)
    }

    fn get(&mut self, login_token: &str, now: u64) -> Option<&mut Flow> {
        self.0
            .get_mut(login_token)
            .filter(|flow| now <= flow.started + LIFETIME)
    }

    /// What was granted, once.
    fn take(&mut self, poll_token: &str) -> Option<Granted> {
        let is_ready = |flow: &Flow| flow.poll_token == poll_token && flow.granted.is_some();
        let login_token = self
            .0
            .iter()
            .find(|(_, flow)| is_ready(flow))
            .map(|(token, _)| token.clone())?;
        self.0.remove(&login_token)?.granted
    }
}

/// The client's `User-Agent` is the name its user will see.
async fn start(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let (login_token, poll_token) = state.login_flows().start(agent.to_owned(), state.clock().unix());
    let base = base_url(&headers);
    let body = json!({
        "poll": { "token": poll_token, "endpoint": format!("{base}/login/v2/poll") },
        "login": format!("{base}/login/v2/flow/{login_token}"),
    });
    reply::json(StatusCode::OK, &body)
}

async fn poll(State(state): State<AppState>, headers: HeaderMap, params: Params) -> Response {
    let granted = params.get("token").and_then(|token| state.login_flows().take(token));
    match granted {
        None => reply::json(StatusCode::NOT_FOUND, &json!([])),
        Some(granted) => reply::json(
            StatusCode::OK,
            &json!({
                "server": base_url(&headers),
                "loginName": granted.login,
                "appPassword": granted.app_password,
            }),
        ),
    }
}

/// The URL the user opens: it moves the token from the address into the session.
async fn land(State(state): State<AppState>, Path(token): Path<String>, visit: Visit, headers: HeaderMap) -> Response {
    if state.login_flows().get(&token, state.clock().unix()).is_none() {
        return pages::forbidden(StatusCode::FORBIDDEN, "Your login token is invalid or has expired");
    }
    let flow = FlowInBrowser {
        login_token: token,
        state_token: random::alphanumeric(64),
    };
    visit.change(&state, |session| session.login_flow = Some(flow));
    reply::see_other(&format!("{}/login/v2/flow?user=&direct=0", base_url(&headers)))
}

async fn show(State(state): State<AppState>, visit: Visit) -> Response {
    let session = visit.open(&state);
    let Some(flow) = &session.login_flow else {
        return no_flow();
    };
    let client_name = client_name(&state, flow);
    let body = format!(
        r#"{state_input}
<h2>Connect to your account</h2>
<p>Please log in before granting {client_name} access to your Nextcloud account.</p>
<p><a href="/login/v2/grant?stateToken={token}">Log in</a></p>"#,
        state_input = initial_state(&flow.state_token),
        token = flow.state_token,
    );
    pages::page(StatusCode::OK, &session.request_token(), "Nextcloud", &body)
}

async fn ask(State(state): State<AppState>, visit: Visit, query: Params) -> Response {
    let session = visit.open(&state);
    let sent = query.get("stateToken").unwrap_or_default();
    if session.uid.is_none() {
        return reply::see_other(&form_url(&format!("/login/v2/grant?stateToken={sent}")));
    }
    let Some(flow) = session.login_flow.as_ref().filter(|flow| flow.state_token == sent) else {
        return no_flow();
    };
    let token = session.request_token();
    let body = format!(
        r#"{state_input}
<h2>Account access</h2>
<p>You are about to grant {client_name} access to your Nextcloud account.</p>
<form method="post" action="/login/v2/grant">
	<input type="hidden" name="stateToken" value="{state_token}">
	<input type="hidden" name="requesttoken" value="{request_token}">
	<button>Grant access</button>
</form>"#,
        state_input = initial_state(&flow.state_token),
        client_name = client_name(&state, flow),
        state_token = flow.state_token,
        request_token = pages::escape(&token),
    );
    pages::page(StatusCode::OK, &token, "Nextcloud", &body)
}

async fn grant(
    State(state): State<AppState>,
    PageUser(user): PageUser,
    visit: Visit,
    headers: HeaderMap,
    fields: Params,
) -> Response {
    let session = visit.open(&state);
    let sent = fields.get("stateToken").unwrap_or_default();
    if !is_same_site(&headers) || !fields.get("requesttoken").is_some_and(|token| session.accepts(token)) {
        return reply::message(StatusCode::PRECONDITION_FAILED, "CSRF check failed");
    }
    let Some(flow) = session.login_flow.as_ref().filter(|flow| flow.state_token == sent) else {
        return no_flow();
    };
    let app_password = state.users().create_app_password(&user.uid);
    let granted = Granted {
        login: user.uid.clone(),
        app_password,
    };
    match state.login_flows().get(&flow.login_token, state.clock().unix()) {
        Some(flow) => flow.granted = Some(granted),
        None => return no_flow(),
    }
    visit.change(&state, |session| session.login_flow = None);
    let body = "<h2>Account connected</h2>\n<p>Your client should now be connected! You can close this window.</p>";
    pages::page(StatusCode::OK, &session.request_token(), "Nextcloud", body)
}

fn client_name(state: &AppState, flow: &FlowInBrowser) -> String {
    let name = state
        .login_flows()
        .get(&flow.login_token, state.clock().unix())
        .map(|flow| flow.client_name.clone());
    pages::escape(&name.unwrap_or_default())
}

/// Where the real page's script finds the state token: base64 of its JSON.
fn initial_state(state_token: &str) -> String {
    let value = STANDARD.encode(json!(state_token).to_string());
    format!(r#"<input type="hidden" id="initial-state-core-loginFlowStateToken" value="{value}">"#)
}

fn no_flow() -> Response {
    pages::forbidden(StatusCode::FORBIDDEN, "State token does not match")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_password_is_handed_out_once() {
        let mut flows = LoginFlows::default();
        let (login_token, poll_token) = flows.start("test".to_owned(), 0);
        assert!(flows.take(&poll_token).is_none());
        let granted = Granted {
            login: "alice".to_owned(),
            app_password: "secret".to_owned(),
        };
        flows.get(&login_token, LIFETIME).unwrap().granted = Some(granted);
        assert_eq!(flows.take(&poll_token).unwrap().login, "alice");
        assert!(flows.take(&poll_token).is_none());
    }

    #[test]
    fn a_flow_ends_after_its_time() {
        let mut flows = LoginFlows::default();
        let (login_token, _) = flows.start("test".to_owned(), 0);
        assert!(flows.get(&login_token, LIFETIME + 1).is_none());
    }
}
