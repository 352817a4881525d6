//! Tokens are renewed in time, once, and never shown when they may have ended.

use futures_util::future::join_all;

use super::provider::{FOREVER, LIFETIME};
use super::{Bench, call};
use crate::nextcloud::NextcloudError;
use crate::user_session::{GrantProblem, SessionError};

#[tokio::test]
async fn a_token_is_shown_until_shortly_before_its_end_and_then_its_successor() {
    let bench = Bench::provisioned().await;
    assert_eq!(bench.call().await.unwrap(), "access-1");
    bench.pass(LIFETIME - 121);
    assert_eq!(bench.call().await.unwrap(), "access-1");
    assert_eq!(bench.refreshes(), 0);
    bench.pass(1);
    assert_eq!(bench.call().await.unwrap(), "access-2");
    assert_eq!(bench.stored().await.unwrap(), "refresh-2");
    // Long after its end it is not tried first, though it works twice as long as it says.
    bench.pass(LIFETIME + 1);
    assert_eq!(bench.call().await.unwrap(), "access-3");
    bench.pass(30 * 24 * 3600);
    assert_eq!(bench.call().await.unwrap(), "access-4");
    let provider = bench.provider.lock();
    assert_eq!((provider.refreshes, provider.reused, provider.expired_shown), (3, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_calls_at_once_make_one_refresh() {
    let bench = Bench::provisioned().await;
    for round in 1..=3 {
        bench.pass(LIFETIME);
        bench.provider.hold();
        let calls = join_all((0..64).map(|_| bench.call()));
        let release = async {
            bench.provider.refreshed(round).await;
            bench.provider.release();
        };
        let (answers, ()) = tokio::join!(calls, release);
        for answer in answers {
            assert_eq!(answer.unwrap(), format!("access-{}", round + 1));
        }
        assert_eq!(bench.refreshes(), round);
    }
}

#[tokio::test]
async fn a_client_in_use_goes_on_with_the_next_token() {
    let bench = Bench::provisioned().await;
    let client = bench.session.client(None).await.unwrap();
    let shown = async || client.get("/who").send().await.unwrap().text().await.unwrap();
    assert_eq!(shown().await, "access-1");
    bench.pass(3 * LIFETIME);
    assert_eq!(shown().await, "access-2");
    assert_eq!(bench.provider.lock().expired_shown, 0);
}

/// The request is on its way when another one renews the token, which ends the old one at once.
#[tokio::test]
async fn a_request_that_meets_the_rotation_is_sent_again() {
    let bench = Bench::provisioned().await;
    let client = bench.session.client(None).await.unwrap();
    bench.pass(LIFETIME - 121);
    bench.provider.doors.forget_permits(FOREVER);
    let rotate = async {
        bench.provider.called(1).await;
        bench.pass(1);
        bench.session.client(None).await.unwrap();
        bench.provider.doors.add_permits(FOREVER);
    };
    let (answer, ()) = tokio::join!(client.put("/who").json(&"a").send(), rotate);
    assert_eq!(answer.unwrap().text().await.unwrap(), "access-2");
    assert_eq!((bench.refreshes(), bench.provider.lock().calls), (1, 2));
}

#[tokio::test]
async fn a_refusal_with_nothing_to_show_in_its_place_stands() {
    let bench = Bench::provisioned().await;
    let client = bench.session.client(None).await.unwrap();
    // The token is not good any more, and the provider is down.
    bench.provider.login();
    bench.provider.lock().faults.push(503);
    let refused = client.get("/who").send().await.unwrap_err();
    assert_eq!(refused.status().unwrap(), 401);
    assert_eq!(bench.stored().await.unwrap(), "refresh-1");
}

#[tokio::test]
async fn a_fresh_token_that_nextcloud_refuses_is_renewed_once_in_a_while() {
    let bench = Bench::provisioned().await;
    let client = bench.session.client(None).await.unwrap();
    for _ in 0..3 {
        let refused = client.get("/never").send().await.unwrap_err();
        assert_eq!(refused.status().unwrap(), 401);
    }
    assert_eq!(bench.refreshes(), 1);
    assert_eq!(bench.call().await.unwrap(), "access-2");
    bench.pass(301);
    client.get("/never").send().await.unwrap_err();
    assert_eq!(bench.refreshes(), 2);
}

#[tokio::test]
async fn a_provider_that_does_not_rotate_works_too() {
    let bench = Bench::new().await;
    bench.provider.lock().rotates = false;
    bench.provision().await;
    for number in 2..5 {
        bench.pass(LIFETIME);
        assert_eq!(bench.call().await.unwrap(), format!("access-{number}"));
        assert_eq!(bench.stored().await.unwrap(), "refresh-1");
    }
}

#[tokio::test]
async fn while_the_provider_is_down_the_token_serves_as_long_as_it_is_safe() {
    let bench = Bench::provisioned().await;
    bench.pass(LIFETIME - 60);
    bench.provider.lock().faults = vec![503, 503];
    assert_eq!(bench.call().await.unwrap(), "access-1");
    assert_eq!(bench.call().await.unwrap(), "access-1");
    assert_eq!(bench.refreshes(), 1, "the next attempt has its time");
    bench.pass(51);
    let error = bench.call().await.unwrap_err();
    assert_eq!(error, SessionError::Grant(GrantProblem::Unreachable));
    assert!(error.retry_after().is_some());
    assert_eq!(bench.provider.lock().calls, 2, "nothing is shown any more");
    // The grant is kept, and works when the provider is back.
    bench.pass(6);
    assert_eq!(bench.call().await.unwrap(), "access-2");
}

#[tokio::test]
async fn a_refusal_for_another_reason_keeps_the_grant() {
    let bench = Bench::provisioned().await;
    bench.pass(LIFETIME);
    bench.provider.lock().faults = vec![400];
    let error = bench.call().await.unwrap_err();
    assert_eq!(error, SessionError::Grant(GrantProblem::Refused));
    bench.pass(6);
    assert_eq!(bench.call().await.unwrap(), "access-2");
}

#[tokio::test]
async fn before_the_provider_is_found_nothing_is_lost() {
    let bench = Bench::provisioned().await;
    bench.pass(LIFETIME);
    let metadata = bench.metadata.send_replace(None);
    let error = bench.call().await.unwrap_err();
    assert_eq!(error, SessionError::Grant(GrantProblem::NotReady));
    bench.metadata.send_replace(metadata);
    bench.pass(6);
    assert_eq!(bench.call().await.unwrap(), "access-2");
}

/// An actor that failed while its renewal is under way, and its successor.
#[tokio::test]
async fn two_actors_of_one_person_do_not_redeem_a_token_twice() {
    let bench = Bench::provisioned().await;
    bench.pass(LIFETIME);
    bench.provider.hold();
    let second = bench.another_session().await;
    let release = async {
        bench.provider.refreshed(1).await;
        bench.provider.release();
    };
    let (one, two, ()) = tokio::join!(bench.call(), call(&second), release);
    assert_eq!(
        (one.unwrap(), two.unwrap()),
        ("access-2".to_owned(), "access-2".to_owned())
    );
    assert_eq!((bench.refreshes(), bench.provider.lock().reused), (1, 0));
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_for_a_renewal() {
    let bench = Bench::new().await;
    bench.pass(1000);
    let tokens = bench.provider.login();
    let grant = super::Grant::new(&super::alice(), None, "us", "openid", tokens, super::NOW + 5000).unwrap();
    bench.grant().install(grant).await.unwrap();
    assert_eq!(bench.call().await.unwrap(), "access-2");
}

#[tokio::test]
async fn a_tool_under_way_is_told_why_it_cannot_go_on() {
    let bench = Bench::provisioned().await;
    let client = bench.session.client(None).await.unwrap();
    bench.provider.end();
    bench.pass(LIFETIME);
    let error = client.get("/who").send().await.unwrap_err();
    assert!(matches!(error, NextcloudError::NoCredential(_)), "{error}");
    assert!(error.to_string().contains("ended this server's access"), "{error}");
}
