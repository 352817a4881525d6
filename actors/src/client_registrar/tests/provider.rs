//! An identity provider that registers clients as Nextcloud's `oidc` app does, or as older and other ones do.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::oidc::ProviderMetadata;

/// What `client_secret_expires_at` says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Life {
    Seconds(u64),
    Never,
    Unsaid,
}

#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) secret: String,
    pub(super) token: String,
    pub(super) redirect_uris: Value,
    issued_at: u64,
}

/// An answer to give in place of the right one.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    Answer(u16, &'static str, Option<&'static str>),
    /// A refusal with an explanation.
    Refusal(u16, &'static str, &'static str),
    /// Do it, but never answer.
    Silence,
    /// Do it, and answer when told to.
    Held(Arc<Notify>),
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) clients: BTreeMap<String, Client>,
    /// `POST`, `GET`, `PUT`, `DELETE`, in order.
    pub(super) requests: Vec<&'static str>,
    pub(super) bodies: Vec<Value>,
    /// For the next requests, of the method if one is named.
    pub(super) faults: VecDeque<(Option<&'static str>, Fault)>,
    pub(super) life: Life,
    /// Whether registration access tokens are given.
    pub(super) managed: bool,
    pub(super) now: u64,
    next: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Provider {
    inner: Arc<Mutex<Inner>>,
    pub(super) url: String,
}

impl Provider {
    pub(super) async fn start(now: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            inner: Arc::new(Mutex::new(Inner {
                clients: BTreeMap::new(),
                requests: Vec::new(),
                bodies: Vec::new(),
                faults: VecDeque::new(),
                life: Life::Seconds(3600),
                managed: true,
                now,
                next: 1,
            })),
        };
        let app = Router::new()
            .route("/register", post(register))
            .route("/register/{id}", get(read).put(update).delete(remove))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        provider
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    pub(super) fn count(&self, method: &str) -> usize {
        self.lock().requests.iter().filter(|seen| **seen == method).count()
    }

    pub(super) fn fail(&self, status: u16, error: &'static str) {
        self.fault(None, Fault::Answer(status, error, None));
    }

    pub(super) fn refuse(&self, status: u16, error: &'static str, description: &'static str) {
        self.fault(None, Fault::Refusal(status, error, description));
    }

    /// The same for the next request of one method.
    pub(super) fn fail_only(&self, method: &'static str, status: u16) {
        self.fault(Some(method), Fault::Answer(status, "", None));
    }

    pub(super) fn fault(&self, method: Option<&'static str>, fault: Fault) {
        self.lock().faults.push_back((method, fault));
    }

    pub(super) fn ids(&self) -> Vec<String> {
        self.lock().clients.keys().cloned().collect()
    }

    pub(super) fn metadata(&self) -> ProviderMetadata {
        serde_json::from_value(json!({
            "issuer": self.url,
            "authorization_endpoint": format!("{}/authorize", self.url),
            "token_endpoint": format!("{}/token", self.url),
            "registration_endpoint": format!("{}/register", self.url),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        }))
        .unwrap()
    }

    /// Takes note of a request. `Some` is what to answer in place of the right answer.
    fn seen(&self, method: &'static str, body: Option<&Value>) -> Option<Fault> {
        let mut inner = self.lock();
        inner.requests.push(method);
        inner.bodies.extend(body.cloned());
        let next = inner.faults.front()?;
        if next.0.is_some_and(|named| named != method) {
            return None;
        }
        inner.faults.pop_front().map(|(_, fault)| fault)
    }
}

fn refusal(status: u16, error: &str) -> Response {
    explained(status, error, "said the provider")
}

fn explained(status: u16, error: &str, description: &str) -> Response {
    let body = json!({"error": error, "error_description": description});
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

/// Answers, unless something else is to happen.
async fn or_fault(fault: Option<Fault>, answer: impl FnOnce() -> Response) -> Response {
    match fault {
        None => answer(),
        Some(Fault::Answer(status, error, retry_after)) => {
            let mut response = refusal(status, error);
            if let Some(retry_after) = retry_after {
                response
                    .headers_mut()
                    .insert("retry-after", retry_after.parse().unwrap());
            }
            response
        }
        Some(Fault::Refusal(status, error, description)) => explained(status, error, description),
        Some(Fault::Silence) => {
            answer();
            std::future::pending().await
        }
        Some(Fault::Held(go_on)) => {
            let answer = answer();
            go_on.notified().await;
            answer
        }
    }
}

fn describe(inner: &Inner, url: &str, id: &str, with_token: bool) -> Value {
    let client = &inner.clients[id];
    let mut answer = json!({
        "client_id": id, "client_secret": client.secret, "redirect_uris": client.redirect_uris,
        "token_endpoint_auth_method": "client_secret_post", "client_id_issued_at": client.issued_at, "scope": "",
    });
    match inner.life {
        Life::Seconds(seconds) => answer["client_secret_expires_at"] = json!(client.issued_at + seconds),
        Life::Never => answer["client_secret_expires_at"] = json!(0),
        Life::Unsaid => {}
    }
    if inner.managed {
        answer["registration_client_uri"] = json!(format!("{url}/register/{id}"));
        if with_token {
            answer["registration_access_token"] = json!(client.token);
        }
    }
    answer
}

async fn register(State(provider): State<Provider>, Json(body): Json<Value>) -> Response {
    let fault = provider.seen("POST", Some(&body));
    or_fault(fault, || {
        let mut inner = provider.lock();
        let number = inner.next;
        inner.next += 1;
        let id = format!("client-{number}");
        let client = Client {
            secret: format!("secret-{number}"),
            token: format!("token-{number}"),
            redirect_uris: body["redirect_uris"].clone(),
            issued_at: inner.now,
        };
        inner.clients.insert(id.clone(), client);
        (StatusCode::CREATED, Json(describe(&inner, &provider.url, &id, true))).into_response()
    })
    .await
}

/// Whether the registration access token is the one of this client.
fn admitted(inner: &Inner, id: &str, headers: &HeaderMap) -> bool {
    inner.clients.get(id).is_some_and(|client| {
        let expected = format!("Bearer {}", client.token);
        headers.get("authorization").is_some_and(|sent| sent == &expected)
    })
}

async fn read(State(provider): State<Provider>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let fault = provider.seen("GET", None);
    or_fault(fault, || {
        let inner = provider.lock();
        if !admitted(&inner, &id, &headers) {
            return refusal(401, "invalid_token");
        }
        Json(describe(&inner, &provider.url, &id, false)).into_response()
    })
    .await
}

async fn update(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let fault = provider.seen("PUT", Some(&body));
    or_fault(fault, || {
        let mut inner = provider.lock();
        if !admitted(&inner, &id, &headers) {
            return refusal(401, "invalid_token");
        }
        if let Some(client) = inner.clients.get_mut(&id) {
            client.token.push('+');
            client.redirect_uris = body["redirect_uris"].clone();
        }
        Json(describe(&inner, &provider.url, &id, true)).into_response()
    })
    .await
}

async fn remove(State(provider): State<Provider>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let fault = provider.seen("DELETE", None);
    or_fault(fault, || {
        let mut inner = provider.lock();
        if !admitted(&inner, &id, &headers) {
            return refusal(401, "invalid_token");
        }
        inner.clients.remove(&id);
        StatusCode::NO_CONTENT.into_response()
    })
    .await
}
