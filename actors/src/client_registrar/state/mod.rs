//! What the actor knows, and what is to be done next.

mod answers;
mod schedule;

use std::collections::VecDeque;
use std::sync::Arc;

use secrecy::ExposeSecret;
use tokio::sync::watch;
use tracing::{error, warn};

use crate::client_registrar::client::{OAuthClient, RegisteredClient};
use crate::client_registrar::error::RegistrarError;
use crate::client_registrar::message::{Command, Waiting};
use crate::client_registrar::store::Row;
use crate::client_registrar::work::{Job, Outcome, Worker};
use crate::oidc::ProviderMetadata;
use crate::randomness::SharedRandomness;

/// How things stand, for `client show`.
#[derive(Debug, Clone)]
pub struct Description {
    /// The client in use.
    pub client: Option<Arc<OAuthClient>>,
    /// The provider, once it is known.
    pub issuer: Option<String>,
    /// The redirect URI that a registered client has.
    pub redirect_uri: String,
    /// The scopes that a registered client is asked for.
    pub scope: String,
    /// When the client will be renewed, in seconds since the Unix epoch.
    pub renew_at: Option<u64>,
    /// How many old clients wait to be deleted at the provider.
    pub to_delete: usize,
    /// Why the last attempt failed.
    pub last_error: Option<RegistrarError>,
}

/// What the handle and its actors share.
pub(in crate::client_registrar) struct Shared {
    /// The client is configured: there is nothing to do, but the supervisor has its child.
    pub(in crate::client_registrar) is_static: bool,
    pub(in crate::client_registrar) worker: Worker,
    pub(in crate::client_registrar) randomness: SharedRandomness,
    pub(in crate::client_registrar) provider: watch::Receiver<Option<Arc<ProviderMetadata>>>,
    pub(in crate::client_registrar) published: watch::Sender<Option<Arc<OAuthClient>>>,
    pub(in crate::client_registrar) problem: watch::Sender<Option<RegistrarError>>,
}

/// A job for a task of its own.
pub(in crate::client_registrar) struct Start {
    pub(in crate::client_registrar) job: Job,
    pub(in crate::client_registrar) provider: Arc<ProviderMetadata>,
}

struct Running {
    job: Job,
    command: Option<Command>,
}

struct Refused {
    client_id: String,
    waiting: Waiting<Arc<OAuthClient>>,
}

pub(in crate::client_registrar) struct State {
    shared: Arc<Shared>,
    /// The provider that `row` is about.
    provider: Option<Arc<ProviderMetadata>>,
    row: Row,
    /// Whether the stored client was looked at.
    adopted: bool,
    /// The operator took the client away: none is registered unasked.
    paused: bool,
    running: Option<Running>,
    commands: VecDeque<Command>,
    waiting: Vec<Refused>,
    describing: Vec<Waiting<Description>>,
    /// The client in use that the provider refused.
    refused: Option<String>,
    replaced_at: Option<u64>,
    failures: u32,
    retry_at: Option<u64>,
    last_error: Option<RegistrarError>,
}

