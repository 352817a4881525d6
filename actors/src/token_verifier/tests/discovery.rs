//! Finding the provider.

use std::sync::atomic::Ordering;

use serde_json::json;
use url::Url;

use super::keys::SigningKey;
use super::stub::Stub;
use super::{Bench, TokenVerifier};
use crate::token_verifier::ProviderStatus;

#[tokio::test]
async fn the_document_is_found_in_every_place() {
    for (location, document) in [
        ("", "/.well-known/openid-configuration"),
        // The 301 of Nextcloud's nginx rules.
        ("", "/index.php/.well-known/openid-configuration"),
        ("", "/.well-known/oauth-authorization-server"),
        ("", "/index.php/apps/oidc/openid-configuration"),
        ("/realms/x", "/realms/x/.well-known/openid-configuration"),
        ("/realms/x", "/.well-known/oauth-authorization-server/realms/x"),
        ("/realms/x", "/.well-known/openid-configuration/realms/x"),
        (
            "/odd/document.json/.well-known/openid-configuration",
            "/odd/document.json/.well-known/openid-configuration",
        ),
    ] {
        let stub = Stub::start().await;
        *stub.provider.document.lock().unwrap() = document;
        let location = Url::parse(&format!("{}{location}", stub.issuer())).unwrap();
        let bench = Bench::new(stub, |options| options.provider.location = location).await;
        assert_eq!(*bench.verifier.status().borrow(), ProviderStatus::Ready, "{document}");
    }
}

#[tokio::test]
async fn a_provider_that_comes_up_late_is_found_and_until_then_the_reason_is_told() {
    let stub = Stub::start().await;
    *stub.provider.document.lock().unwrap() = "/nowhere";
    let bench = Bench::unready(stub, |options| options.provider.max_attempts = 2).await;
    assert_eq!(bench.reason("token").await, "not_ready");

    // It does not give up after the attempts it was allowed.
    let mut status = bench.verifier.status();
    let tried = |status: &ProviderStatus| matches!(status, ProviderStatus::Unknown { attempts: 4.., .. });
    let unknown = status.wait_for(tried).await.unwrap().clone();
    let ProviderStatus::Unknown { problem, .. } = unknown else {
        panic!("not found yet")
    };
    assert!(
        problem.contains("/.well-known/openid-configuration answered 404"),
        "{problem}"
    );

    *bench.stub.provider.document.lock().unwrap() = "/.well-known/openid-configuration";
    status
        .wait_for(|status| *status == ProviderStatus::Ready)
        .await
        .unwrap();
    assert_eq!(bench.reason("token").await, "inactive");
}

async fn problem(verifier: &TokenVerifier) -> String {
    let mut status = verifier.status();
    let tried = |status: &ProviderStatus| matches!(status, ProviderStatus::Unknown { attempts: 1.., .. });
    match status.wait_for(tried).await.unwrap().clone() {
        ProviderStatus::Unknown { problem, .. } => problem,
        ProviderStatus::Ready => panic!("found"),
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_provider_is_said() {
    let stub = Stub::start().await;
    stub.change_metadata(json!({"issuer": "https://evil.example"}));
    let expected = Some("https://id.example".to_owned());
    let bench = Bench::unready(stub, |options| options.provider.issuer = expected).await;
    let said = problem(&bench.verifier).await;
    assert!(
        said.contains("for the issuer https://evil.example, not https://id.example"),
        "{said}"
    );

    let stub = Stub::start().await;
    stub.change_metadata(json!({"token_endpoint": "javascript:alert(1)"}));
    let bench = Bench::unready(stub, |_| {}).await;
    let said = problem(&bench.verifier).await;
    assert!(said.contains("is not an http(s) URL"), "{said}");

    let stub = Stub::start().await;
    let circle = Url::parse(&format!("{}/circle/.well-known/openid-configuration", stub.issuer())).unwrap();
    let bench = Bench::unready(stub, |options| options.provider.location = circle).await;
    let said = problem(&bench.verifier).await;
    assert!(said.contains("redirects too often"), "{said}");

    let nobody = Url::parse("http://127.0.0.1:1").unwrap();
    let bench = Bench::unready(Stub::start().await, |options| options.provider.location = nobody).await;
    let said = problem(&bench.verifier).await;
    assert!(
        said.contains("http://127.0.0.1:1/") && said.contains("refused"),
        "{said}"
    );
}

#[tokio::test]
async fn metadata_and_keys_are_fetched_again_now_and_then() {
    let (old, new) = (SigningKey::ed("old"), SigningKey::ed("new"));
    let stub = Stub::start().await;
    stub.publish(&[&old]);
    let bench = Bench::new(stub, |options| {
        options.provider.refresh_interval = std::time::Duration::from_millis(1);
    })
    .await;
    bench.stub.publish(&[&new]);
    bench.stub.change_metadata(json!({"scopes_supported": ["openid"]}));
    let mut provider = bench.verifier.provider();
    let changed = |metadata: &Option<std::sync::Arc<crate::oidc::ProviderMetadata>>| {
        metadata
            .as_ref()
            .is_some_and(|metadata| metadata.scopes_supported == ["openid"])
    };
    provider.wait_for(changed).await.unwrap();
    assert!(bench.verify(&new.token(&bench.claims())).await.is_ok());

    // A failure to refresh takes nothing away.
    bench.stub.change_metadata(json!({"issuer": "not a URL"}));
    let asked = bench.stub.provider.discoveries.load(Ordering::SeqCst);
    while bench.stub.provider.discoveries.load(Ordering::SeqCst) < asked + 3 {
        tokio::task::yield_now().await;
    }
    assert!(
        bench
            .verify(&new.token(&bench.claims_with(&json!({"jti": "9"}))))
            .await
            .is_ok()
    );
    assert_eq!(*bench.verifier.status().borrow(), ProviderStatus::Ready);
}

#[tokio::test]
async fn tokens_of_the_public_and_of_the_internal_issuer_are_one_persons() {
    let key = SigningKey::ed("k");
    let stub = Stub::start().await;
    stub.publish(&[&key]);
    let public = Url::parse("https://cloud.example.org/").unwrap();
    let bench = Bench::new(stub, |options| options.provider.public_issuer = Some(public)).await;
    let metadata = bench.verifier.provider().borrow().clone().unwrap();
    assert_eq!(metadata.issuer, "https://cloud.example.org");
    assert_eq!(
        metadata.authorization_endpoint,
        "https://cloud.example.org/apps/oidc/authorize"
    );
    assert_eq!(
        metadata.token_endpoint,
        format!("{}/apps/oidc/token", bench.stub.issuer())
    );

    let internal = bench.verify(&key.token(&bench.claims())).await.unwrap();
    let public = bench.claims_with(&json!({"iss": "https://cloud.example.org"}));
    let public = bench.verify(&key.token(&public)).await.unwrap();
    assert_eq!(internal.subject, public.subject);
    assert_eq!(&*public.subject.issuer, "https://cloud.example.org");
}
