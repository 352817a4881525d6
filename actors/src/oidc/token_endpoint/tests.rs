//! Against an endpoint that repeats what it was sent, and answers what the test says.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{Grant, TokenError, Tokens, request_tokens, revoke_refresh_token};
use crate::http::{ClientOptions, client};
use crate::oidc::{ClientCredentials, ProviderMetadata};

#[derive(Clone)]
struct Endpoint {
    answer: Arc<Mutex<(u16, String)>>,
    /// `Authorization` and body of the last request.
    seen: Arc<Mutex<(String, String)>>,
    metadata: ProviderMetadata,
}

impl Endpoint {
    async fn start(methods: &[&str]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let endpoint = Self {
            answer: Arc::new(Mutex::new((200, json!({"access_token": "a"}).to_string()))),
            seen: Arc::default(),
            metadata: serde_json::from_value(json!({
                "issuer": base, "authorization_endpoint": base, "token_endpoint": format!("{base}/token"),
                "revocation_endpoint": format!("{base}/revoke"), "token_endpoint_auth_methods_supported": methods,
            }))
            .unwrap(),
        };
        let router = Router::new().fallback(answer).with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        endpoint
    }

    fn answers(&self, status: u16, body: &(impl ToString + ?Sized)) {
        *self.answer.lock().unwrap() = (status, body.to_string());
    }

    fn seen(&self) -> (String, String) {
        self.seen.lock().unwrap().clone()
    }

    async fn ask(&self, grant: Grant<'_>) -> Result<Tokens, TokenError> {
        request_tokens(
            &client(&ClientOptions::default()).unwrap(),
            &self.metadata,
            &ours(),
            grant,
        )
        .await
    }

    async fn refresh(&self) -> Result<Tokens, TokenError> {
        let refresh = Grant::Refresh {
            refresh_token: &"refresh".into(),
            resource: None,
        };
        self.ask(refresh).await
    }
}

async fn answer(State(endpoint): State<Endpoint>, headers: HeaderMap, body: String) -> (StatusCode, String) {
    let authorization = headers.get("authorization").map_or("", |value| value.to_str().unwrap());
    *endpoint.seen.lock().unwrap() = (authorization.to_owned(), body);
    let (status, body) = endpoint.answer.lock().unwrap().clone();
    (StatusCode::from_u16(status).unwrap(), body)
}

fn ours() -> ClientCredentials {
    ClientCredentials {
        client_id: "us".into(),
        client_secret: Some("s&cret".into()),
    }
}

#[tokio::test]
async fn the_client_authenticates_as_the_provider_wants() {
    let endpoint = Endpoint::start(&["client_secret_basic", "client_secret_post"]).await;
    endpoint.refresh().await.unwrap();
    assert_eq!(
        endpoint.seen(),
        (
            String::new(),
            "grant_type=refresh_token&refresh_token=refresh&client_id=us&client_secret=s%26cret".to_owned()
        )
    );
    for methods in [&["client_secret_basic"][..], &[]] {
        let endpoint = Endpoint::start(methods).await;
        endpoint.refresh().await.unwrap();
        // base64("us:s%26cret")
        assert_eq!(
            endpoint.seen(),
            (
                "Basic dXM6cyUyNmNyZXQ=".to_owned(),
                "grant_type=refresh_token&refresh_token=refresh".to_owned()
            )
        );
    }
}

#[tokio::test]
async fn a_code_goes_with_its_verifier_and_an_exchange_with_its_audience() {
    let endpoint = Endpoint::start(&["client_secret_post"]).await;
    let code = Grant::Code {
        code: "c",
        redirect_uri: "https://mcp.example/oauth/callback",
        verifier: &SecretString::from("v"),
        resource: Some("urn:nextcloud"),
    };
    endpoint.ask(code).await.unwrap();
    assert!(endpoint.seen().1.starts_with(
        "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fmcp.example%2Foauth%2Fcallback&code_verifier=v\
         &resource=urn%3Anextcloud&"
    ));
    let refresh = Grant::Refresh {
        refresh_token: &SecretString::from("r"),
        resource: Some("urn:nextcloud"),
    };
    endpoint.ask(refresh).await.unwrap();
    let (_, form) = endpoint.seen();
    assert!(
        form.starts_with("grant_type=refresh_token&refresh_token=r&resource=urn%3Anextcloud&"),
        "{form}"
    );
    let exchange = Grant::Exchange {
        subject_token: &SecretString::from("t"),
        audience: Some("nextcloud"),
    };
    endpoint.ask(exchange).await.unwrap();
    let (_, form) = endpoint.seen();
    assert!(form.starts_with("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=t&"));
    assert!(form.contains("&audience=nextcloud&"), "{form}");
}

