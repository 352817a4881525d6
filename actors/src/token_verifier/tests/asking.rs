//! Opaque tokens: what is asked of the provider, how often, and what the answers mean.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all, ready};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::stub::Stub;
use super::{Bench, CLIENT_ID, CLIENT_SECRET, NOW, RESOURCE};
use crate::oidc::ClientCredentials;
use crate::token_verifier::{NoOtherClient, OwnClient, Rejection, TokenVerifier};

const TOKEN: &str = "XcW5yrwz3Ax2BFlHfuX2iuMThZlDigH8MsSOzyUzgUhxsjHlZrrrIOzIWlVajWt0gkEAxMv9";

/// Nextcloud's answer: the owner's client as `aud`, no `iss`, twice the lifetime.
fn nextcloud_answer() -> Value {
    json!({"active": true, "scope": "openid notes:read", "client_id": "inspector", "username": "alice",
        "token_type": "Bearer", "exp": NOW + 7200, "iat": NOW, "sub": "alice", "aud": "inspector"})
}

async fn bench() -> Bench {
    let stub = Stub::start().await;
    stub.know(TOKEN, nextcloud_answer());
    Bench::new(stub, |_| {}).await
}

/// A bench whose provider is not Nextcloud.
async fn elsewhere(answer: Value) -> Bench {
    let stub = Stub::start().await;
    let endpoint = format!("{}/elsewhere/introspect", stub.issuer());
    stub.change_metadata(json!({ "introspection_endpoint": endpoint }));
    stub.know(TOKEN, answer);
    Bench::new(stub, |_| {}).await
}

#[tokio::test]
async fn nextclouds_answer_makes_a_principal() {
    let bench = bench().await;
    let principal = bench.verify(TOKEN).await.unwrap();
    assert_eq!(&*principal.subject.issuer, bench.stub.issuer());
    assert_eq!(&*principal.subject.subject, "alice");
    assert_eq!(principal.client_id.as_deref(), Some("inspector"));
    assert_eq!(principal.expires_at, Some(NOW + 7200));
    assert_eq!(principal.scopes.as_ref().unwrap().to_string(), "notes:read openid");
}

#[tokio::test]
async fn two_hundred_requests_with_one_new_token_ask_once() {
    let bench = bench().await;
    bench.stub.hold();
    let everybody = join_all((0..200).map(|_| bench.verify(TOKEN)));
    let (verdicts, ()) = tokio::join!(everybody, async { bench.stub.release() });
    assert!(verdicts.iter().all(Result::is_ok));
    assert_eq!(bench.stub.introspections(), 1);
}

#[tokio::test]
async fn a_full_gate_turns_away_at_once() {
    let stub = Stub::start().await;
    let bench = Bench::new(stub, |options| options.waiting_limit = 2).await;
    bench.stub.hold();
    let everybody = join_all((0..3).map(|_| bench.verify(TOKEN)));
    let (verdicts, ()) = tokio::join!(everybody, async { bench.stub.release() });
    let reasons: Vec<_> = verdicts.into_iter().map(|verdict| verdict.unwrap_err()).collect();
    assert_eq!(
        reasons.iter().map(Rejection::reason).collect::<Vec<_>>(),
        ["inactive", "inactive", "busy"]
    );
    assert!(reasons[2].is_unavailable());
}

#[tokio::test]
async fn a_revocation_is_seen_within_a_minute_or_at_once_when_told() {
    let bench = bench().await;
    assert!(bench.verify(TOKEN).await.is_ok());
    bench.stub.forget(TOKEN);
    bench.clock.advance(Duration::from_secs(59));
    assert!(bench.verify(TOKEN).await.is_ok());
    assert_eq!(bench.stub.introspections(), 1);
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(bench.reason(TOKEN).await, "inactive");

    bench.stub.know(TOKEN, nextcloud_answer());
    bench.clock.advance(Duration::from_secs(10));
    assert!(bench.verify(TOKEN).await.is_ok());
    bench.stub.forget(TOKEN);
    bench.verifier.forget(&SecretString::from(TOKEN));
    assert_eq!(bench.reason(TOKEN).await, "inactive");
}

#[tokio::test]
async fn a_token_is_not_believed_past_its_end() {
    let stub = Stub::start().await;
    let mut answer = nextcloud_answer();
    answer["exp"] = json!(NOW + 5);
    stub.know(TOKEN, answer);
    let bench = Bench::new(stub, |options| options.leeway = Duration::ZERO).await;
    assert!(bench.verify(TOKEN).await.is_ok());
    bench.clock.advance(Duration::from_secs(5));
    assert_eq!(bench.reason(TOKEN).await, "expired");
}

