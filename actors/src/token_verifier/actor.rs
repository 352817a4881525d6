//! The token verifier's actor: everything that asks the provider goes through it, once at a time for each question.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use ractor::{Actor, ActorProcessingErr, ActorRef, SupervisionEvent};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;
use tracing::Instrument;

use super::cache::Verdict;
use super::inspect::inspect;
use super::message::{TokenVerifierMessage as Message, Waiting};
use super::provider::Provider;
use super::rejection::Rejection;
use super::shared::{ProviderStatus, Shared};
use super::state::State;
use crate::digest::Fingerprint;
use crate::oidc::{CallError, KeySet, ProviderMetadata, discover, fetch_keys};

/// Bound on everything that is done to find out about one token.
pub(super) const INSPECTION_LIMIT: Duration = Duration::from_secs(20);

/// The token verifier's actor.
pub(super) struct TokenVerifierActor;

impl Actor for TokenVerifierActor {
    type Msg = Message;
    type State = Running;
    type Arguments = Arc<Shared>;

    async fn pre_start(&self, _: ActorRef<Message>, shared: Arc<Shared>) -> Result<Running, ActorProcessingErr> {
        let state = State::new(shared.options.call_limit);
        Ok(Running { shared, state })
    }

    async fn post_start(&self, myself: ActorRef<Message>, _: &mut Running) -> Result<(), ActorProcessingErr> {
        Ok(myself.cast(Message::Discover)?)
    }

    async fn handle(
        &self,
        myself: ActorRef<Message>,
        message: Message,
        running: &mut Running,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            Message::Discover => running.discover(&myself),
            Message::Discovered(outcome) => {
                let next = running.discovered(&myself, outcome);
                myself.send_after(next, || Message::Discover);
            }
            Message::RefreshKeys(waiting) => running.keys_demanded(&myself, waiting),
            Message::KeysFetched(outcome) => running.keys_fetched(outcome),
            Message::Inspect {
                fingerprint,
                token,
                waiting,
            } => running.inspect(myself, fingerprint, token, waiting),
            Message::Inspected { fingerprint, verdict } => running.inspected(fingerprint, &verdict),
        }
        Ok(())
    }

    /// The default would stop this actor when a child ends; it has none.
    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<Message>,
        _: SupervisionEvent,
        _: &mut Running,
    ) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}

/// The running actor: what it shares and what it owns.
pub(super) struct Running {
    shared: Arc<Shared>,
    state: State,
}

impl Running {
    fn discover(&self, myself: &ActorRef<Message>) {
        let options = &self.shared.options;
        let (http, location) = (options.http.clone(), options.provider.location.clone());
        let work = async move { discover(&http, &location).await.map(Box::new) };
        in_background(myself, "oidc.discovery", work, Message::Discovered);
    }

    /// Publishes what was found. Returns when to look again.
    fn discovered(
        &mut self,
        myself: &ActorRef<Message>,
        outcome: Result<Box<ProviderMetadata>, CallError>,
    ) -> Duration {
        let options = &self.shared.options.provider;
        let adopted = outcome
            .map_err(|error| error.to_string())
            .and_then(|metadata| Provider::adopt(*metadata, options).map_err(|error| error.to_string()));
        match adopted {
            Ok(provider) => {
                self.state.failed_attempts = 0;
                self.publish(provider);
                let next = options.refresh_interval;
                self.fetch_keys(myself);
                next
            }
            Err(problem) => {
                self.state.failed_attempts = self.state.failed_attempts.saturating_add(1);
                let attempts = self.state.failed_attempts;
                let wait = options.backoff(attempts);
                self.report_failure(attempts, &problem, wait);
                wait
            }
        }
    }

    fn publish(&self, provider: Provider) {
        let shared = &self.shared;
        let metadata = Arc::clone(&provider.metadata);
        let before = shared.metadata.borrow().clone();
        if before.as_deref() != Some(&*metadata) {
            describe(&provider);
            shared.set_authentication(provider.preferred_authentication());
            if before.is_some_and(|before| before.jwks_uri != metadata.jwks_uri) {
                shared.keys.store(None);
            }
            shared.provider.store(Some(Arc::new(provider)));
            shared.metadata.send_replace(Some(metadata));
        }
        shared.status.send_replace(ProviderStatus::Ready);
    }

    fn report_failure(&self, attempts: u32, problem: &str, wait: Duration) {
        let seconds = wait.as_secs();
        if self.shared.provider.load().is_some() {
            tracing::warn!(
                problem,
                "the identity provider's metadata could not be refreshed; what is known stays in use"
            );
            return;
        }
        let problem = problem.to_owned();
        if attempts == self.shared.options.provider.max_attempts {
            tracing::error!(
                attempts,
                problem,
                "the identity provider is not found; going on to try every {seconds} s"
            );
        } else {
            tracing::warn!(
                attempts,
                problem,
                "the identity provider is not found yet; trying again in {seconds} s"
            );
        }
        let unknown = ProviderStatus::Unknown { attempts, problem };
        self.shared.status.send_replace(unknown);
    }