impl State {
    pub(in crate::client_registrar) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            provider: None,
            row: Row::default(),
            adopted: false,
            paused: false,
            running: None,
            commands: VecDeque::new(),
            waiting: Vec::new(),
            describing: Vec::new(),
            refused: None,
            replaced_at: None,
            failures: 0,
            retry_at: None,
            last_error: None,
        }
    }

    pub(in crate::client_registrar) fn now(&self) -> u64 {
        self.shared.worker.clock.unix_seconds()
    }

    pub(in crate::client_registrar) fn replace(&mut self, refused: String, waiting: Waiting<Arc<OAuthClient>>) {
        self.waiting.push(Refused {
            client_id: refused,
            waiting,
        });
    }

    pub(in crate::client_registrar) fn command(&mut self, command: Command) {
        self.commands.push_back(command);
    }

    pub(in crate::client_registrar) fn describe(&mut self, waiting: Waiting<Description>) {
        self.describing.push(waiting);
    }

    /// Decides what is to be done now, and answers whoever has nothing more to wait for.
    pub(in crate::client_registrar) fn advance(&mut self) -> Option<Start> {
        self.answer_satisfied();
        if self.running.is_some() {
            return None;
        }
        let provider = self.shared.provider.borrow().clone();
        let start = provider.and_then(|provider| {
            self.turn_to(&provider);
            let (job, command) = self.next_job()?;
            self.running = Some(Running {
                job: job.clone(),
                command,
            });
            Some(Start { job, provider })
        });
        if start.is_none() {
            self.answer_the_rest();
        }
        start
    }

    fn issuer(&self) -> Option<&str> {
        self.provider.as_ref().map(|provider| provider.issuer.as_str())
    }

    /// Takes note of the provider. Of another one nothing is known yet, and the client in use must not be shown to it.
    fn turn_to(&mut self, provider: &Arc<ProviderMetadata>) {
        if self.provider.as_ref() == Some(provider) {
            return;
        }
        let before = self.provider.replace(Arc::clone(provider));
        if before.as_ref().is_some_and(|before| before.issuer == provider.issuer) {
            // What was refused may be allowed now.
            if self.last_error.as_ref().is_some_and(|error| !error.is_transient()) {
                self.succeeded();
            }
            return;
        }
        if before.is_some() {
            self.shared.published.send_replace(None);
        }
        self.row = Row::default();
        self.adopted = false;
        self.refused = None;
        self.replaced_at = None;
        self.succeeded();
    }

    /// A job ended.
    pub(in crate::client_registrar) fn finished(&mut self, issuer: &str, outcome: Outcome) {
        let Some(Running { job, command }) = self.running.take() else {
            return;
        };
        let ours = self.issuer() == Some(issuer);
        if ours {
            if let Some(row) = outcome.row {
                self.row = row;
            }
            match &outcome.result {
                Ok(_) => self.carried_out(&job),
                Err(error) => self.failed(&job, error.clone()),
            }
            self.publish();
        }
        if let Some(command) = command {
            self.answer_command(command, outcome.result);
        }
    }

    fn carried_out(&mut self, job: &Job) {
        let current = self.row.current.as_ref().map(|current| &current.client_id);
        if self.refused.as_ref().is_some_and(|refused| current != Some(refused)) {
            self.refused = None;
        }
        match job {
            Job::Adopt => self.adopted = true,
            Job::Replace { .. } => self.replaced_at = Some(self.now()),
            Job::Register => {
                self.adopted = true;
                self.paused = false;
            }
            Job::Unregister => self.paused = true,
            // Says nothing about registration.
            Job::Check => return,
            Job::Renew | Job::Sweep => {}
        }
        self.succeeded();
    }

    fn succeeded(&mut self) {
        self.failures = 0;
        self.retry_at = None;
        self.last_error = None;
        self.shared.problem.send_if_modified(|problem| problem.take().is_some());
    }

    fn failed(&mut self, job: &Job, error: RegistrarError) {
        match job {
            // Out of use, even if the provider could not be told yet.
            Job::Unregister => self.paused |= self.row.current.is_none(),
            // The operator reads the error and decides.
            Job::Register | Job::Check => {}
            Job::Adopt | Job::Replace { .. } | Job::Renew | Job::Sweep => self.try_again(job, error),
        }
    }

    fn try_again(&mut self, job: &Job, error: RegistrarError) {
        let timing = &self.shared.worker.timing;
        let pause = timing.pause_after(&error, self.failures, &*self.shared.randomness);
        let seconds = pause.as_secs().max(1);
        self.failures = self.failures.saturating_add(1);
        self.retry_at = Some(self.now().saturating_add(seconds));
        if error.is_transient() {
            warn!(%error, ?job, failures = self.failures, "OAuth client: next attempt in {seconds} s");
        } else {
            error!(%error, ?job, "OAuth client: next attempt in {seconds} s");
        }
        self.shared.problem.send_replace(Some(error.clone()));
        self.last_error = Some(error);
    }

    /// Shows the requests what the store holds. Before the stored client was looked at, whatever an actor before this
    /// one published stays.
    fn publish(&self) {
        if !self.adopted && !self.paused {
            return;
        }
        let next = self.row.current.as_ref();
        self.shared.published.send_if_modified(|published| {
            let same = match (&*published, next) {
                (Some(published), Some(next)) => is_same(published, next),
                (None, None) => true,
                _ => false,
            };
            if !same {
                *published = next.map(|next| Arc::new(OAuthClient::from(next)));
            }
            !same
        });
    }

    fn current(&self) -> Option<Arc<OAuthClient>> {
        self.shared.published.borrow().clone()
    }
}

fn is_same(published: &OAuthClient, next: &RegisteredClient) -> bool {
    published.client_id == next.client_id
        && published.expiry == next.expiry
        && published.authentication == next.authentication
        && published.registration == next.registration
        && published.client_secret.as_ref().map(ExposeSecret::expose_secret)
            == next.client_secret.as_ref().map(ExposeSecret::expose_secret)
}
