//! The provider refuses our client at run time.

use std::sync::Arc;

use futures_util::future::join_all;
use secrecy::ExposeSecret;
use tokio::sync::Notify;

use super::bench::{Bench, next_client, start};
use super::provider::Fault;
use crate::client_registrar::{RegistrarError, Timing};
use crate::token_verifier::OwnClient;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_requests_that_notice_at_once_make_one_registration() {
    let bench = Bench::new().await;
    let (registrar, old) = bench.start_with_client().await;
    bench.provider.lock().clients.clear();
    let replaced = join_all((0..50).map(|_| {
        let (registrar, refused) = (registrar.clone(), old.client_id.clone());
        tokio::spawn(async move { registrar.replace(&refused).await.unwrap() })
    }))
    .await;
    for client in replaced {
        assert_eq!(client.unwrap().client_id, "client-2");
    }
    assert_eq!(bench.provider.count("POST"), 2);
    // Whoever is late gets the client in use.
    assert_eq!(registrar.replace(&old.client_id).await.unwrap().client_id, "client-2");
    bench.swept().await;
    assert_eq!(bench.provider.ids(), ["client-2"]);
    assert_eq!(bench.provider.count("POST"), 2);
    let row = bench.row();
    assert_eq!(row.current.unwrap().client_id, "client-2");
    assert!(row.doomed.is_empty(), "the old row is gone");
}

#[tokio::test]
async fn a_refused_client_that_still_exists_is_deleted_at_the_provider() {
    let bench = Bench::new().await;
    let (registrar, old) = bench.start_with_client().await;
    registrar.replace(&old.client_id).await.unwrap();
    bench.swept().await;
    assert_eq!(bench.provider.ids(), ["client-2"]);
}

#[tokio::test]
async fn replacements_keep_a_distance() {
    let bench = Bench::new().await;
    let (registrar, first) = bench.start_with_client().await;
    let second = registrar.replace(&first.client_id).await.unwrap();
    let error = registrar.replace(&second.client_id).await.unwrap_err();
    assert!(matches!(error, RegistrarError::CoolingDown { .. }), "{error}");
    assert_eq!(error.retry_after().unwrap().as_secs(), 60);
    assert!(error.is_transient());
    assert_eq!(bench.provider.count("POST"), 2);
    bench.advance(61);
    let third = next_client(&registrar, &second.client_id).await;
    assert_eq!(third.client_id, "client-3");
}

#[tokio::test]
async fn an_older_provider_gives_nothing_to_delete_with() {
    let bench = Bench::new().await;
    bench.provider.lock().managed = false;
    let (registrar, old) = bench.start_with_client().await;
    assert!(old.registration.is_none());
    let new = registrar.replace(&old.client_id).await.unwrap();
    assert_eq!(new.client_id, "client-2");
    registrar.describe().await.unwrap();
    assert_eq!(bench.provider.lock().requests, ["POST", "POST"]);
    assert!(bench.row().doomed.is_empty());
}

#[tokio::test]
async fn an_actor_that_was_restarted_goes_on_with_the_same_client() {
    let bench = Bench::new().await;
    let registrar = bench.handle(None);
    let actor = start(&registrar).await;
    let client = next_client(&registrar, "").await;
    actor.kill_and_wait(None).await.unwrap();
    assert!(Arc::ptr_eq(&client, &registrar.current().unwrap()));
    assert!(matches!(
        registrar.replace(&client.client_id).await,
        Err(RegistrarError::Unavailable(_))
    ));
    start(&registrar).await;
    assert_eq!(
        registrar.describe().await.unwrap().client.unwrap().client_id,
        "client-1"
    );
    assert_eq!(
        registrar.replace(&client.client_id).await.unwrap().client_id,
        "client-2"
    );
    assert_eq!(bench.provider.count("POST"), 2);
}

#[tokio::test]
async fn a_registration_that_outlives_its_actor_is_the_next_actors_client() {
    let bench = Bench::new().await;
    let go_on = Arc::new(Notify::new());
    bench.provider.fault(None, Fault::Held(Arc::clone(&go_on)));
    let registrar = bench.handle(None);
    let actor = start(&registrar).await;
    while bench.provider.count("POST") == 0 {
        tokio::task::yield_now().await;
    }
    actor.kill_and_wait(None).await.unwrap();
    start(&registrar).await;
    go_on.notify_one();
    assert_eq!(next_client(&registrar, "").await.client_id, "client-1");
    assert_eq!(bench.provider.count("POST"), 1);
}

#[tokio::test]
async fn the_token_verifier_gets_the_credentials_of_the_new_client() {
    let bench = Bench::new().await;
    let (registrar, _) = bench.start_with_client().await;
    let clients: Arc<dyn OwnClient> = Arc::new(registrar);
    assert_eq!(&*clients.current().unwrap().client_id, "client-1");
    let new = clients.replace("client-1").await.unwrap();
    assert_eq!(&*new.client_id, "client-2");
    assert_eq!(new.client_secret.unwrap().expose_secret(), "secret-2");
    // Too soon for another one.
    let refusal = clients.replace("client-2").await.unwrap_err();
    assert_eq!(refusal.retry_after, Some(Timing::default().cool_down));
}