    fn keys_demanded(&mut self, myself: &ActorRef<Message>, waiting: Waiting<bool>) {
        let now = self.shared.options.clock.now();
        let cooldown = self.shared.options.provider.key_cooldown;
        if self.state.keys.demand(waiting, now, cooldown) {
            self.spawn_key_fetch(myself);
        }
    }

    fn fetch_keys(&mut self, myself: &ActorRef<Message>) {
        if self.state.keys.begin() {
            self.spawn_key_fetch(myself);
        }
    }

    fn spawn_key_fetch(&mut self, myself: &ActorRef<Message>) {
        let provider = self.shared.provider.load_full();
        let Some(uri) = provider.and_then(|provider| provider.metadata.jwks_uri.clone()) else {
            self.state.keys.end(false);
            return;
        };
        let http = self.shared.options.http.clone();
        let work = async move { fetch_keys(&http, &uri).await };
        in_background(myself, "oidc.keys", work, Message::KeysFetched);
    }

    fn keys_fetched(&mut self, outcome: Result<KeySet, CallError>) {
        let worked = outcome.is_ok();
        match outcome {
            Ok(keys) => {
                tracing::debug!(?keys, "fetched the identity provider's keys");
                self.shared.keys.store(Some(Arc::new(keys)));
            }
            Err(error) => tracing::warn!(%error, "the identity provider's keys could not be fetched"),
        }
        self.state.keys.end(worked);
    }

    fn inspect(
        &mut self,
        myself: ActorRef<Message>,
        fingerprint: Fingerprint,
        token: SecretString,
        waiting: Waiting<Verdict>,
    ) {
        // Somebody may have got the verdict while this message was in the mailbox.
        if let Some(verdict) = self.shared.verdicts.get(&fingerprint, self.shared.now()) {
            waiting.answer(verdict);
            return;
        }
        if !self.state.wait_for_verdict(fingerprint, waiting) {
            return;
        }
        let (shared, calls) = (Arc::clone(&self.shared), Arc::clone(&self.state.calls));
        let work = async move {
            let _permit = calls.acquire().await.map_err(|_| Rejection::NotReady)?;
            inspect(&shared, token.expose_secret()).await
        };
        let task = async move {
            // A panic must not leave the token's entry behind, where everybody after would wait in vain.
            let bounded = timeout(INSPECTION_LIMIT, AssertUnwindSafe(work).catch_unwind());
            let verdict = match bounded.await {
                Ok(Ok(verdict)) => verdict,
                Ok(Err(_panic)) => Err(Rejection::NotReady),
                Err(_elapsed) => Err(Rejection::NetworkError),
            };
            let _ = myself.cast(Message::Inspected { fingerprint, verdict });
        };
        tokio::spawn(task.in_current_span());
    }

    fn inspected(&mut self, fingerprint: Fingerprint, verdict: &Verdict) {
        self.shared.verdicts.put(fingerprint, verdict, self.shared.now());
        for waiting in self.state.inspections.remove(&fingerprint).unwrap_or_default() {
            waiting.answer(verdict.clone());
        }
    }
}

/// Does work that no request asked for, under a span of its own, and tells the actor what came of it.
fn in_background<T: Send + 'static>(
    myself: &ActorRef<Message>,
    name: &'static str,
    work: impl Future<Output = T> + Send + 'static,
    message: impl FnOnce(T) -> Message + Send + 'static,
) {
    let myself = myself.clone();
    let span = tracing::info_span!(parent: None, "background", otel.name = name);
    let task = async move {
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(outcome) => {
                let _ = myself.cast(message(outcome));
            }
            // The answer that the actor waits for will never come: let the supervisor start a fresh one.
            Err(_panic) => myself.stop(Some(format!("{name} panicked"))),
        }
    };
    tokio::spawn(task.instrument(span));
}

/// Tells the operator what was found, and what is wrong with it.
fn describe(provider: &Provider) {
    let metadata = &provider.metadata;
    tracing::info!(
        issuer = metadata.issuer,
        introspection = metadata.introspection_endpoint.is_some(),
        registration = metadata.registration_endpoint.is_some(),
        "found the identity provider"
    );
    if !metadata.advertises_pkce_s256() {
        tracing::warn!(
            issuer = metadata.issuer,
            "the identity provider does not advertise PKCE with S256 (code_challenge_methods_supported); MCP clients must \
             refuse to log in there. In Nextcloud, update the oidc app"
        );
    }
    if metadata.introspection_endpoint.is_none() {
        tracing::warn!(
            issuer = metadata.issuer,
            "the identity provider offers no introspection: opaque tokens can only be checked at userinfo, which does not \
             tell whom they are meant for. Prefer JWT access tokens, or set INTROSPECTION_URI"
        );
    }
}