#[tokio::test]
async fn answers_come_in_several_shapes() {
    let endpoint = Endpoint::start(&[]).await;
    endpoint.answers(
        200,
        &json!({"access_token": "a", "refresh_token": "r", "expires_in": "3600", "token_type": "bearer", "scope": "x"}),
    );
    let tokens = endpoint.refresh().await.unwrap();
    assert_eq!(tokens.expires_in, Some(3600));
    assert_eq!(tokens.refresh_token.as_ref().unwrap().expose_secret(), "r");
    let printed = format!("{tokens:?}");
    assert!(!printed.contains("\"a\"") && !printed.contains("\"r\""), "{printed}");

    endpoint.answers(
        200,
        &json!({"access_token": "a", "refresh_token": "", "expires_in": null}),
    );
    let tokens = endpoint.refresh().await.unwrap();
    assert!(tokens.refresh_token.is_none() && tokens.expires_in.is_none());

    for unusable in [
        json!({"access_token": ""}),
        json!({"access_token": "a", "token_type": "DPoP"}),
        json!({"access_token": "a".repeat(20_000)}),
        json!({"refresh_token": "r"}),
    ] {
        endpoint.answers(200, &unusable);
        assert!(matches!(endpoint.refresh().await, Err(TokenError::Unavailable(_))));
    }
}

#[tokio::test]
async fn refusals_are_told_from_failures() {
    let endpoint = Endpoint::start(&[]).await;
    let error = |code: &str| json!({"error": code, "error_description": "said\r\nso"}).to_string();
    for (status, body, expected) in [
        // Nextcloud answers 400 where RFC 6749 wants 401.
        (400, error("invalid_client"), "client"),
        (401, error("invalid_client"), "client"),
        (401, "<html>".to_owned(), "client"),
        (400, error("invalid_grant"), "grant"),
        (400, error("unsupported_grant_type"), "refused"),
        (403, error("access_denied"), "refused"),
        (400, "<html>".to_owned(), "unavailable"),
        (403, "<html>".to_owned(), "unavailable"),
        (429, error("invalid_grant"), "unavailable"),
        (503, error("invalid_grant"), "unavailable"),
        (400, error("temporarily_unavailable"), "unavailable"),
        (302, String::new(), "unavailable"),
    ] {
        endpoint.answers(status, &body);
        let error = endpoint.refresh().await.unwrap_err();
        let kind = match &error {
            TokenError::InvalidClient { .. } => "client",
            TokenError::InvalidGrant { .. } => "grant",
            TokenError::Refused { .. } => "refused",
            TokenError::Unavailable(_) => "unavailable",
        };
        assert_eq!(kind, expected, "{status} {body}");
        assert!(!error.to_string().contains(['\r', '\n']));
    }
}

#[tokio::test]
async fn revocation_is_asked_for_where_it_is_offered() {
    let mut endpoint = Endpoint::start(&["client_secret_post"]).await;
    let http = client(&ClientOptions::default()).unwrap();
    let token = SecretString::from("refresh");
    assert!(
        revoke_refresh_token(&http, &endpoint.metadata, &ours(), &token)
            .await
            .unwrap()
    );
    assert_eq!(
        endpoint.seen().1,
        "token=refresh&token_type_hint=refresh_token&client_id=us&client_secret=s%26cret"
    );
    endpoint.answers(503, "");
    assert!(
        revoke_refresh_token(&http, &endpoint.metadata, &ours(), &token)
            .await
            .is_err()
    );
    endpoint.metadata.revocation_endpoint = None;
    assert!(
        !revoke_refresh_token(&http, &endpoint.metadata, &ours(), &token)
            .await
            .unwrap()
    );
}
