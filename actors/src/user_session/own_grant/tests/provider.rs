//! A Nextcloud and its oidc app on a local port: refresh tokens rotate, the access token before stops working with it, and an
//! expired access token that is shown takes the whole grant with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::clock::{Clock, ManualClock};
use crate::oidc::{ProviderMetadata, Tokens};

pub(super) const LIFETIME: u64 = 3600;
pub(super) const FOREVER: usize = 1 << 20;

pub(super) struct Inner {
    /// The clients the provider knows, and the one that the grant belongs to.
    pub(super) clients: Vec<String>,
    pub(super) owner: String,
    /// The one grant: its number, which is in its tokens, and when its access token ends.
    grant: Option<u64>,
    ends: u64,
    issued: u64,
    pub(super) rotates: bool,
    pub(super) refreshes: usize,
    /// Refresh tokens that were shown after they had been replaced.
    pub(super) reused: usize,
    pub(super) revoked: Vec<String>,
    /// Requests for `/who`, and those that showed an expired token.
    pub(super) calls: usize,
    pub(super) expired_shown: usize,
    /// In place of the next answers of the token and revocation endpoints.
    pub(super) faults: Vec<u16>,
    pub(super) revocation: bool,
}

#[derive(Clone)]
pub(super) struct Provider {
    inner: Arc<Mutex<Inner>>,
    clock: Arc<ManualClock>,
    /// Answers of the token endpoint wait for one of these, after the provider has done its part.
    pub(super) answers: Arc<Semaphore>,
    /// Requests for `/who` wait for one of these before their token is looked at.
    pub(super) doors: Arc<Semaphore>,
    pub(super) url: String,
}

impl Provider {
    pub(super) async fn start(clock: Arc<ManualClock>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            clock,
            answers: Arc::new(Semaphore::new(FOREVER)),
            doors: Arc::new(Semaphore::new(FOREVER)),
            inner: Arc::new(Mutex::new(Inner {
                clients: vec!["us".to_owned()],
                owner: "us".to_owned(),
                grant: None,
                ends: 0,
                issued: 0,
                rotates: true,
                refreshes: 0,
                reused: 0,
                revoked: Vec::new(),
                calls: 0,
                expired_shown: 0,
                faults: Vec::new(),
                revocation: true,
            })),
        };
        let router = Router::new()
            .route("/token", post(token))
            .route("/revoke", post(revoke))
            .route("/who", any(who))
            .route("/never", get(|| async { StatusCode::UNAUTHORIZED }))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// What a login gives.
    pub(super) fn login(&self) -> Tokens {
        let mut inner = self.lock();
        let tokens = inner.issue(self.clock.unix_seconds());
        serde_json::from_value(tokens).unwrap()
    }

    /// The person ends it at the provider.
    pub(super) fn end(&self) {
        self.lock().grant = None;
    }

    /// From now on answers of the token endpoint wait until [`release`](Self::release).
    pub(super) fn hold(&self) {
        self.answers.forget_permits(FOREVER);
    }

    pub(super) fn release(&self) {
        self.answers.add_permits(FOREVER);
    }

    /// Waits until `/who` has been asked `count` times.
    pub(super) async fn called(&self, count: usize) {
        while self.lock().calls < count {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until the token endpoint has been asked `count` times.
    pub(super) async fn refreshed(&self, count: usize) {
        while self.lock().refreshes < count {
            tokio::task::yield_now().await;
        }
    }

    pub(super) fn metadata(&self) -> ProviderMetadata {
        let url = &self.url;
        let mut metadata = json!({
            "issuer": url, "authorization_endpoint": url, "token_endpoint": format!("{url}/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        });
        if self.lock().revocation {
            metadata["revocation_endpoint"] = json!(format!("{url}/revoke"));
        }
        serde_json::from_value(metadata).unwrap()
    }
}

impl Inner {
    fn issue(&mut self, now: u64) -> Value {
        self.issued += 1;
        let number = self.issued;
        let refresh = if self.rotates { number } else { 1 };
        self.grant = Some(number);
        self.ends = now + 2 * LIFETIME;
        json!({
            "access_token": format!("access-{number}"), "refresh_token": format!("refresh-{refresh}"),
            "token_type": "Bearer", "expires_in": LIFETIME,
        })
    }
}

fn error(status: u16, error: &str) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(json!({ "error": error }))).into_response()
}

async fn token(State(provider): State<Provider>, Form(form): Form<HashMap<String, String>>) -> Response {
    let answer = redeem(&provider, &form);
    let _ = provider
        .answers
        .acquire()
        .await
        .map(tokio::sync::SemaphorePermit::forget);
    answer
}

fn redeem(provider: &Provider, form: &HashMap<String, String>) -> Response {
    let mut inner = provider.lock();
    inner.refreshes += 1;
    if !inner.faults.is_empty() {
        let status = inner.faults.remove(0);
        return error(status, "unsupported_grant_type");
    }
    if !inner.clients.contains(&form["client_id"]) {
        return error(400, "invalid_client");
    }
    let current = if inner.rotates {
        inner.grant
    } else {
        inner.grant.map(|_| 1)
    };
    let shown = form["refresh_token"].strip_prefix("refresh-").unwrap().parse().unwrap();
    if current.is_some_and(|current| shown < current) {
        inner.reused += 1;
    }
    if current != Some(shown) || inner.owner != form["client_id"] {
        return error(400, "invalid_grant");
    }
    let now = provider.clock.unix_seconds();
    Json(inner.issue(now)).into_response()
}

async fn revoke(State(provider): State<Provider>, Form(form): Form<HashMap<String, String>>) -> Response {
    let mut inner = provider.lock();
    if !inner.faults.is_empty() {
        let status = inner.faults.remove(0);
        return error(status, "server_error");
    }
    inner.revoked.push(form["token"].clone());
    inner.grant = None;
    StatusCode::OK.into_response()
}

/// Says which access token it was shown, if that is good.
async fn who(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    provider.lock().calls += 1;
    let _door = provider.doors.acquire().await;
    let mut inner = provider.lock();
    let shown = headers["authorization"]
        .to_str()
        .unwrap()
        .strip_prefix("Bearer ")
        .unwrap();
    if inner.grant.is_none_or(|number| shown != format!("access-{number}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if provider.clock.unix_seconds() >= inner.ends {
        inner.expired_shown += 1;
        inner.grant = None;
        return StatusCode::UNAUTHORIZED.into_response();
    }
    shown.to_owned().into_response()
}
