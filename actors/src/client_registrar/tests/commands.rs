//! `client show|register|unregister`.

use super::bench::Bench;
use crate::client_registrar::{RegistrarError, Standing, Unregistered};

/// A bench as the commands use it: nothing happens unasked.
async fn commands() -> Bench {
    Bench {
        automatic: false,
        ..Bench::new().await
    }
}

#[tokio::test]
async fn looking_registers_nothing() {
    let bench = commands().await;
    let registrar = bench.start().await;
    let description = registrar.describe().await.unwrap();
    assert!(description.client.is_none());
    assert_eq!(description.issuer.as_deref(), Some(bench.provider.url.as_str()));
    assert!(matches!(registrar.check().await, Err(RegistrarError::NoClient)));
    assert_eq!(registrar.unregister().await.unwrap(), Unregistered::NoClient);
    assert!(matches!(registrar.replace("any").await, Err(RegistrarError::NoClient)));
    assert!(bench.provider.lock().requests.is_empty());
}

#[tokio::test]
async fn register_show_check_and_unregister() {
    let bench = commands().await;
    let registrar = bench.start().await;
    assert_eq!(registrar.register_now().await.unwrap().client_id, "client-1");
    assert_eq!(registrar.check().await.unwrap(), Standing::Known);
    // Another one takes its place.
    assert_eq!(registrar.register_now().await.unwrap().client_id, "client-2");
    bench.swept().await;
    assert_eq!(bench.provider.ids(), ["client-2"]);
    let shown = registrar.describe().await.unwrap();
    assert_eq!(shown.client.unwrap().client_id, "client-2");

    assert_eq!(registrar.unregister().await.unwrap(), Unregistered::Deleted);
    assert!(bench.provider.ids().is_empty());
    assert!(registrar.current().is_none());
    let row = bench.row();
    assert!(row.current.is_none() && row.doomed.is_empty());
}

#[tokio::test]
async fn a_client_the_provider_lost_is_seen_by_check() {
    let bench = commands().await;
    let registrar = bench.start().await;
    registrar.register_now().await.unwrap();
    bench.provider.lock().clients.clear();
    assert_eq!(registrar.check().await.unwrap(), Standing::Unknown);
    assert_eq!(registrar.unregister().await.unwrap(), Unregistered::Forgotten);
}

#[tokio::test]
async fn without_registration_token_a_client_can_only_be_forgotten() {
    let bench = commands().await;
    bench.provider.lock().managed = false;
    let registrar = bench.start().await;
    registrar.register_now().await.unwrap();
    assert!(matches!(registrar.check().await, Err(RegistrarError::NotManageable)));
    assert_eq!(registrar.unregister().await.unwrap(), Unregistered::Forgotten);
    assert_eq!(bench.provider.lock().requests, ["POST"]);
}

#[tokio::test]
async fn a_deletion_that_fails_is_caught_up_with() {
    let bench = Bench::new().await;
    let (registrar, _) = bench.start_with_client().await;
    bench.provider.fail(503, "");
    let error = registrar.unregister().await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(registrar.current().is_none(), "out of use all the same");
    bench.swept().await;
    assert!(bench.provider.ids().is_empty());
    // A running server does not register another one behind the operator's back.
    registrar.describe().await.unwrap();
    assert_eq!(bench.provider.count("POST"), 1);
}

#[tokio::test]
async fn a_refusal_reaches_the_operator_as_a_sentence() {
    let bench = commands().await;
    bench.provider.fail(400, "max_num_clients_exceeded");
    let registrar = bench.start().await;
    let error = registrar.register_now().await.unwrap_err().to_string();
    assert!(error.contains("occ oidc:remove"), "{error}");
    // And it may be tried again at once.
    registrar.register_now().await.unwrap();
}