#[tokio::test]
async fn a_refused_token_is_refused_for_some_seconds_without_asking() {
    let bench = bench().await;
    for _ in 0..3 {
        assert_eq!(bench.reason("unknown").await, "inactive");
    }
    assert_eq!(bench.stub.introspections(), 1);
    bench.stub.know("unknown", nextcloud_answer());
    bench.clock.advance(Duration::from_secs(10));
    assert!(bench.verify("unknown").await.is_ok());
}

#[tokio::test]
async fn an_inactive_token_comes_with_the_settings_that_mend_it() {
    let bench = bench().await;
    let rejection = bench.verify("unknown").await.unwrap_err();
    let description = rejection.description();
    assert!(
        description.contains(&format!("request it with resource={RESOURCE}")),
        "{description}"
    );
    assert!(description.contains("resource_url"), "{description}");
}

#[tokio::test]
async fn an_outage_is_503_and_not_remembered() {
    let bench = bench().await;
    *bench.stub.provider.introspection_status.lock().unwrap() = StatusCode::BAD_GATEWAY;
    let rejection = bench.verify(TOKEN).await.unwrap_err();
    assert_eq!(rejection.reason(), "network_error");
    assert!(rejection.is_unavailable());
    *bench.stub.provider.introspection_status.lock().unwrap() = StatusCode::OK;
    assert!(bench.verify(TOKEN).await.is_ok());
}

#[tokio::test]
async fn our_client_is_shown_by_form_or_basic_whichever_is_taken() {
    for takes_post in [true, false] {
        let bench = bench().await;
        let provider = &bench.stub.provider;
        provider.takes_post.store(takes_post, Ordering::SeqCst);
        provider.takes_basic.store(!takes_post, Ordering::SeqCst);
        assert!(bench.verify(TOKEN).await.is_ok());
        let asked = bench.stub.introspections();
        assert_eq!(asked, if takes_post { 1 } else { 2 });
        // The way that worked comes first from then on.
        assert_eq!(bench.reason("another").await, "inactive");
        assert_eq!(bench.stub.introspections(), asked + 1);
    }
    // Where the form is not offered, basic comes first.
    let stub = Stub::start().await;
    stub.change_metadata(json!({"token_endpoint_auth_methods_supported": ["client_secret_basic"]}));
    stub.provider.takes_post.store(false, Ordering::SeqCst);
    stub.know(TOKEN, nextcloud_answer());
    let bench = Bench::new(stub, |_| {}).await;
    assert!(bench.verify(TOKEN).await.is_ok());
    assert_eq!(bench.stub.introspections(), 1);
}

const RETRY_AFTER: Duration = Duration::from_secs(42);

/// A client that the provider has deleted, and what comes in its place.
struct Deleted {
    replacements: AtomicUsize,
    successor: Option<ClientCredentials>,
}

impl OwnClient for Deleted {
    fn current(&self) -> Option<ClientCredentials> {
        Some(ClientCredentials {
            client_id: "deleted".into(),
            client_secret: Some("secret".into()),
        })
    }

    fn replace(&self, refused_client_id: &str) -> BoxFuture<'static, Result<ClientCredentials, NoOtherClient>> {
        assert_eq!(refused_client_id, "deleted");
        self.replacements.fetch_add(1, Ordering::SeqCst);
        let retry_after = Some(RETRY_AFTER);
        ready(self.successor.clone().ok_or(NoOtherClient { retry_after })).boxed()
    }
}

#[tokio::test]
async fn a_refused_client_is_replaced_and_the_token_still_verified() {
    let successor = ClientCredentials {
        client_id: CLIENT_ID.into(),
        client_secret: Some(CLIENT_SECRET.into()),
    };
    for successor in [Some(successor), None] {
        let stub = Stub::start().await;
        stub.know(TOKEN, nextcloud_answer());
        let bench = Bench::new(stub, |_| {}).await;
        let clients = Arc::new(Deleted {
            replacements: AtomicUsize::new(0),
            successor: successor.clone(),
        });
        let verifier = TokenVerifier::new(bench.verifier.shared.options.clone());
        verifier.use_clients(Arc::<Deleted>::clone(&clients));
        verifier.spawn(None).await.unwrap();
        verifier.provider().wait_for(Option::is_some).await.unwrap();
        let verdict = verifier.verify(&SecretString::from(TOKEN)).await;
        if successor.is_some() {
            assert!(verdict.is_ok());
        } else {
            let rejection = verdict.unwrap_err();
            assert_eq!(rejection.reason(), "client_refused");
            assert!(rejection.is_unavailable());
            assert_eq!(rejection.retry_after(), Some(RETRY_AFTER));
        }
        assert_eq!(clients.replacements.load(Ordering::SeqCst), 1);
        let confirmed = verifier.confirm_own_client().await;
        assert_eq!(confirmed.is_ok(), successor.is_some());
        assert_eq!(clients.replacements.load(Ordering::SeqCst), 2, "the provider was asked");
    }
}

