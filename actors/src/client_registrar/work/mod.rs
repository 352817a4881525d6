//! The jobs: what happens between the store and the provider, one job at a time. See the module's page for the order
//! of the steps and what a crash between two of them leaves behind.

mod manage;
mod register;

use std::sync::Arc;

use observability::Metrics;
use secrecy::ExposeSecret;
use tokio::sync::Mutex;
use tracing::{info, warn};

use crate::client_registrar::client::RegisteredClient;
use crate::client_registrar::error::RegistrarError;
use crate::client_registrar::store::{ClientStore, Row};
use crate::client_registrar::template::{Fit, RegistrationTemplate};
use crate::client_registrar::timing::Timing;
use crate::clock::SharedClock;
use crate::oidc::ProviderMetadata;
use crate::oidc::registration::Registration;

/// A client that lives shorter than this is worth a word in the log: every renewal costs people their consent.
const SHORT_LIFE: u64 = 24 * 60 * 60;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::client_registrar) enum Job {
    /// Take the stored client into use, after an update if the configuration has changed, or register one.
    Adopt,
    /// Register another client in place of the one that the provider refused.
    Replace { refused: String },
    /// Get a secret that lives longer, or another client.
    Renew,
    /// Register another client because the operator said so.
    Register,
    /// Delete the client because the operator said so.
    Unregister,
    /// Ask the provider about the client.
    Check,
    /// Delete the old client that is due at the provider.
    Sweep,
}

/// What `unregister` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unregistered {
    /// There was nothing to do.
    NoClient,
    /// The provider deleted the client, and it is forgotten here.
    Deleted,
    /// It is forgotten here. The provider did not know it any more, or gave no means to delete it.
    Forgotten,
}

/// What the provider says of our client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is registered.
    Known,
    /// It is not, or our registration access token is not good any more.
    Unknown,
}

/// What a job came to.
#[derive(Debug)]
pub(in crate::client_registrar) enum Done {
    /// The stored client stays as it is.
    Kept,
    /// There is a (changed) client.
    Changed,
    Unregistered(Unregistered),
    Standing(Standing),
}

/// The end of a job: what the store holds now, if it could be read, and what came of it.
#[derive(Debug)]
pub(in crate::client_registrar) struct Outcome {
    pub(in crate::client_registrar) row: Option<Row>,
    pub(in crate::client_registrar) result: Result<Done, RegistrarError>,
}

/// What the jobs need.
pub(in crate::client_registrar) struct Worker {
    pub(in crate::client_registrar) http: reqwest::Client,
    pub(in crate::client_registrar) clock: SharedClock,
    pub(in crate::client_registrar) store: Arc<dyn ClientStore>,
    pub(in crate::client_registrar) template: RegistrationTemplate,
    pub(in crate::client_registrar) automatic: bool,
    pub(in crate::client_registrar) timing: Timing,
    pub(in crate::client_registrar) metrics: Metrics,
    /// Held by the job at work. It belongs to the handle, so a job that outlives its actor finishes before the next
    /// actor's first job looks into the store.
    pub(in crate::client_registrar) lane: Mutex<()>,
}

impl Worker {
    pub(in crate::client_registrar) async fn run(&self, job: &Job, provider: &ProviderMetadata) -> Outcome {
        let _lane = self.lane.lock().await;
        let mut row = match self.store.load(&provider.issuer).await {
            Ok(row) => row,
            Err(error) => {
                return Outcome {
                    row: None,
                    result: Err(error.into()),
                };
            }
        };
        let work = Work {
            worker: self,
            provider,
            row: &mut row,
        };
        let result = match job {
            Job::Adopt => work.adopt().await,
            Job::Replace { refused } => work.replace(refused).await,
            Job::Renew => work.renew().await,
            Job::Register => work.register("the operator asked for it", 0).await,
            Job::Unregister => work.unregister().await,
            Job::Check => work.check().await,
            Job::Sweep => work.sweep().await,
        };
        Outcome { row: Some(row), result }
    }
}

/// One job at work on one provider's row. `row` is always what the store holds.
struct Work<'a> {
    worker: &'a Worker,
    provider: &'a ProviderMetadata,
    row: &'a mut Row,
}

impl Work<'_> {
    fn now(&self) -> u64 {
        self.worker.clock.unix_seconds()
    }

    /// Makes `next` what the store holds.
    async fn save(&mut self, next: Row) -> Result<(), RegistrarError> {
        self.worker.store.save(&self.provider.issuer, &next).await?;
        *self.row = next;
        Ok(())
    }

    async fn adopt(mut self) -> Result<Done, RegistrarError> {
        if let Some(since) = self.row.registering_since {
            warn!(
                since,
                client_name = self.worker.template.client_name,
                "a registration was cut off before its answer was stored; an OAuth client that nobody uses may be left at \
                 the provider until it expires there"
            );
            let mut said = self.row.clone();
            said.registering_since = None;
            self.save(said).await?;
        }
        let Some(current) = &self.row.current else {
            return if self.worker.automatic {
                self.register("none is configured and none is stored", 0).await
            } else {
                Ok(Done::Kept)
            };
        };
        if !self.worker.automatic {
            return Ok(Done::Kept);
        }
        if current.ends_at().is_some_and(|end| end <= self.now()) {
            return self.register("the stored one has expired", 0).await;
        }
        match self.worker.template.fit(&current.template) {
            Fit::Same => {
                info!(
                    client_id = current.client_id,
                    issuer = self.provider.issuer,
                    "using the stored OAuth client"
                );
                Ok(Done::Kept)
            }
            Fit::Update if current.registration.is_some() => self.update().await,
            Fit::Update | Fit::New => self.register("the configuration has changed", 0).await,
        }
    }

    async fn replace(self, refused: &str) -> Result<Done, RegistrarError> {
        match &self.row.current {
            Some(current) if current.client_id != refused => Ok(Done::Kept),
            _ => self.register("the provider refused the one before", 0).await,
        }
    }

    /// The client in use and what it takes to manage it.
    fn managed(&self) -> Option<(RegisteredClient, Registration)> {
        let current = self.row.current.clone()?;
        let held = current.registration.clone()?;
        (!held.access_token.expose_secret().is_empty()).then_some((current, held))
    }
}
