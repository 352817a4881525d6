//! What all sessions' grants share: where they are kept, and where they are renewed.
//!
//! Work on one person's grant is done in a lane: one job at a time, each beginning with what the vault holds. That holds
//! across the lives of actors: a job goes on when its session's actor ends, and the job of the next actor waits for it. So
//! no refresh token is redeemed twice, and nothing that was revoked comes back.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use observability::Metrics;
use tokio::sync::{Mutex, MutexGuard, OwnedSemaphorePermit, Semaphore, watch};

use super::problem::GrantProblem;
use super::record::{Grant, key};
use crate::clock::SharedClock;
use crate::credential_vault::{Batch, CredentialVault, Table, VaultError};
use crate::oidc::{ClientCredentials, ProviderMetadata, revoke_refresh_token};
use crate::principal::Subject;
use crate::token_verifier::OwnClient;

/// Lanes. People whose subjects meet in one wait for each other, which costs time and nothing else.
const LANES: usize = 1024;
/// Jobs at the provider or the vault at the same time.
const JOBS: u32 = 64;
/// The first pause before a change is stored again; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What the keeper of all grants is made of.
pub struct GrantKeeperOptions {
    /// Where grants are kept.
    pub vault: CredentialVault,
    /// For the calls to the provider.
    pub http: reqwest::Client,
    /// The time.
    pub clock: SharedClock,
    /// The provider, once it is discovered.
    pub provider: watch::Receiver<Option<Arc<ProviderMetadata>>>,
    /// This server's OAuth client there.
    pub clients: Arc<dyn OwnClient>,
    /// Where grants and their refreshes are counted.
    pub metrics: Metrics,
}

/// What all sessions' grants share.
pub struct GrantKeeper {
    pub(super) options: GrantKeeperOptions,
    lanes: Box<[Mutex<()>]>,
    jobs: Arc<Semaphore>,
}

/// The right to work on a person's grant.
pub(super) struct Lane<'a> {
    _lane: MutexGuard<'a, ()>,
    _job: OwnedSemaphorePermit,
}

impl GrantKeeper {
    /// Keeps grants in a vault, of one provider.
    pub fn new(options: GrantKeeperOptions) -> Arc<Self> {
        Arc::new(Self {
            options,
            lanes: (0..LANES).map(|_| Mutex::new(())).collect(),
            jobs: Arc::new(Semaphore::new(JOBS as usize)),
        })
    }

    /// Waits until no grant is being renewed or stored, at most `limit`: before the vault is closed, so that no refresh
    /// token is lost that the provider has given out already. Whether all was done.
    pub async fn settle(&self, limit: Duration) -> bool {
        let all = self.jobs.acquire_many(JOBS);
        tokio::time::timeout(limit, all).await.is_ok()
    }

    pub(super) fn now(&self) -> u64 {
        self.options.clock.unix_seconds()
    }

    /// Waits for its turn. First come, first served.
    pub(super) async fn lane(&self, subject: &Subject) -> Result<Lane<'_>, GrantProblem> {
        let mut hasher = DefaultHasher::new();
        subject.hash(&mut hasher);
        let number = usize::try_from(hasher.finish() % LANES as u64).unwrap_or_default();
        let lane = self.lanes[number].lock().await;
        let job = Arc::clone(&self.jobs).acquire_owned().await;
        Ok(Lane {
            _lane: lane,
            _job: job.map_err(|_| GrantProblem::StoreUnavailable)?,
        })
    }

    /// The provider and our client there.
    pub(super) fn provider(&self) -> Result<(Arc<ProviderMetadata>, ClientCredentials), GrantProblem> {
        let provider = self.options.provider.borrow().clone();
        let client = self.options.clients.current();
        provider.zip(client).ok_or(GrantProblem::NotReady)
    }

    /// The stored grant. One that cannot be read (a key is missing, say) is left where it is, and is no reason to tell its
    /// owner to begin anew.
    pub(super) async fn load(&self, subject: &Subject) -> Result<Option<Grant>, GrantProblem> {
        self.options
            .vault
            .get(Table::Grants, &key(subject))
            .await
            .map_err(|error| unavailable(&error))
    }

    /// Stores a grant, however long that takes: the provider may not take back the tokens it replaces. Fails only when
    /// the vault is closed.
    pub(super) async fn store(&self, subject: &Subject, grant: &Grant) -> Result<(), GrantProblem> {
        self.commit(|| Batch::new().put(Table::Grants, &key(subject), grant))
            .await?;
        self.count().await;
        Ok(())
    }

    /// Counts the grants there are, for the metrics.
    pub async fn count(&self) {
        match self.options.vault.count(Table::Grants).await {
            Ok(count) => self
                .options
                .metrics
                .grants()
                .set(i64::try_from(count).unwrap_or(i64::MAX)),
            Err(error) => tracing::debug!(%error, "the grants cannot be counted"),
        }
    }

    /// Forgets a grant, however long that takes.
    pub(super) async fn forget(&self, subject: &Subject) -> Result<(), GrantProblem> {
        self.commit(|| Ok(Batch::new().delete(Table::Grants, &key(subject))))
            .await?;
        self.count().await;
        Ok(())
    }

    async fn commit(&self, batch: impl Fn() -> Result<Batch, VaultError>) -> Result<(), GrantProblem> {
        let mut pause = FIRST_PAUSE;
        loop {
            let stored = match batch() {
                Ok(batch) => self.options.vault.commit(batch).await,
                Err(error) => Err(error),
            };
            match stored {
                Ok(()) => return Ok(()),
                Err(error @ (VaultError::Closed | VaultError::TooLarge { .. } | VaultError::Unserializable { .. })) => {
                    return Err(unavailable(&error));
                }
                Err(error) => tracing::warn!(%error, "a change of a grant is not stored yet; trying again"),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Tells the provider to forget a grant, if it can be told. What it says is only logged: here the grant is forgotten
    /// in every case.
    pub(super) async fn tell_provider(&self, grant: &Grant) -> Revocation {
        let Ok((provider, client)) = self.provider() else {
            return Revocation::Failed;
        };
        match revoke_refresh_token(&self.options.http, &provider, &client, &grant.refresh_token).await {
            Ok(true) => Revocation::Done,
            Ok(false) => Revocation::NotOffered,
            Err(error) => {
                tracing::warn!(%error, "a grant was forgotten here, but the identity provider could not be told");
                Revocation::Failed
            }
        }
    }
}

/// What the provider made of a revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// The grant has ended there.
    Done,
    /// It has no revocation endpoint: what it issued ends when it expires, or when the person ends it there.
    NotOffered,
    /// It could not be told.
    Failed,
}

fn unavailable(error: &VaultError) -> GrantProblem {
    tracing::error!(%error, "a grant cannot be read or stored");
    GrantProblem::StoreUnavailable
}

impl fmt::Debug for GrantKeeper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("GrantKeeper")
    }
}

impl fmt::Debug for GrantKeeperOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("GrantKeeperOptions")
    }
}
