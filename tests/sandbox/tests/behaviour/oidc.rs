//! The `oidc` app from outside: registration, login, tokens, and what ends them.

use std::time::Duration;

use crate::common::{ALICE, CALLBACK, http, parameter, register, text, whoami};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nextcloud_sandbox::browser::{Browser, Consent};
use nextcloud_sandbox::{Sandbox, SandboxOptions, TokenType};
use reqwest::StatusCode;
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email offline_access";

async fn start() -> Sandbox {
    Sandbox::start(SandboxOptions::new()).await.unwrap()
}

fn claims(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn a_browser_login_ends_with_tokens_of_the_registered_type() {
    let sandbox = start().await;
    for (token_type, is_jwt) in [("opaque", false), ("jwt", true)] {
        let client = register(&sandbox, json!({ "token_type": token_type })).await;
        let tokens = client.log_in(&sandbox, SCOPE).await;
        let access_token = text(&tokens, "access_token");
        assert_eq!(access_token.contains('.'), is_jwt);
        assert_eq!(whoami(&sandbox, access_token).await.unwrap(), "alice");
        assert_eq!(
            (tokens["expires_in"].as_u64(), tokens["refresh_expires_in"].as_u64()),
            (Some(3600), Some(604_800))
        );
        let introspected = client.introspect(&sandbox, access_token).await;
        assert_eq!(
            (&introspected["active"], &introspected["aud"]),
            (&json!(true), &json!(client.id))
        );
        assert_eq!(claims(text(&tokens, "id_token"))["aud"], json!(client.id));
    }
}

#[tokio::test]
async fn an_id_token_is_no_bearer() {
    let sandbox = start().await;
    let client = register(&sandbox, json!({ "token_type": "jwt" })).await;
    let tokens = client.log_in(&sandbox, SCOPE).await;
    let refused = whoami(&sandbox, text(&tokens, "id_token")).await.unwrap_err();
    assert_eq!(refused.0, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.1["ocs"]["meta"]["message"], "Current user is not logged in");
}

#[tokio::test]
async fn refresh_rotates_and_kills_what_was_before() {
    let sandbox = start().await;
    let client = register(&sandbox, json!({})).await;
    let first = client.log_in(&sandbox, SCOPE).await;
    let (status, second) = client.refresh(&sandbox, text(&first, "refresh_token")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        claims(text(&first, "id_token"))["jti"],
        claims(text(&second, "id_token"))["jti"]
    );
    assert!(whoami(&sandbox, text(&first, "access_token")).await.is_err());
    assert_eq!(whoami(&sandbox, text(&second, "access_token")).await.unwrap(), "alice");
    let (status, refusal) = client.refresh(&sandbox, text(&first, "refresh_token")).await;
    assert_eq!(
        (status, text(&refusal, "error")),
        (StatusCode::BAD_REQUEST, "invalid_grant")
    );
}

#[tokio::test]
async fn a_rotated_jwt_still_passes_as_a_bearer_until_its_exp() {
    let sandbox = start().await;
    let client = register(&sandbox, json!({ "token_type": "jwt" })).await;
    let first = client.log_in(&sandbox, SCOPE).await;
    // Within one second, the new JWT would be the old one.
    sandbox.state().clock().advance(Duration::from_secs(1));
    client.refresh(&sandbox, text(&first, "refresh_token")).await;
    let stale = text(&first, "access_token");
    assert_eq!(client.introspect(&sandbox, stale).await, json!({ "active": false }));
    assert_eq!(whoami(&sandbox, stale).await.unwrap(), "alice");
    sandbox.state().clock().advance(Duration::from_secs(3601));
    assert!(whoami(&sandbox, stale).await.is_err());
}

#[tokio::test]
async fn tokens_live_twice_as_long_as_they_say_and_presenting_one_later_takes_the_refresh_token_too() {
    let sandbox = start().await;
    let client = register(&sandbox, json!({ "token_type": "jwt" })).await;
    let tokens = client.log_in(&sandbox, SCOPE).await;
    let access_token = text(&tokens, "access_token");
    sandbox.state().clock().advance(Duration::from_secs(7_190));
    assert_eq!(whoami(&sandbox, access_token).await.unwrap(), "alice");
    sandbox.state().clock().advance(Duration::from_mins(1));
    assert_eq!(
        client.introspect(&sandbox, access_token).await,
        json!({ "active": false })
    );
    assert_eq!(
        sandbox.state().oidc_admin().tokens().len(),
        1,
        "introspection leaves the row"
    );
    assert!(whoami(&sandbox, access_token).await.is_err());
    let (status, refusal) = client.refresh(&sandbox, text(&tokens, "refresh_token")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        text(&refusal, "error_description"),
        "Could not find access token for code or refresh_token."
    );
}

#[tokio::test]
async fn an_expired_token_that_nobody_presented_can_be_refreshed() {
    let sandbox = start().await;
    let client = register(&sandbox, json!({})).await;
    let tokens = client.log_in(&sandbox, SCOPE).await;
    sandbox.state().clock().advance(Duration::from_secs(8_000));
    assert_eq!(
        client.refresh(&sandbox, text(&tokens, "refresh_token")).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_wrong_verifier_burns_the_code_and_reuse_revokes_the_token() {
    let sandbox = start().await;
    let client = register(&sandbox, json!({})).await;
    let code = client.code(&sandbox, SCOPE).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code_verifier", "wrong"),
    ];
    let (_, refusal) = client.token(&sandbox, &fields).await;
    assert_eq!(text(&refusal, "error_description"), "Invalid code_verifier.");
    assert_eq!(client.exchange(&sandbox, &code).await.0, StatusCode::BAD_REQUEST);

    let code = client.code(&sandbox, SCOPE).await;
    let (_, tokens) = client.exchange(&sandbox, &code).await;
    let (_, refusal) = client.exchange(&sandbox, &code).await;
    assert_eq!(
        text(&refusal, "error_description"),
        "Authorization code has already been used."
    );
    assert!(whoami(&sandbox, text(&tokens, "access_token")).await.is_err());
}

#[tokio::test]
async fn consent_can_be_narrowed_denied_and_is_asked_for_once() {
    let sandbox = start().await;
    let client = register(&sandbox, json!({})).await;
    let url = client.authorization_url(&sandbox, "openid profile notes:read");
    let mut alice = Browser::new(ALICE.0, ALICE.1).unwrap().consent(Consent::Deny);
    let denied = alice.authorize(&url).await.unwrap();
    assert_eq!(parameter(&denied, "error").as_deref(), Some("access_denied"));

    let mut alice = alice.consent(Consent::GrantOnly("openid notes:read".to_owned()));
    let landed = alice.authorize(&url).await.unwrap();
    let (_, tokens) = client.exchange(&sandbox, &parameter(&landed, "code").unwrap()).await;
    let introspected = client.introspect(&sandbox, text(&tokens, "access_token")).await;
    assert_eq!(text(&introspected, "scope"), "openid notes:read");

    sandbox.state().requests().reset();
    alice.authorize(&url).await.unwrap();
    assert_eq!(sandbox.state().requests().count("/apps/oidc/consent"), 0);
}

#[tokio::test]
async fn the_wrong_password_is_told_apart() {
    let sandbox = start().await;
    let client = register(&sandbox, json!({})).await;
    let mut browser = Browser::new("alice", "wrong").unwrap();
    let error = browser
        .authorize(&client.authorization_url(&sandbox, SCOPE))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("refused the login of alice"), "{error}");
}

#[tokio::test]
async fn an_unknown_client_or_redirect_uri_gets_a_page_and_no_redirect() {
    let sandbox = start().await;
    let client = register(&sandbox, json!({})).await;
    let url = client.authorization_url(&sandbox, SCOPE);
    let mut alice = Browser::new(ALICE.0, ALICE.1).unwrap();
    for wrong in [url.replace(&client.id, "nosuch"), url.replace("9876", "1234")] {
        let error = alice.authorize(&wrong).await.unwrap_err();
        assert!(error.to_string().contains("Access forbidden"), "{error}");
    }
}

#[tokio::test]
async fn a_resource_is_the_audience_and_lets_its_client_introspect() {
    let sandbox = start().await;
    let server = register(&sandbox, json!({ "resource_url": "http://localhost:9000/mcp" })).await;
    let client = register(&sandbox, json!({ "token_type": "jwt" })).await;
    let url = format!(
        "{}&resource=http%3A%2F%2Flocalhost%3A9000%2Fmcp",
        client.authorization_url(&sandbox, SCOPE)
    );
    let landed = Browser::new(ALICE.0, ALICE.1).unwrap().authorize(&url).await.unwrap();
    let (_, tokens) = client.exchange(&sandbox, &parameter(&landed, "code").unwrap()).await;
    let access_token = text(&tokens, "access_token");
    assert_eq!(claims(access_token)["aud"], "http://localhost:9000/mcp");
    let introspected = server.introspect(&sandbox, access_token).await;
    assert_eq!(
        (&introspected["active"], &introspected["aud"]),
        (&json!(true), &json!(client.id))
    );
    let stranger = register(&sandbox, json!({})).await;
    assert_eq!(
        stranger.introspect(&sandbox, access_token).await,
        json!({ "active": false })
    );
}

#[tokio::test]
async fn registrations_are_managed_with_their_token_and_expire() {
    let sandbox = start().await;
    let client = register(&sandbox, json!({ "client_name": "first" })).await;
    let read = || {
        http()
            .get(&client.registration_uri)
            .bearer_auth(&client.registration_token)
            .send()
    };
    assert_eq!(
        read().await.unwrap().json::<Value>().await.unwrap()["client_name"],
        "first"
    );
    let update = http()
        .put(&client.registration_uri)
        .bearer_auth(&client.registration_token);
    let updated: Value = update
        .json(&json!({ "client_name": "second" }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_ne!(text(&updated, "registration_access_token"), client.registration_token);
    assert_eq!(read().await.unwrap().status(), StatusCode::OK);
    sandbox.state().clock().advance(Duration::from_secs(61));
    assert_eq!(read().await.unwrap().status(), StatusCode::UNAUTHORIZED);

    sandbox.state().clock().advance(Duration::from_hours(30 * 24));
    let (status, refusal) = client.refresh(&sandbox, "any").await;
    assert_eq!(
        (status, text(&refusal, "error")),
        (StatusCode::BAD_REQUEST, "invalid_client")
    );
}

#[tokio::test]
async fn a_deleted_client_takes_its_tokens_with_it() {
    let sandbox = start().await;
    let client = register(&sandbox, json!({})).await;
    let tokens = client.log_in(&sandbox, SCOPE).await;
    assert!(sandbox.state().oidc_admin().delete_client(&client.id));
    assert!(whoami(&sandbox, text(&tokens, "access_token")).await.is_err());
    let read = http()
        .get(&client.registration_uri)
        .bearer_auth(&client.registration_token)
        .send()
        .await
        .unwrap();
    let refusal: Value = read.json().await.unwrap();
    assert_eq!(
        text(&refusal, "error_description"),
        "Token does not correspond to a valid client."
    );
}

#[tokio::test]
async fn older_versions_can_be_imitated() {
    let options = SandboxOptions::new()
        .registration_access_tokens(false)
        .scope_limit(10)
        .consent(false);
    let sandbox = Sandbox::start(options).await.unwrap();
    let client = register(&sandbox, json!({ "scope": "openid profile email" })).await;
    assert!(client.registration_token.is_empty());
    let tokens = client.log_in(&sandbox, "openid").await;
    let introspected = client.introspect(&sandbox, text(&tokens, "access_token")).await;
    assert_eq!(text(&introspected, "scope"), "openid");
    assert_eq!(sandbox.state().requests().count("/apps/oidc/consent"), 0);
}

#[tokio::test]
async fn tokens_can_be_made_and_revoked_without_a_browser() {
    let sandbox = start().await;
    let admin = sandbox.state().oidc_admin();
    let client = admin.create_client("static", &[CALLBACK], TokenType::Jwt);
    let tokens = admin
        .issue("bob", &client.client_id, "openid offline_access", sandbox.url())
        .unwrap();
    assert_eq!(claims(&tokens.access_token)["iss"], sandbox.url());
    assert_eq!(whoami(&sandbox, &tokens.access_token).await.unwrap(), "bob");
    assert!(admin.revoke(&tokens.access_token));
    assert!(!admin.revoke(&tokens.access_token));
    admin.rotate_signing_key();
    assert!(
        whoami(&sandbox, &tokens.access_token).await.is_err(),
        "the JWT alone is not enough under a new key"
    );
    assert!(
        admin
            .issue("nobody", &client.client_id, "openid", sandbox.url())
            .is_none()
    );
}