#[tokio::test]
async fn elsewhere_the_audience_has_to_be_ours() {
    let answer = |changes: Value| {
        let mut answer = json!({"active": true, "sub": "alice", "exp": NOW + 60, "client_id": "inspector"});
        answer
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        answer
    };
    for good in [
        json!({"aud": RESOURCE}),
        json!({"aud": ["account", CLIENT_ID]}),
        json!({"client_id": CLIENT_ID}),
    ] {
        let bench = elsewhere(answer(good.clone())).await;
        assert!(bench.verify(TOKEN).await.is_ok(), "{good}");
    }
    for (reason, bad) in [
        ("bad_audience", json!({"aud": "inspector"})),
        ("bad_audience", json!({"aud": "https://other.example"})),
        ("bad_audience", json!({})),
        ("bad_issuer", json!({"aud": RESOURCE, "iss": "https://evil.example"})),
        ("expired", json!({"aud": RESOURCE, "exp": NOW - 60})),
        ("not_yet_valid", json!({"aud": RESOURCE, "nbf": NOW + 60})),
        ("malformed", json!({"aud": RESOURCE, "sub": ""})),
        ("network_error", json!({"active": "yes"})),
    ] {
        let bench = elsewhere(answer(bad.clone())).await;
        assert_eq!(bench.reason(TOKEN).await, reason, "{bad}");
    }
}

#[tokio::test]
async fn userinfo_is_asked_only_where_there_is_no_introspection() {
    let bench = bench().await;
    bench.reason("known").await;
    assert_eq!(bench.stub.provider.userinfos.load(Ordering::SeqCst), 0);

    let stub = Stub::start().await;
    stub.change_metadata(json!({"introspection_endpoint": null}));
    let bench = Bench::new(stub, |_| {}).await;
    let principal = bench.verify("known").await.unwrap();
    assert_eq!(&*principal.subject.subject, "alice");
    assert_eq!(principal.scopes.as_ref().unwrap().to_string(), "notes:read openid");
    assert_eq!(bench.reason("unknown").await, "inactive");

    let stub = Stub::start().await;
    stub.change_metadata(json!({"introspection_endpoint": null, "userinfo_endpoint": null}));
    let bench = Bench::new(stub, |_| {}).await;
    assert_eq!(bench.reason("known").await, "not_configured");
}

#[tokio::test]
async fn a_truncated_scope_is_not_granted() {
    let stub = Stub::start().await;
    let mut answer = nextcloud_answer();
    answer["scope"] = json!("openid notes:read notes:wri");
    stub.know(TOKEN, answer);
    let bench = Bench::new(stub, |_| {}).await;
    let principal = bench.verify(TOKEN).await.unwrap();
    assert_eq!(
        principal.missing_scopes(["notes:read", "notes:write", "notes:wri"]),
        ["notes:write", "notes:wri"]
    );
}

#[tokio::test]
async fn nothing_that_can_be_printed_shows_a_secret() {
    let bench = bench().await;
    bench.verify(TOKEN).await.unwrap();
    let printed = format!("{:?} {:?}", bench.verifier, bench.verify(TOKEN).await);
    assert!(!printed.contains(TOKEN) && !printed.contains(CLIENT_SECRET));
}

#[tokio::test]
async fn a_new_actor_takes_over_where_the_old_one_stopped() {
    let bench = bench().await;
    bench.verify(TOKEN).await.unwrap();
    let old = bench.verifier.slot.actor().unwrap();
    old.stop_and_wait(None, None).await.unwrap();
    // What was verified stays verified; what needs the actor waits for its successor.
    assert!(bench.verify(TOKEN).await.is_ok());
    let rejection = bench.verify("unknown").await.unwrap_err();
    assert!(rejection.is_unavailable());
    bench.verifier.spawn(None).await.unwrap();
    assert_eq!(bench.reason("unknown").await, "inactive");
}
