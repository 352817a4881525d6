//! The provider or the store does not do what it should.

use std::sync::Arc;

use super::bench::{Behind, Bench, START, bounded, next_client};
use super::provider::Fault;
use crate::client_registrar::{ClientRegistrar, RegistrarError};

/// Why the first attempt failed.
async fn first_failure(registrar: &ClientRegistrar) -> RegistrarError {
    // Waits for the job at work, but does not begin one.
    bounded(registrar.describe()).await.unwrap().last_error.unwrap()
}

#[tokio::test]
async fn a_provider_that_asks_for_time_gets_it() {
    let bench = Bench::new().await;
    let fault = Fault::Answer(429, "slow_down", Some("120"));
    bench.provider.fault(None, fault);
    let registrar = bench.start().await;
    let failure = first_failure(&registrar).await;
    assert!(failure.is_transient());
    assert!(
        failure.to_string().contains("occ security:bruteforce:reset"),
        "{failure}"
    );
    bench.advance(119);
    let error = registrar.replace("none").await.unwrap_err();
    assert_eq!(error.retry_after().unwrap().as_secs(), 1, "{error}");
    assert!(error.to_string().contains("429"), "{error}");
    assert_eq!(bench.provider.count("POST"), 1);
    bench.advance(1);
    assert_eq!(next_client(&registrar, "").await.client_id, "client-1");
}

#[tokio::test]
async fn retry_after_may_be_a_date() {
    let bench = Bench::new().await;
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(START + 300);
    let date: &'static str = Box::leak(httpdate::fmt_http_date(at).into_boxed_str());
    let fault = Fault::Answer(503, "maintenance", Some(date));
    bench.provider.fault(None, fault);
    let registrar = bench.start().await;
    assert_eq!(first_failure(&registrar).await.retry_after().unwrap().as_secs(), 300);
}

