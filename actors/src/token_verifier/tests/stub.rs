//! A provider on a local port that counts what it is asked, and answers what the test says.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Form, State};
use axum::http::header::{AUTHORIZATION, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::keys::SigningKey;
use super::{CLIENT_ID, CLIENT_SECRET};

const FOREVER: usize = 1 << 20;

pub(super) struct Stub {
    base: String,
    pub(super) provider: Arc<Provider>,
}

pub(super) struct Provider {
    base: String,
    pub(super) discoveries: AtomicUsize,
    pub(super) key_fetches: AtomicUsize,
    pub(super) introspections: AtomicUsize,
    pub(super) userinfos: AtomicUsize,
    /// The path of the metadata document.
    pub(super) document: Mutex<&'static str>,
    /// Metadata to change; null takes a field away.
    pub(super) metadata: Mutex<Value>,
    pub(super) keys: Mutex<(StatusCode, String)>,
    /// What introspection answers; a token that is not here is inactive.
    pub(super) tokens: Mutex<HashMap<String, Value>>,
    pub(super) introspection_status: Mutex<StatusCode>,
    pub(super) takes_basic: AtomicBool,
    pub(super) takes_post: AtomicBool,
    /// Answers about keys and tokens wait for one of these.
    pub(super) answers: Semaphore,
}

impl Stub {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let provider = Arc::new(Provider {
            base: base.clone(),
            discoveries: AtomicUsize::new(0),
            key_fetches: AtomicUsize::new(0),
            introspections: AtomicUsize::new(0),
            userinfos: AtomicUsize::new(0),
            document: Mutex::new("/.well-known/openid-configuration"),
            metadata: Mutex::new(json!({})),
            keys: Mutex::new((StatusCode::OK, json!({"keys": []}).to_string())),
            tokens: Mutex::new(HashMap::new()),
            introspection_status: Mutex::new(StatusCode::OK),
            takes_basic: AtomicBool::new(true),
            takes_post: AtomicBool::new(true),
            answers: Semaphore::new(FOREVER),
        });
        let router = Router::new()
            .route("/apps/oidc/jwks", get(jwks))
            .route("/apps/oidc/introspect", post(introspect))
            .route("/elsewhere/introspect", post(introspect))
            .route("/apps/oidc/userinfo", get(userinfo))
            .route(
                "/circle/{*rest}",
                get(|| async { (StatusCode::FOUND, [(LOCATION, "round")]) }),
            )
            .fallback(document)
            .with_state(Arc::clone(&provider));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, provider }
    }

    pub(super) fn issuer(&self) -> String {
        self.base.clone()
    }

    pub(super) fn publish(&self, keys: &[&SigningKey]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        self.publish_text(StatusCode::OK, json!({ "keys": keys }).to_string());
    }

    pub(super) fn publish_text(&self, status: StatusCode, text: String) {
        *self.provider.keys.lock().unwrap() = (status, text);
    }

    pub(super) fn change_metadata(&self, changes: Value) {
        *self.provider.metadata.lock().unwrap() = changes;
    }

    /// Introspection knows `token`.
    pub(super) fn know(&self, token: &str, answer: Value) {
        self.provider.tokens.lock().unwrap().insert(token.to_owned(), answer);
    }

    pub(super) fn forget(&self, token: &str) {
        self.provider.tokens.lock().unwrap().remove(token);
    }

    /// From now on answers wait until [`release`](Self::release).
    pub(super) fn hold(&self) {
        self.provider.answers.forget_permits(FOREVER);
    }

    pub(super) fn release(&self) {
        self.provider.answers.add_permits(FOREVER);
    }

    pub(super) fn introspections(&self) -> usize {
        self.provider.introspections.load(Ordering::SeqCst)
    }

    pub(super) fn key_fetches(&self) -> usize {
        self.provider.key_fetches.load(Ordering::SeqCst)
    }
}

async fn document(State(provider): State<Arc<Provider>>, uri: axum::http::Uri) -> Response {
    let path = *provider.document.lock().unwrap();
    if path == "/index.php/.well-known/openid-configuration" && uri.path() == "/.well-known/openid-configuration" {
        // As nginx does with Nextcloud's documented rules.
        return (
            StatusCode::MOVED_PERMANENTLY,
            [(LOCATION, format!("{}{path}", provider.base))],
        )
            .into_response();
    }
    if uri.path() != path {
        return (StatusCode::NOT_FOUND, "<html>not here</html>").into_response();
    }
    provider.discoveries.fetch_add(1, Ordering::SeqCst);
    let base = &provider.base;
    let mut metadata = json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/apps/oidc/authorize"),
        "token_endpoint": format!("{base}/apps/oidc/token"),
        "userinfo_endpoint": format!("{base}/apps/oidc/userinfo"),
        "jwks_uri": format!("{base}/apps/oidc/jwks"),
        "introspection_endpoint": format!("{base}/apps/oidc/introspect"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["S256", "plain"],
    });
    for (name, value) in provider.metadata.lock().unwrap().as_object().unwrap() {
        metadata[name] = value.clone();
    }
    axum::Json(metadata).into_response()
}

async fn jwks(State(provider): State<Arc<Provider>>) -> Response {
    provider.key_fetches.fetch_add(1, Ordering::SeqCst);
    provider.answers.acquire().await.unwrap().forget();
    let (status, text) = provider.keys.lock().unwrap().clone();
    (status, text).into_response()
}

async fn introspect(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    provider.introspections.fetch_add(1, Ordering::SeqCst);
    provider.answers.acquire().await.unwrap().forget();
    // base64("our-client:our-secret")
    let basic = headers
        .get(AUTHORIZATION)
        .is_some_and(|value| value == "Basic b3VyLWNsaWVudDpvdXItc2VjcmV0");
    let field = |name: &str| form.get(name).map(String::as_str);
    let post = field("client_id") == Some(CLIENT_ID) && field("client_secret") == Some(CLIENT_SECRET);
    let known =
        basic && provider.takes_basic.load(Ordering::SeqCst) || post && provider.takes_post.load(Ordering::SeqCst);
    if !known {
        let error = json!({"error": "invalid_client", "error_description": "Client authentication failed."});
        return (StatusCode::UNAUTHORIZED, axum::Json(error)).into_response();
    }
    let status = *provider.introspection_status.lock().unwrap();
    let token = field("token").unwrap_or_default();
    let answer = provider.tokens.lock().unwrap().get(token).cloned();
    (status, axum::Json(answer.unwrap_or_else(|| json!({"active": false})))).into_response()
}

async fn userinfo(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    provider.userinfos.fetch_add(1, Ordering::SeqCst);
    if headers.get(AUTHORIZATION).is_some_and(|value| value == "Bearer known") {
        axum::Json(json!({"sub": "alice", "scope": "openid notes:read"})).into_response()
    } else {
        let error = json!({"error": "invalid_request", "error_description": "Could not find provided bearer token."});
        (StatusCode::BAD_REQUEST, axum::Json(error)).into_response()
    }
}
