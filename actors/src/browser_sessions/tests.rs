//! Browsers that come, stay and go.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;

use super::{BrowserSession, BrowserSessions, IDLE, LONGEST};
use crate::authorization_sessions::LIFETIME;
use crate::clock::ManualClock;
use crate::credential_vault::{CredentialVault, Table, VaultOptions};
use crate::principal::Subject;
use crate::randomness::SystemRandomness;

const NOW: u64 = 1_795_221_159;

struct Bench {
    vault: CredentialVault,
    clock: Arc<ManualClock>,
    sessions: BrowserSessions,
}

impl Bench {
    async fn new() -> Self {
        let vault = CredentialVault::open(VaultOptions::in_memory()).unwrap();
        let clock = ManualClock::at(NOW);
        let sessions = open(&vault, &clock).await;
        Self { vault, clock, sessions }
    }

    async fn log_in(&self, name: &str) -> String {
        let subject = Subject::new("https://cloud", name);
        let cookie = self.sessions.begin(&subject, None).await.unwrap();
        cookie.expose_secret().to_owned()
    }

    async fn find(&self, cookie: &str) -> Option<String> {
        let session = self.sessions.find(cookie).await.unwrap();
        session.map(|session| session.subject().subject.as_ref().to_owned())
    }

    async fn stored(&self) -> Vec<(String, BrowserSession)> {
        self.vault.list(Table::BrowserSessions).await.unwrap()
    }

    fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

async fn open(vault: &CredentialVault, clock: &Arc<ManualClock>) -> BrowserSessions {
    let clock = Arc::<ManualClock>::clone(clock);
    BrowserSessions::open(vault.clone(), clock, SystemRandomness::shared())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_browser_is_known_by_its_cookie_until_it_logs_out() {
    let bench = Bench::new().await;
    let (alice, bob) = (bench.log_in("alice").await, bench.log_in("bob").await);
    assert_ne!(alice, bob);
    assert_eq!(bench.find(&alice).await.as_deref(), Some("alice"));
    assert_eq!(bench.find(&bob).await.as_deref(), Some("bob"));
    for stranger in ["", "x", &alice[1..], &"x".repeat(4096)] {
        assert_eq!(bench.find(stranger).await, None);
    }
    bench.sessions.end(&alice).await.unwrap();
    assert_eq!(bench.find(&alice).await, None);
    assert_eq!(bench.find(&bob).await.as_deref(), Some("bob"));
    assert_eq!(bench.stored().await.len(), 1);
}

#[tokio::test]
async fn the_database_does_not_hold_what_a_browser_shows() {
    let bench = Bench::new().await;
    let cookie = bench.log_in("alice").await;
    let stored = bench.stored().await;
    assert!(!format!("{stored:?}").contains(&cookie));
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_after_its_time() {
    let bench = Bench::new().await;
    let idle = bench.log_in("idle").await;
    let used = bench.log_in("used").await;
    bench.wait(IDLE - 1);
    assert!(bench.find(&used).await.is_some());
    bench.wait(1);
    assert_eq!(bench.find(&idle).await, None);
    for _ in 0..11 {
        assert!(bench.find(&used).await.is_some());
        bench.wait(IDLE - 60);
    }
    assert!(bench.find(&used).await.is_some());
    bench.wait(LONGEST - IDLE - 11 * (IDLE - 60) - 1);
    assert!(bench.find(&used).await.is_some());
    bench.wait(1);
    assert_eq!(bench.find(&used).await, None);
    assert!(bench.stored().await.is_empty());
}

#[tokio::test]
async fn a_restart_logs_nobody_out_and_forgets_who_left() {
    let bench = Bench::new().await;
    let early = bench.log_in("early").await;
    bench.wait(IDLE - 1);
    let late = bench.log_in("late").await;
    bench.wait(1);
    let again = open(&bench.vault, &bench.clock).await;
    assert!(again.find(&late).await.unwrap().is_some());
    assert!(again.find(&early).await.unwrap().is_none());
    assert_eq!(bench.stored().await.len(), 1);
}

#[tokio::test]
async fn one_person_has_a_bounded_number_of_browsers() {
    let bench = Bench::new().await;
    let mut cookies = Vec::new();
    for _ in 0..20 {
        cookies.push(bench.log_in("alice").await);
    }
    assert_eq!(bench.stored().await.len(), 8);
    assert_eq!(bench.find(&cookies[11]).await, None);
    assert!(bench.find(&cookies[12]).await.is_some());
}

#[tokio::test]
async fn a_login_is_taken_once_by_its_state() {
    let bench = Bench::new().await;
    let begun = bench.sessions.begin_login("us");
    let state = begun.state.expose_secret();
    assert!(bench.sessions.take_login("another").is_none());
    let login = bench.sessions.take_login(state).unwrap();
    assert!(login.went_through(begun.cookie.expose_secret()));
    assert!(!login.went_through("another") && login.nonce == begun.login.nonce);
    assert!(bench.sessions.take_login(state).is_none());

    let begun = bench.sessions.begin_login("us");
    bench.wait(LIFETIME);
    assert!(bench.sessions.take_login(begun.state.expose_secret()).is_none());
}
