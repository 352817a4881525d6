//! Who has a session, and who loses it.

use std::time::Duration;

use secrecy::SecretString;

use super::{SECOND, options, supervisor};
use crate::principal::{Principal, Subject};
use crate::supervisor::Supervisor;
use crate::user_session::SessionError;

pub(super) fn principal(subject: &str) -> Principal {
    principal_of("https://cloud.example", subject)
}

fn principal_of(issuer: &str, subject: &str) -> Principal {
    Principal {
        subject: Subject::new(issuer, subject),
        client_id: None,
        scopes: None,
        expires_at: None,
    }
}

fn token() -> SecretString {
    SecretString::from("token")
}

async fn bounded(max_sessions: usize) -> Supervisor {
    let mut options = options();
    options.max_sessions = max_sessions;
    Supervisor::start(options).await.unwrap()
}

#[tokio::test]
async fn a_user_has_one_session_and_equal_subjects_of_two_issuers_are_two_users() {
    let supervisor = supervisor().await;
    let alice = supervisor.session(&principal("alice")).unwrap();
    assert!(alice.is_same(&supervisor.session(&principal("alice")).unwrap()));
    assert!(!alice.is_same(&supervisor.session(&principal("bob")).unwrap()));
    let elsewhere = principal_of("https://other.example", "alice");
    assert!(!alice.is_same(&supervisor.session(&elsewhere).unwrap()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_at_once_open_one_session() {
    let supervisor = supervisor().await;
    let asked: Vec<_> = (0..64)
        .map(|_| {
            let supervisor = supervisor.clone();
            tokio::spawn(async move { supervisor.session(&principal("alice")).unwrap() })
        })
        .collect();
    let first = supervisor.session(&principal("alice")).unwrap();
    for asked in asked {
        assert!(first.is_same(&asked.await.unwrap()));
    }
    assert_eq!(supervisor.0.directory.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn at_the_bound_the_longest_idle_session_makes_room() {
    let supervisor = bounded(2).await;
    let alice = supervisor.session(&principal("alice")).unwrap();
    let alices_actor = alice.actor().unwrap();
    drop(alice);
    tokio::time::advance(SECOND).await;
    let bob = supervisor.session(&principal("bob")).unwrap();
    drop(bob);
    tokio::time::advance(SECOND).await;

    let carol = supervisor.session(&principal("carol")).unwrap();
    assert_eq!(supervisor.0.directory.len(), 2);
    alices_actor.wait(Some(SECOND)).await.unwrap();
    assert!(carol.client(Some(&token())).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn at_the_bound_sessions_in_use_stay_and_newcomers_are_told_to_wait() {
    let supervisor = bounded(1).await;
    let alice = supervisor.session(&principal("alice")).unwrap();
    let busy = supervisor.session(&principal("bob")).unwrap_err();
    assert!(busy.retry_after > Duration::ZERO);
    assert!(alice.client(Some(&token())).await.is_ok());
    drop(alice);
    assert!(supervisor.session(&principal("bob")).is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_session_that_nobody_uses_is_passivated() {
    let supervisor = supervisor().await;
    let (alice, bob) = (
        supervisor.session(&principal("alice")).unwrap(),
        supervisor.session(&principal("bob")).unwrap(),
    );
    let alices_actor = alice.actor().unwrap();
    drop(alice);
    tokio::time::sleep(14 * 60 * SECOND).await;
    assert_eq!(supervisor.0.directory.len(), 2, "not idle for long enough");
    alices_actor.wait(Some(180 * SECOND)).await.unwrap();
    assert_eq!(supervisor.0.directory.len(), 1);
    assert!(
        bob.is_same(&supervisor.session(&principal("bob")).unwrap()),
        "still held"
    );
    assert!(
        supervisor
            .session(&principal("alice"))
            .unwrap()
            .client(Some(&token()))
            .await
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn being_asked_for_keeps_a_session() {
    let supervisor = supervisor().await;
    let actor = supervisor.session(&principal("alice")).unwrap().actor().unwrap();
    for _ in 0..6 {
        tokio::time::sleep(600 * SECOND).await;
        let session = supervisor.session(&principal("alice")).unwrap();
        assert_eq!(session.actor().unwrap().get_id(), actor.get_id());
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_whose_actor_died_is_replaced_at_the_next_use() {
    let supervisor = bounded(1).await;
    let session = supervisor.session(&principal("alice")).unwrap();
    let known = session.client(Some(&token())).await;
    assert!(known.is_ok());
    let actor = session.actor().unwrap();
    actor.kill();
    actor.wait(Some(SECOND)).await.unwrap();

    assert!(
        session.client(Some(&token())).await.is_ok(),
        "what is published outlives the actor"
    );
    let refused = session.client(Some(&SecretString::from("other"))).await.unwrap_err();
    assert!(matches!(refused, SessionError::Unavailable(_)), "{refused}");
    assert!(refused.retry_after().is_some());

    let fresh = supervisor.session(&principal("alice")).unwrap();
    assert!(!fresh.is_same(&session));
    assert!(fresh.client(Some(&SecretString::from("other"))).await.is_ok());
    assert!(supervisor.readiness().borrow().is_ready());
}
