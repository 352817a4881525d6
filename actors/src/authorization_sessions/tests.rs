//! Flows begun, taken, and gone.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use secrecy::{ExposeSecret, SecretString};

use super::{AuthorizationSessions, Flow, Kind, Login};
use crate::clock::ManualClock;
use crate::credential_vault::{CredentialVault, Table, VaultOptions};
use crate::principal::Subject;
use crate::randomness::{CountingRandomness, SystemRandomness};

const NOW: u64 = 1_795_221_159;

struct Bench {
    vault: CredentialVault,
    clock: Arc<ManualClock>,
    sessions: AuthorizationSessions,
}

impl Bench {
    async fn new() -> Self {
        let vault = CredentialVault::open(VaultOptions::in_memory()).unwrap();
        let clock = ManualClock::at(NOW);
        let sessions = open(&vault, &clock).await;
        Self { vault, clock, sessions }
    }

    async fn begin(&self, name: &str) -> String {
        let secret = self.sessions.begin(Kind::State, flow(name)).await.unwrap();
        secret.expose_secret().to_owned()
    }

    async fn take(&self, secret: &str) -> Option<String> {
        self.sessions
            .take(Kind::State, secret)
            .await
            .unwrap()
            .map(|flow| name(&flow))
    }

    async fn stored(&self) -> usize {
        self.vault
            .list::<serde_json::Value>(Table::AuthorizationSessions)
            .await
            .unwrap()
            .len()
    }
}

async fn open(vault: &CredentialVault, clock: &Arc<ManualClock>) -> AuthorizationSessions {
    AuthorizationSessions::open(
        vault.clone(),
        Arc::<ManualClock>::clone(clock),
        SystemRandomness::shared(),
    )
    .await
    .unwrap()
}

fn flow(name: &str) -> Flow {
    Flow::DelegatedAccess {
        subject: Subject::new("https://cloud", name),
        login: Login::new("us", &"cookie".into(), &CountingRandomness::default()),
    }
}

fn name(flow: &Flow) -> String {
    flow.owner().subject.as_ref().to_owned()
}

#[tokio::test]
async fn a_flow_is_found_by_its_secret_once() {
    let bench = Bench::new().await;
    let (alice, bob) = (bench.begin("alice").await, bench.begin("bob").await);
    assert_eq!(alice.len(), 43);
    assert_eq!(bench.take(&bob).await.as_deref(), Some("bob"));
    assert_eq!(bench.take(&alice).await.as_deref(), Some("alice"));
    assert_eq!(bench.take(&alice).await, None);
    assert_eq!(bench.stored().await, 0);
    for forged in ["", "alice", &"a".repeat(43), &"a".repeat(100_000)] {
        assert_eq!(bench.take(forged).await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_show_it_at_once_one_gets_it() {
    let bench = Bench::new().await;
    for _ in 0..5 {
        let secret = bench.begin("alice").await;
        let taken = join_all((0..32).map(|_| bench.take(&secret))).await;
        assert_eq!(taken.iter().flatten().count(), 1);
    }
}

#[tokio::test]
async fn a_link_is_no_state() {
    let bench = Bench::new().await;
    let state = bench.begin("alice").await;
    assert!(bench.sessions.take(Kind::Link, &state).await.unwrap().is_none());
    assert!(bench.take(&state).await.is_some());
}

#[tokio::test]
async fn after_ten_minutes_it_is_too_late() {
    let bench = Bench::new().await;
    let (first, second) = (bench.begin("alice").await, bench.begin("alice").await);
    bench.clock.advance(Duration::from_secs(599));
    assert!(bench.take(&first).await.is_some());
    bench.clock.advance(Duration::from_secs(1));
    assert!(bench.take(&second).await.is_none());
}

#[tokio::test]
async fn what_was_under_way_survives_a_restart_and_what_was_used_does_not() {
    let bench = Bench::new().await;
    let (used, open_one) = (bench.begin("alice").await, bench.begin("alice").await);
    bench.take(&used).await.unwrap();
    let restarted = open(&bench.vault, &bench.clock).await;
    assert!(restarted.take(Kind::State, &used).await.unwrap().is_none());
    let flow = restarted.take(Kind::State, &open_one).await.unwrap().unwrap();
    let Flow::DelegatedAccess { login, .. } = flow else {
        panic!("another flow")
    };
    assert!(login.went_through("cookie") && !login.went_through("cookie2") && !login.went_through(""));

    bench.begin("bob").await;
    bench.clock.advance(Duration::from_mins(10));
    open(&bench.vault, &bench.clock).await;
    assert_eq!(bench.stored().await, 0);
}

#[tokio::test]
async fn a_person_who_begins_many_loses_the_oldest_and_nobody_elses() {
    let bench = Bench::new().await;
    let bobs = bench.begin("bob").await;
    let mut secrets = Vec::new();
    for _ in 0..10 {
        secrets.push(bench.begin("alice").await);
    }
    assert_eq!(bench.stored().await, 9);
    assert!(bench.take(&secrets[1]).await.is_none());
    assert!(bench.take(&secrets[2]).await.is_some());
    assert!(bench.take(&secrets[9]).await.is_some());
    assert!(bench.take(&bobs).await.is_some());
}

#[tokio::test]
async fn ended_flows_leave_the_vault() {
    let bench = Bench::new().await;
    for name in ["alice", "bob", "carol"] {
        bench.begin(name).await;
    }
    bench.clock.advance(Duration::from_mins(10));
    bench.begin("alice").await;
    assert_eq!(bench.stored().await, 1);
}

/// The example of RFC 7636, appendix B.
#[test]
fn the_challenge_is_the_hash_of_the_verifier() {
    let mut login = Login::new("us", &"cookie".into(), &SystemRandomness);
    assert_ne!(
        login.challenge(),
        Login::new("us", &"cookie".into(), &SystemRandomness).challenge()
    );
    login.verifier = SecretString::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(login.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    assert!(!format!("{login:?}").contains("dBjft"));
}
