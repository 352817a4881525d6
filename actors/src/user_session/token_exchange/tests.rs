//! Tokens exchanged at a small provider, and shown to a Nextcloud that repeats them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Form, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::future::join_all;
use secrecy::SecretString;
use serde_json::json;
use tokio::sync::watch;
use url::Url;

use super::{ExchangeDesk, ExchangeDeskOptions, ExchangeProblem};
use crate::clock::ManualClock;
use crate::http::{ClientOptions, client};
use crate::nextcloud::{NextcloudOptions, NextcloudServer};
use crate::oidc::{ClientCredentials, ProviderMetadata, TOKEN_EXCHANGE};
use crate::principal::Subject;
use crate::supervisor::tests::parent::parent;
use crate::user_session::{BackDoor, Door, SessionError, SessionOptions, UserSession};

#[derive(Clone, Default)]
struct Provider {
    exchanges: Arc<AtomicUsize>,
    /// The status and error code of the next answer.
    fault: Arc<Mutex<Option<(u16, &'static str)>>>,
}

async fn exchange(State(provider): State<Provider>, Form(form): Form<HashMap<String, String>>) -> Response {
    let number = provider.exchanges.fetch_add(1, Ordering::SeqCst) + 1;
    if let Some((status, error)) = provider.fault.lock().unwrap().take() {
        return (StatusCode::from_u16(status).unwrap(), Json(json!({ "error": error }))).into_response();
    }
    assert_eq!(form["grant_type"], TOKEN_EXCHANGE);
    assert_eq!(form["audience"], "nextcloud");
    let access_token = format!("{}-exchanged-{number}", form["subject_token"]);
    Json(json!({"access_token": access_token, "token_type": "Bearer", "expires_in": 300})).into_response()
}

struct Bench {
    provider: Provider,
    clock: Arc<ManualClock>,
    session: UserSession,
}

impl Bench {
    async fn new(grants: &[&str]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let provider = Provider::default();
        let echo = |request: Request| async move { request.headers()["authorization"].to_str().unwrap().to_owned() };
        let router = Router::new()
            .route("/token", post(exchange))
            .fallback(echo)
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let metadata: ProviderMetadata = serde_json::from_value(json!({
            "issuer": url, "authorization_endpoint": url, "token_endpoint": format!("{url}/token"),
            "grant_types_supported": grants,
        }))
        .unwrap();
        let clock = ManualClock::at(1_795_221_159);
        let desk = ExchangeDesk::new(ExchangeDeskOptions {
            http: client(&ClientOptions::default()).unwrap(),
            clock: Arc::<ManualClock>::clone(&clock),
            provider: watch::Sender::new(Some(Arc::new(metadata))).subscribe(),
            clients: Arc::new(ClientCredentials {
                client_id: "us".into(),
                client_secret: Some("secret".into()),
            }),
            audience: Some("nextcloud".to_owned()),
        });
        let url = Url::parse(&url).unwrap();
        let server = NextcloudServer::new(&NextcloudOptions::new(url)).unwrap();
        let options = SessionOptions::new(server, BackDoor::TokenExchange(desk));
        let alice = Subject::new("https://cloud", "alice");
        Self {
            provider,
            clock,
            session: UserSession::open(&options, &alice, parent().await),
        }
    }

    async fn shown(&self, token: &str) -> Result<String, SessionError> {
        let client = self.session.client(Some(&SecretString::from(token))).await?;
        Ok(client.get("/who").send().await.unwrap().text().await.unwrap())
    }

    fn exchanges(&self) -> usize {
        self.provider.exchanges.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn the_exchanged_token_is_shown_and_never_the_callers() {
    let bench = Bench::new(&["authorization_code", TOKEN_EXCHANGE]).await;
    assert_eq!(bench.shown("one").await.unwrap(), "Bearer one-exchanged-1");
    assert_eq!(bench.shown("two").await.unwrap(), "Bearer two-exchanged-2");
    assert_eq!(bench.shown("one").await.unwrap(), "Bearer one-exchanged-1");
    bench.clock.advance(Duration::from_secs(270));
    assert_eq!(bench.shown("one").await.unwrap(), "Bearer one-exchanged-3");
    assert_eq!(
        bench.session.client(None).await.unwrap_err(),
        SessionError::BearerMissing
    );
}

#[tokio::test]
async fn sixty_four_requests_with_a_new_token_make_one_exchange() {
    let bench = Bench::new(&[TOKEN_EXCHANGE]).await;
    for shown in join_all((0..64).map(|_| bench.shown("one"))).await {
        assert_eq!(shown.unwrap(), "Bearer one-exchanged-1");
    }
    assert_eq!(bench.exchanges(), 1);
}

#[tokio::test]
async fn the_tokens_kept_are_bounded() {
    let bench = Bench::new(&[TOKEN_EXCHANGE]).await;
    for number in 0..20 {
        bench.shown(&number.to_string()).await.unwrap();
    }
    let Door::TokenExchange(door) = &bench.session.0.door else {
        panic!("the door exchanges tokens")
    };
    assert_eq!(door.published.load().len(), 8);
}

#[tokio::test]
async fn refusals_are_told_and_not_remembered() {
    let bench = Bench::new(&[TOKEN_EXCHANGE]).await;
    for (status, error, problem) in [
        (400, "invalid_grant", ExchangeProblem::Refused),
        (400, "invalid_target", ExchangeProblem::Refused),
        (401, "invalid_client", ExchangeProblem::ClientRefused),
        (503, "", ExchangeProblem::Unreachable),
    ] {
        *bench.provider.fault.lock().unwrap() = Some((status, error));
        assert_eq!(bench.shown("one").await.unwrap_err(), problem.into());
    }
    assert!(bench.shown("one").await.is_ok());
}

#[tokio::test]
async fn a_provider_that_does_not_offer_it_is_not_asked() {
    let bench = Bench::new(&["authorization_code", "refresh_token"]).await;
    assert_eq!(
        bench.shown("one").await.unwrap_err(),
        ExchangeProblem::NotOffered.into()
    );
    assert_eq!(bench.exchanges(), 0);
}
