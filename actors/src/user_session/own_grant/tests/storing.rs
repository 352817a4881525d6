//! Nothing is used before it is durable, and nothing that the provider gave is lost to a bad disk.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::provider::LIFETIME;
use super::{Bench, call};
use crate::credential_vault::tests::faulty_vault;
use crate::user_session::{BackDoor, GrantStatus, SessionError, Unprovisioned};

#[tokio::test]
async fn a_grant_survives_a_restart() {
    let bench = Bench::provisioned().await;
    let restarted = bench.another_session().await;
    let status = restarted.own_grant().unwrap().status().await.unwrap().unwrap();
    assert_eq!(
        *status,
        GrantStatus {
            granted_at: super::NOW,
            scope: "openid offline_access".to_owned(),
            client_id: "us".to_owned(),
            username: Some("alice".to_owned()),
        }
    );
    assert_eq!(call(&restarted).await.unwrap(), "access-1");
    let again = bench.another_session().await;
    assert_eq!(call(&again).await.unwrap(), "access-1");
    assert_eq!(bench.refreshes(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewed_token_is_used_only_when_it_is_durable() {
    let (disk, vault) = faulty_vault();
    let bench = Bench::with_vault(vault).await;
    bench.provision().await;
    bench.pass(LIFETIME);
    disk.hold();
    let syncs = disk.syncs();
    let release = async {
        disk.sync_after(syncs).await;
        // The provider has answered; the disk has not.
        assert_eq!(bench.refreshes(), 1);
        assert_eq!(bench.provider.lock().calls, 0, "nothing is shown yet");
        disk.release();
    };
    let (called, ()) = tokio::join!(bench.call(), release);
    assert_eq!(called.unwrap(), "access-2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_disk_costs_no_token() {
    let (disk, vault) = faulty_vault();
    let bench = Bench::with_vault(vault).await;
    bench.provision().await;
    bench.pass(LIFETIME);
    disk.failing_syncs.store(3, Ordering::SeqCst);
    assert_eq!(bench.call().await.unwrap(), "access-2");
    assert_eq!(disk.failing_syncs.load(Ordering::SeqCst), 0);
    assert_eq!(bench.stored().await.unwrap(), "refresh-2");
    assert_eq!((bench.refreshes(), bench.provider.lock().reused), (1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_the_vault_closes_what_is_under_way_is_stored() {
    let bench = Bench::provisioned().await;
    bench.pass(LIFETIME);
    bench.provider.hold();
    let BackDoor::OwnGrant(keeper) = &bench.options.back_door else {
        panic!("the back door is the own grant")
    };
    assert!(keeper.settle(Duration::from_secs(1)).await, "nothing is under way");
    let settle = async {
        bench.provider.refreshed(1).await;
        assert!(!keeper.settle(Duration::ZERO).await);
        bench.provider.release();
        assert!(keeper.settle(Duration::from_secs(20)).await);
        assert_eq!(bench.stored().await.unwrap(), "refresh-2");
    };
    let (called, ()) = tokio::join!(bench.call(), settle);
    assert_eq!(called.unwrap(), "access-2");
}

#[tokio::test]
async fn a_closed_vault_is_no_reason_to_provision_again() {
    let bench = Bench::provisioned().await;
    bench.vault.close().await;
    let restarted = bench.another_session().await;
    let error = call(&restarted).await.unwrap_err();
    assert!(matches!(error, SessionError::Grant(_)), "{error}");
    assert_ne!(error, SessionError::NotProvisioned(Unprovisioned::Never));
    assert!(restarted.own_grant().unwrap().status().await.is_err());
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let bench = Bench::new().await;
    let tokens = bench.provider.login();
    let printed = format!("{tokens:?}");
    let grant = super::Grant::new(&super::alice(), None, "us", "openid", tokens, super::NOW).unwrap();
    let printed = format!("{printed} {grant:?} {:?} {:?}", bench.session, bench.options);
    assert!(
        !printed.contains("access-1") && !printed.contains("refresh-1"),
        "{printed}"
    );
}
