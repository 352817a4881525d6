//! Which client is used at the start.

use secrecy::{ExposeSecret, SecretString};

use super::bench::{Behind, Bench, START, bounded, next_client, start};
use crate::client_registrar::{ClientSource, RegistrarError, StaticClient};
use crate::oidc::registration::{TokenEndpointAuthMethod, TokenFormat};

#[tokio::test]
async fn without_a_client_one_is_registered_with_everything_asked_for() {
    let bench = Bench::new().await;
    let (_registrar, client) = bench.start_with_client().await;
    assert_eq!(client.client_id, "client-1");
    assert_eq!(client.source, ClientSource::Registered);
    assert_eq!(client.authentication, Some(TokenEndpointAuthMethod::Post));
    assert_eq!(client.client_secret.as_ref().unwrap().expose_secret(), "secret-1");
    assert_eq!(client.expires_at(), Some(START + 3600));
    let body = bench.provider.lock().bodies[0].clone();
    let expected = serde_json::json!({
        "client_name": "Nextcloud MCP Server", "redirect_uris": ["https://mcp.example/oauth/callback"],
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_post", "scope": "openid notes:read notes:write",
        "token_type": "jwt", "resource_url": "https://mcp.example/mcp"
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_client_is_stored_before_it_is_used() {
    let bench = Bench::new().await;
    // The second save, with the new client in it, never ends.
    bench.store.limit(1, Behind::Dead);
    let mut begun = bench.store.begun.subscribe();
    let registrar = bench.start().await;
    bounded(begun.wait_for(|begun| *begun == 2)).await.unwrap();
    assert_eq!(bench.provider.ids(), ["client-1"]);
    assert!(registrar.current().is_none(), "not used before it is durable");
    assert_eq!(bench.row().registering_since, Some(START));
}

#[tokio::test]
async fn the_stored_client_is_used_after_a_restart() {
    let bench = Bench::new().await;
    let (_, first) = bench.start_with_client().await;
    let (_, second) = bench.start_with_client().await;
    assert_eq!(first.client_id, second.client_id);
    assert_eq!(bench.provider.lock().requests, ["POST"]);
}

#[tokio::test]
async fn a_stored_client_that_has_expired_is_not_used() {
    let bench = Bench::new().await;
    bench.start_with_client().await;
    bench.advance(3601);
    let (_registrar, client) = bench.start_with_client().await;
    assert_eq!(client.client_id, "client-2");
}

#[tokio::test]
async fn a_configured_client_is_never_touched() {
    let bench = Bench::new().await;
    let registrar = bench.handle(Some(StaticClient {
        client_id: "configured".to_owned(),
        client_secret: Some(SecretString::from("hidden")),
    }));
    // There at once, without a provider and without an actor.
    let client = registrar.current().unwrap();
    assert_eq!(
        (client.client_id.as_str(), client.source),
        ("configured", ClientSource::Static)
    );
    start(&registrar).await;
    assert!(matches!(
        registrar.replace("configured").await,
        Err(RegistrarError::StaticClientRefused)
    ));
    assert!(matches!(
        registrar.register_now().await,
        Err(RegistrarError::StaticClientKept)
    ));
    let error = registrar.unregister().await.unwrap_err();
    assert!(error.to_string().contains("NEXTCLOUD_OIDC_CLIENT_ID"), "{error}");
    assert_eq!(
        registrar.describe().await.unwrap().client.unwrap().client_id,
        "configured"
    );
    assert!(bench.provider.lock().requests.is_empty());
    assert!(bench.row().current.is_none());
}

#[tokio::test]
async fn another_redirect_uri_updates_the_client_and_stores_its_new_token() {
    let mut bench = Bench::new().await;
    bench.start_with_client().await;
    bench.template.redirect_uri = "https://other.example/oauth/callback".to_owned();
    let (_registrar, client) = bench.start_with_client().await;
    assert_eq!(client.client_id, "client-1");
    assert_eq!(bench.provider.lock().requests, ["POST", "PUT"]);
    let body = bench.provider.lock().bodies[1].clone();
    assert_eq!(
        (&body["client_id"], &body["client_secret"]),
        (&"client-1".into(), &"secret-1".into())
    );
    let token = |row: crate::client_registrar::Row| {
        let registration = row.current.unwrap().registration.unwrap();
        registration.access_token.expose_secret().to_owned()
    };
    assert_eq!(token(bench.row()), "token-1+");
    // The new token is good for the next update.
    bench.template.scope = "openid".to_owned();
    bench.start_with_client().await;
    assert_eq!(token(bench.row()), "token-1++");
    assert_eq!(bench.provider.ids(), ["client-1"]);
}

#[tokio::test]
async fn a_client_that_cannot_be_updated_is_replaced_and_deleted() {
    let mut bench = Bench::new().await;
    bench.start_with_client().await;
    bench.template.redirect_uri = "https://other.example/oauth/callback".to_owned();
    bench.provider.fail(400, "invalid_redirect_uri");
    let (_registrar, client) = bench.start_with_client().await;
    assert_eq!(client.client_id, "client-2");
    bench.swept().await;
    assert_eq!(bench.provider.ids(), ["client-2"]);
    assert_eq!(bench.provider.lock().requests, ["POST", "PUT", "POST", "DELETE"]);
}

#[tokio::test]
async fn another_token_format_takes_another_client() {
    let mut bench = Bench::new().await;
    bench.start_with_client().await;
    bench.template.token_format = TokenFormat::Opaque;
    let (_registrar, client) = bench.start_with_client().await;
    assert_eq!(client.client_id, "client-2");
    bench.swept().await;
    assert_eq!(bench.provider.ids(), ["client-2"]);
}

#[tokio::test]
async fn a_client_without_registration_token_is_replaced_where_it_would_be_updated() {
    let mut bench = Bench::new().await;
    bench.provider.lock().managed = false;
    bench.start_with_client().await;
    bench.template.redirect_uri = "https://other.example/oauth/callback".to_owned();
    let (_registrar, client) = bench.start_with_client().await;
    assert_eq!(client.client_id, "client-2");
    assert!(bench.row().doomed.is_empty());
    assert_eq!(bench.provider.lock().requests, ["POST", "POST"]);
}

#[tokio::test]
async fn the_provider_may_come_up_later_and_may_become_another_one() {
    let bench = Bench::new().await;
    bench.metadata.send_replace(None);
    let registrar = bench.start().await;
    assert!(matches!(
        registrar.replace("any").await,
        Err(RegistrarError::ProviderUnknown)
    ));
    assert!(registrar.describe().await.unwrap().issuer.is_none());
    bench
        .metadata
        .send_replace(Some(std::sync::Arc::new(bench.provider.metadata())));
    let first = next_client(&registrar, "").await;

    let other = super::provider::Provider::start(START).await;
    other
        .lock()
        .clients
        .insert("client-0".to_owned(), bench.provider.lock().clients["client-1"].clone());
    other.lock().life = super::provider::Life::Never;
    bench.metadata.send_replace(Some(std::sync::Arc::new(other.metadata())));
    let mut published = registrar.subscribe();
    bounded(published.wait_for(|client| client.as_ref().is_some_and(|client| client.expires_at().is_none())))
        .await
        .unwrap();
    assert_eq!(other.count("POST"), 1);
    // The one before stays known for when its provider comes back.
    assert_eq!(bench.row().current.unwrap().client_id, first.client_id);
    assert!(bench.store.row(&other.url).current.is_some());
}

#[tokio::test]
async fn nothing_shown_for_debugging_holds_a_secret() {
    let bench = Bench::new().await;
    let (registrar, client) = bench.start_with_client().await;
    let description = registrar.describe().await.unwrap();
    let shown = format!("{client:?} {registrar:?} {description:?} {:?}", bench.row());
    assert!(shown.contains("client-1"));
    assert!(!shown.contains("secret-1") && !shown.contains("token-1"), "{shown}");
}
