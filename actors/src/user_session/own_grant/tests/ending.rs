//! Grants end: at the provider, with our client, and when their owner says so.

use super::provider::LIFETIME;
use super::{Bench, unprovisioned};
use crate::user_session::{GrantProblem, Revocation, SessionError, Unprovisioned};

#[tokio::test]
async fn without_a_grant_its_owner_is_told() {
    let bench = Bench::new().await;
    assert_eq!(bench.call().await, unprovisioned(Unprovisioned::Never));
    assert_eq!(bench.grant().status().await, Ok(None));
    assert_eq!(bench.grant().revoke().await, Ok(None));
}

#[tokio::test]
async fn a_refused_refresh_ends_the_grant() {
    let bench = Bench::provisioned().await;
    bench.provider.end();
    bench.pass(LIFETIME);
    for _ in 0..3 {
        assert_eq!(bench.call().await, unprovisioned(Unprovisioned::Refused));
    }
    assert_eq!(bench.refreshes(), 1);
    assert_eq!(bench.stored().await, None);
    assert_eq!(bench.grant().status().await, Ok(None));
    bench.provision().await;
    assert_eq!(bench.call().await.unwrap(), "access-2");
}

#[tokio::test]
async fn a_grant_that_ended_at_nextcloud_is_noticed_by_the_refusal() {
    let bench = Bench::provisioned().await;
    let client = bench.session.client(None).await.unwrap();
    bench.provider.end();
    let error = client.get("/who").send().await.unwrap_err();
    assert_eq!(error.kind(), "not_provisioned", "{error}");
    assert_eq!(bench.call().await, unprovisioned(Unprovisioned::Refused));
}

#[tokio::test]
async fn a_grant_ends_with_the_client_it_was_given_to() {
    let bench = Bench::provisioned().await;
    bench.clients.0.lock().unwrap().push("us-again");
    bench.provider.lock().clients = vec!["us-again".to_owned()];
    bench.pass(LIFETIME);
    assert_eq!(bench.metrics.grants().get(), 1);
    assert_eq!(bench.call().await, unprovisioned(Unprovisioned::ClientReplaced));
    assert_eq!(bench.stored().await, None);
    assert_eq!(bench.metrics.grants().get(), 0);
    let metrics = bench.metrics.render().unwrap();
    assert!(
        metrics.contains("mcp_oauth_grant_refreshes_total{result=\"ended\"} 1"),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_grant_survives_its_client_where_the_provider_says_so() {
    let bench = Bench::provisioned().await;
    bench.clients.0.lock().unwrap().push("us-again");
    {
        let mut provider = bench.provider.lock();
        provider.clients = vec!["us-again".to_owned()];
        provider.owner = "us-again".to_owned();
    }
    bench.pass(LIFETIME);
    assert_eq!(bench.call().await.unwrap(), "access-2");
    assert_eq!(bench.grant().status().await.unwrap().unwrap().client_id, "us-again");
}

#[tokio::test]
async fn a_refused_client_without_a_successor_is_the_administrators_matter() {
    let bench = Bench::provisioned().await;
    bench.provider.lock().clients.clear();
    bench.pass(LIFETIME);
    let problem = SessionError::Grant(GrantProblem::ClientRefused);
    assert_eq!(bench.call().await.unwrap_err(), problem);
    assert_eq!(bench.stored().await.unwrap(), "refresh-1");
}

#[tokio::test]
async fn a_revoked_grant_is_forgotten_here_and_ended_there() {
    let bench = Bench::provisioned().await;
    assert_eq!(bench.grant().revoke().await, Ok(Some(Revocation::Done)));
    assert_eq!(bench.provider.lock().revoked, ["refresh-1"]);
    assert_eq!(bench.call().await, unprovisioned(Unprovisioned::Revoked));
    assert_eq!(bench.stored().await, None);
    bench.provision().await;
    assert_eq!(bench.call().await.unwrap(), "access-2");
}

#[tokio::test]
async fn it_is_forgotten_here_whatever_the_provider_says() {
    let bench = Bench::provisioned().await;
    bench.provider.lock().faults = vec![503];
    assert_eq!(bench.grant().revoke().await, Ok(Some(Revocation::Failed)));
    assert_eq!(bench.stored().await, None);

    let bench = Bench::provisioned().await;
    bench.metadata.send_replace(None);
    assert_eq!(bench.grant().revoke().await, Ok(Some(Revocation::Failed)));
    assert_eq!(bench.stored().await, None);

    let bench = Bench::provisioned().await;
    bench.provider.lock().revocation = false;
    let metadata = bench.provider.metadata();
    bench.metadata.send_replace(Some(metadata.into()));
    assert_eq!(bench.grant().revoke().await, Ok(Some(Revocation::NotOffered)));
    assert_eq!(bench.stored().await, None);
}

#[tokio::test]
async fn a_revocation_during_a_refresh_wins_and_ends_the_newest_token() {
    let bench = Bench::provisioned().await;
    bench.pass(LIFETIME);
    bench.provider.hold();
    let revoke = async {
        bench.provider.refreshed(1).await;
        let revoked = bench.grant().revoke();
        let release = async {
            // Whoever asks now is told at once.
            while bench.grant().status().await != Ok(None) {
                tokio::task::yield_now().await;
            }
            bench.provider.release();
        };
        tokio::join!(revoked, release).0
    };
    let (called, revoked) = tokio::join!(bench.call(), revoke);
    assert_eq!(called, unprovisioned(Unprovisioned::Revoked));
    assert_eq!(revoked, Ok(Some(Revocation::Done)));
    assert_eq!(bench.provider.lock().revoked, ["refresh-2"]);
    assert_eq!(bench.stored().await, None);
    assert_eq!(bench.call().await, unprovisioned(Unprovisioned::Revoked));
    let restarted = bench.another_session().await;
    assert_eq!(super::call(&restarted).await, unprovisioned(Unprovisioned::Never));
}

/// A person provisions again while the grant before is being renewed.
#[tokio::test]
async fn a_new_grant_during_a_refresh_stays() {
    let bench = Bench::provisioned().await;
    bench.pass(LIFETIME);
    bench.provider.hold();
    let install = async {
        bench.provider.refreshed(1).await;
        let tokens = bench.provider.login();
        let now = super::NOW + LIFETIME;
        let grant = super::Grant::new(&super::alice(), None, "us", "openid", tokens, now).unwrap();
        let release = async { bench.provider.release() };
        tokio::join!(bench.grant().install(grant), release).0
    };
    let (_, installed) = tokio::join!(bench.session.client(None), install);
    installed.unwrap();
    assert_eq!(bench.stored().await.unwrap(), "refresh-3");
    assert_eq!(bench.call().await.unwrap(), "access-3");
}
