//! An identity provider that answers whatever an attack needs, and behind it a Nextcloud that takes its tokens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::form_urlencoded;

use super::keys::SigningKey;

pub const INTROSPECTION: &str = "/introspection";
pub const USERINFO: &str = "/userinfo";
const METADATA: &str = "/.well-known/openid-configuration";
const KEYS: &str = "/keys";
const TOKEN: &str = "/token";
const NOTES: &str = "/index.php/apps/notes/api/v1/notes";

/// A provider on a port of its own.
pub struct Provider {
    pub url: String,
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    answers: Mutex<HashMap<&'static str, Answer>>,
    seen: Mutex<Vec<Seen>>,
    grants: Mutex<Grants>,
}

/// What an endpoint answers.
#[derive(Clone)]
pub enum Answer {
    Json(Value),
    Error(StatusCode, Value),
    /// It begins, and never ends.
    Stall,
}

/// A request that came in.
#[derive(Debug, Clone)]
pub struct Seen {
    pub path: String,
    pub form: HashMap<String, String>,
}

/// Whose the tokens are that were issued.
#[derive(Default)]
struct Grants {
    issued: usize,
    /// What redeeming a code gives.
    codes: HashMap<String, Value>,
    /// By refresh token. Each is good once: the next comes with the answer.
    refresh: HashMap<String, Grant>,
    /// By access token.
    access: HashMap<String, String>,
}

#[derive(Clone)]
struct Grant {
    subject: String,
    expires_in: u64,
}

impl Provider {
    /// A provider that publishes `keys` and whose metadata differ by `changes`; null takes a field away.
    pub async fn start(keys: &[&SigningKey], changes: &Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let metadata = json!({
            "issuer": url,
            "authorization_endpoint": format!("{url}/authorize"),
            "token_endpoint": format!("{url}{TOKEN}"),
            "jwks_uri": format!("{url}{KEYS}"),
            "introspection_endpoint": format!("{url}{INTROSPECTION}"),
            "userinfo_endpoint": format!("{url}{USERINFO}"),
            "registration_endpoint": format!("{url}/register"),
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        });
        let client = json!({"client_id": "us", "client_secret": format!("secret-of-{url}")});
        let provider = Self {
            url,
            inner: Arc::default(),
        };
        provider.answer(METADATA, Answer::Json(changed(metadata, changes)));
        provider.answer("/register", Answer::Error(StatusCode::CREATED, client));
        provider.answer(INTROSPECTION, Answer::Json(json!({"active": false})));
        provider.publish(keys);
        let router = Router::new().fallback(serve).with_state(Arc::clone(&provider.inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// From now on `path` answers this.
    pub fn answer(&self, path: &'static str, answer: Answer) {
        self.inner.answers.lock().unwrap().insert(path, answer);
    }

    pub fn publish(&self, keys: &[&SigningKey]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        self.publish_document(json!({ "keys": keys }));
    }

    pub fn publish_document(&self, document: Value) {
        self.answer(KEYS, Answer::Json(document));
    }

    /// Tokens of a new grant of `subject`, as the token endpoint gives them.
    pub fn tokens(&self, subject: &str, expires_in: u64) -> Value {
        let subject = subject.to_owned();
        self.grants().issue(Grant { subject, expires_in })
    }

    /// The code is worth `answer`, once.
    pub fn sell(&self, code: &str, answer: Value) {
        self.grants().codes.insert(code.to_owned(), answer);
    }

    /// Ends every grant: no refresh token is good any more.
    pub fn end_grants(&self) {
        let mut grants = self.grants();
        grants.refresh.clear();
        grants.access.clear();
    }

    /// The requests that came to `path`, the oldest first.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        let seen = self.inner.seen.lock().unwrap();
        seen.iter().filter(|seen| seen.path == path).cloned().collect()
    }

    /// The requests that came.
    pub fn all_seen(&self) -> Vec<Seen> {
        self.inner.seen.lock().unwrap().clone()
    }

    /// The refresh tokens that were shown, in their order.
    pub fn refresh_tokens_seen(&self) -> Vec<String> {
        let seen = self.seen(TOKEN).into_iter();
        seen.filter_map(|mut seen| seen.form.remove("refresh_token")).collect()
    }

    /// The form that came with `code`.
    pub fn redeemed(&self, code: &str) -> HashMap<String, String> {
        let with_code = |seen: &Seen| seen.form.get("code").is_some_and(|seen| seen == code);
        self.seen(TOKEN).into_iter().find(with_code).unwrap().form
    }

    fn grants(&self) -> MutexGuard<'_, Grants> {
        self.inner.grants.lock().unwrap()
    }
}

impl Grants {
    fn issue(&mut self, grant: Grant) -> Value {
        self.issued += 1;
        let number = self.issued;
        let (access, refresh) = (format!("access-{number}"), format!("refresh-{number}"));
        self.access.retain(|_, subject| *subject != grant.subject);
        self.access.insert(access.clone(), grant.subject.clone());
        let expires_in = grant.expires_in;
        self.refresh.insert(refresh.clone(), grant);
        json!({"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": expires_in})
    }

    fn redeem(&mut self, form: &HashMap<String, String>) -> Response {
        let code = form.get("code").and_then(|code| self.codes.remove(code));
        let grant = form.get("refresh_token").and_then(|token| self.refresh.remove(token));
        match code.or_else(|| grant.map(|grant| self.issue(grant))) {
            Some(tokens) => Json(tokens).into_response(),
            None => (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response(),
        }
    }

    /// The one note of whoever holds the token: its title is their name.
    fn notes(&self, authorization: Option<&str>) -> Response {
        let token = authorization.and_then(|value| value.strip_prefix("Bearer "));
        match token.and_then(|token| self.access.get(token)) {
            Some(owner) => Json(json!([{"id": 1, "title": owner, "category": "", "modified": 1}])).into_response(),
            None => StatusCode::UNAUTHORIZED.into_response(),
        }
    }
}

async fn serve(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let path = parts.uri.path().to_owned();
    let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let authorization = text(&parts.headers);
    let scripted = inner.answers.lock().unwrap().get(path.as_str()).cloned();
    let response = match (scripted, path.as_str()) {
        (Some(answer), _) => answer.into_response(),
        (None, TOKEN) => inner.grants.lock().unwrap().redeem(&form),
        (None, NOTES) => inner.grants.lock().unwrap().notes(authorization.as_deref()),
        (None, _) => StatusCode::NOT_FOUND.into_response(),
    };
    inner.seen.lock().unwrap().push(Seen { path, form });
    response
}

fn text(headers: &HeaderMap) -> Option<String> {
    headers.get(AUTHORIZATION)?.to_str().ok().map(ToOwned::to_owned)
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Json(value) => Json(value).into_response(),
            Self::Error(status, value) => (status, Json(value)).into_response(),
            Self::Stall => {
                let first = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"{")) });
                Body::from_stream(first.chain(stream::pending())).into_response()
            }
        }
    }
}

/// `object` with some of its members changed; null takes one away.
pub fn changed(mut object: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            object.as_object_mut().unwrap().remove(name);
        } else {
            object[name] = value.clone();
        }
    }
    object
}