#[tokio::test]
async fn failures_that_may_pass_are_tried_again_with_growing_pauses() {
    let bench = Bench::new().await;
    for _ in 0..5 {
        bench.provider.fail(500, "");
    }
    let registrar = bench.start().await;
    first_failure(&registrar).await;
    let mut pauses = Vec::new();
    for attempt in 2..=5 {
        let error = registrar.replace("none").await.unwrap_err();
        let pause = error.retry_after().unwrap().as_secs();
        bench.advance(pause);
        while bench.provider.count("POST") < attempt {
            tokio::task::yield_now().await;
        }
        registrar.describe().await.unwrap();
        pauses.push(pause);
    }
    assert!(pauses.is_sorted() && pauses[3] >= 4, "{pauses:?}");
    bench.advance(600);
    next_client(&registrar, "").await;
    assert!(registrar.describe().await.unwrap().last_error.is_none());
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_tried_again() {
    let bench = Bench::new().await;
    let mut metadata = bench.provider.metadata();
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    metadata.registration_endpoint = Some(format!("http://{}/register", nobody.local_addr().unwrap()));
    drop(nobody);
    bench.metadata.send_replace(Some(Arc::new(metadata)));
    let registrar = bench.start().await;
    let failure = first_failure(&registrar).await;
    assert!(
        failure.is_transient() && failure.to_string().contains("cannot be reached"),
        "{failure}"
    );
    assert_eq!(bench.row().registering_since, None, "nothing was sent");
    bench.metadata.send_replace(Some(Arc::new(bench.provider.metadata())));
    bench.advance(2);
    next_client(&registrar, "").await;
}

#[tokio::test]
async fn a_refusal_is_explained_and_waits_for_a_person() {
    let bench = Bench::new().await;
    bench.provider.fail(400, "dynamic_registration_not_allowed");
    let registrar = bench.start().await;
    let failure = first_failure(&registrar).await;
    assert!(!failure.is_transient());
    let help = "`occ config:app:set oidc dynamic_client_registration --value=true`";
    assert!(failure.to_string().contains(help), "{failure}");
    let error = registrar.replace("none").await.unwrap_err();
    assert!(error.to_string().contains(help), "{error}");
    assert_eq!(bench.provider.count("POST"), 1);
    assert_eq!(bench.row().registering_since, None, "a refusal is an end");
    let problem = registrar.problem().borrow().clone().unwrap();
    assert!(problem.to_string().contains(help), "{problem}");
    // The administrator has done it.
    bench.advance(600);
    next_client(&registrar, "").await;
    assert!(registrar.problem().borrow().is_none());
}

#[tokio::test]
async fn the_pauses_between_refusals_grow_from_seconds_to_ten_minutes() {
    let bench = Bench::new().await;
    for _ in 0..12 {
        bench.provider.fail(401, "");
    }
    let registrar = bench.start().await;
    first_failure(&registrar).await;
    let mut pauses = Vec::new();
    for attempt in 2..=12 {
        let pause = registrar.replace("none").await.unwrap_err().retry_after().unwrap();
        bench.advance(pause.as_secs());
        while bench.provider.count("POST") < attempt {
            tokio::task::yield_now().await;
        }
        registrar.describe().await.unwrap();
        pauses.push(pause.as_secs());
    }
    assert!(pauses.is_sorted(), "{pauses:?}");
    assert!((2..=5).contains(&pauses[0]), "{pauses:?}");
    assert!((300..=600).contains(&pauses[10]), "{pauses:?}");
}

#[tokio::test]
async fn scopes_that_the_provider_does_not_take_are_left_out_once() {
    let refusals = [
        (
            "invalid_client_metadata",
            "scope must only contain Authorization Server supported scope values",
        ),
        ("insufficient_scope", "Policy 'Allowed Client Scopes' rejected request"),
        ("invalid_scope", ""),
    ];
    for (code, description) in refusals {
        let bench = Bench::new().await;
        bench.provider.refuse(400, code, description);
        let (registrar, client) = bench.start_with_client().await;
        assert_eq!(client.client_id, "client-1", "{code}");
        let bodies = bench.provider.lock().bodies.clone();
        assert_eq!(bodies.len(), 2, "{code}");
        let mut first = bodies[0].clone();
        assert!(first.as_object_mut().unwrap().remove("scope").is_some());
        assert_eq!(first, bodies[1], "nothing else differs");
        // It is the client that is wanted: a restart finds it.
        drop(registrar);
        bench.start_with_client().await;
        assert_eq!(bench.provider.count("POST"), 2);
    }
}

#[tokio::test]
async fn other_refusals_are_not_taken_for_one_of_the_scopes() {
    let bench = Bench::new().await;
    let uri = "invalid_redirect_uri";
    bench.provider.refuse(400, uri, "out of scope");
    let registrar = bench.start().await;
    first_failure(&registrar).await;
    assert_eq!(bench.provider.count("POST"), 1);
}

#[tokio::test]
async fn a_refusal_is_not_final_when_the_provider_changes() {
    let bench = Bench::new().await;
    let mut metadata = bench.provider.metadata();
    metadata.registration_endpoint = None;
    bench.metadata.send_replace(Some(Arc::new(metadata)));
    let registrar = bench.start().await;
    let failure = first_failure(&registrar).await;
    assert!(matches!(failure, RegistrarError::NotOffered { .. }), "{failure}");
    assert!(failure.to_string().contains("NEXTCLOUD_OIDC_CLIENT_ID"), "{failure}");
    bench.metadata.send_replace(Some(Arc::new(bench.provider.metadata())));
    next_client(&registrar, "").await;
}

#[tokio::test]
async fn nothing_is_registered_that_could_not_be_stored() {
    let bench = Bench::new().await;
    bench.store.limit(0, Behind::Fail);
    let registrar = bench.start().await;
    let failure = first_failure(&registrar).await;
    assert!(matches!(failure, RegistrarError::Store(_)), "{failure}");
    assert!(bench.provider.lock().requests.is_empty());
    *bench.store.limit.lock().unwrap() = None;
    bench.advance(2);
    next_client(&registrar, "").await;
}

#[tokio::test]
async fn a_client_that_could_not_be_stored_is_taken_back() {
    let bench = Bench::new().await;
    bench.store.limit(1, Behind::Fail);
    let registrar = bench.start().await;
    first_failure(&registrar).await;
    assert!(registrar.current().is_none());
    assert!(bench.provider.ids().is_empty());
    assert_eq!(bench.provider.lock().requests, ["POST", "DELETE"]);
}

#[tokio::test]
async fn an_old_client_that_cannot_be_deleted_now_is_deleted_later() {
    let bench = Bench::new().await;
    let (registrar, old) = bench.start_with_client().await;
    bench.provider.fail_only("DELETE", 500);
    registrar.replace(&old.client_id).await.unwrap();
    let mut begun = bench.store.begun.subscribe();
    while bench.row().doomed.iter().all(|doomed| doomed.attempts == 0) {
        bounded(begun.changed()).await.unwrap();
    }
    assert_eq!(bench.provider.ids(), ["client-1", "client-2"]);
    // Across a restart.
    bench.start_with_client().await;
    bench.advance(2);
    bench.swept().await;
    assert_eq!(bench.provider.ids(), ["client-2"]);
}
