//! The `CredentialVault` keeps what must survive a restart: the server's OAuth client, the users' grants at their
//! Nextcloud, and the clients and logins of those who connect. Everything in it is encrypted, and a change is
//! acknowledged only when it is on the disk.
//!
//! The database is a [redb](https://docs.rs/redb) file that one server owns. Writes go through a bounded queue to one
//! thread, which stores all that is waiting with a single commit (`writer`); reads are transactions of their own on the
//! runtime's blocking threads, since a page that is not cached is a disk access. Values are encrypted by the caller's
//! task, so the thread does nothing but write (`record` has the format, `keyring` the keys). After an I/O error redb
//! takes no more writes, so the thread opens the database again (`store`), and says so through
//! [`CredentialVault::status`].
//!
//! # Why this is not a ractor actor
//!
//! The thread is an actor in all but name: it owns the writes, takes messages, and publishes its state. An actor in
//! front of it would add a second mailbox (an unbounded one) and nothing else. What a supervisor would do for it, the
//! thread does itself, and can do better: a panic inside the database is caught, and both that and a failed disk end in
//! the same loop, which opens the database again with growing pauses, refuses requests meanwhile, and never gives up, as
//! a restart budget would. The supervisor also starts its children in tasks; the vault opens before any of them, since a
//! database that cannot be opened has to stop the server with a message, not to degrade it.

mod backup;
mod batch;
mod error;
mod key_file;
mod keyring;
mod private_file;
mod record;
mod schema;
mod storage;
mod store;
mod table;
mod writer;

#[cfg(test)]
pub(crate) mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

pub use batch::{Batch, MAX_CHANGES, MAX_KEY, MAX_VALUE};
pub use error::{Damage, VaultError};
pub use keyring::{KEY_VARIABLE, KeyError, KeyId, Keyring};
pub use table::Table;
pub use writer::Status;

use crate::admission::{Busy, Gate};
use crate::randomness::{SharedRandomness, SystemRandomness};
use storage::{FileStorage, MemoryStorage, Storage};
use store::Store;
use writer::{Commit, Request};

/// How a vault is opened.
#[derive(Debug, Clone)]
pub struct VaultOptions {
    /// The database file. `None`: in memory, gone with the process.
    pub path: Option<PathBuf>,
    /// The keys. `None`: from the key file beside the database (`<path>.key`), which is made if the database is new.
    pub keys: Option<Keyring>,
    /// How many changes may wait to be stored, and as many reads to be made.
    pub queue: usize,
    /// How long one request waits for the disk before it gets an error.
    pub patience: Duration,
    /// Where keys and nonces come from.
    pub randomness: SharedRandomness,
}

impl VaultOptions {
    /// A vault in this file.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: Some(path.into()),
            ..Self::in_memory()
        }
    }

    /// A vault in memory, encrypted with a key that nobody knows: for a single user, and for tests.
    pub fn in_memory() -> Self {
        Self {
            path: None,
            keys: None,
            queue: 1024,
            patience: Duration::from_secs(10),
            randomness: SystemRandomness::shared(),
        }
    }

    /// With these keys.
    #[must_use]
    pub fn with_keys(mut self, keys: Keyring) -> Self {
        self.keys = Some(keys);
        self
    }
}

/// Encrypted, durable storage of credentials. Cheap to clone; all clones are one vault.
#[derive(Clone)]
pub struct CredentialVault {
    store: Arc<Store>,
    requests: mpsc::Sender<Request>,
    reads: Gate,
    status: watch::Receiver<Status>,
    patience: Duration,
}

impl CredentialVault {
    /// Opens the vault, or makes it: takes the lock of the file, compares all of it with its checksums, finds out whether
    /// the keys fit, and starts the thread.
    ///
    /// Blocks on the disk: call it before the server serves, or on a blocking thread.
    pub fn open(options: VaultOptions) -> Result<Self, VaultError> {
        let storage: Box<dyn Storage> = match &options.path {
            Some(path) => Box::new(FileStorage { path: path.clone() }),
            None => Box::new(MemoryStorage::default()),
        };
        Self::open_on(storage, options)
    }

    fn open_on(storage: Box<dyn Storage>, options: VaultOptions) -> Result<Self, VaultError> {
        let path = storage.path().to_owned();
        let store = Arc::new(Store::open(storage, options.keys, options.randomness)?);
        let (requests, queue) = mpsc::channel(options.queue.max(1));
        let status = writer::start(Arc::clone(&store), queue).map_err(|error| VaultError::from_io(&path, &error))?;
        Ok(Self {
            store,
            requests,
            reads: Gate::new(options.queue.max(1)),
            status,
            patience: options.patience,
        })
    }

    /// The value stored under a key, as it was last acknowledged or later.
    ///
    /// [`VaultError::Unreadable`] if the record was damaged or has another shape than `T`.
    pub async fn get<T: DeserializeOwned + Send + 'static>(
        &self,
        table: Table,
        key: &str,
    ) -> Result<Option<T>, VaultError> {
        batch::check_key(key)?;
        let key = key.to_owned();
        self.read(move |store| store.get(table, &key)).await
    }

    /// All values of a table with their keys, in the order of the keys. Records that cannot be read are left out and
    /// reported in the log. All of them are in memory at once: not for the path of a request.
    pub async fn list<T: DeserializeOwned + Send + 'static>(
        &self,
        table: Table,
    ) -> Result<Vec<(String, T)>, VaultError> {
        self.read(move |store| store.list(table)).await
    }

    /// How many values a table has, readable or not.
    pub async fn count(&self, table: Table) -> Result<u64, VaultError> {
        self.read(move |store| store.count(table)).await
    }

    /// Stores a value, replacing the one before. `Ok` only when it is on the disk.
    pub async fn put<T: Serialize + ?Sized>(&self, table: Table, key: &str, value: &T) -> Result<(), VaultError> {
        self.commit(Batch::new().put(table, key, value)?).await
    }

    /// Removes a value, if it is there. `Ok` only when that is on the disk.
    pub async fn delete(&self, table: Table, key: &str) -> Result<(), VaultError> {
        self.commit(Batch::new().delete(table, key)).await
    }

    /// Makes all the changes of a batch, or none, in one durable commit.
    ///
    /// Accepted changes are stored even if the caller stops waiting. [`VaultError::OutcomeUnknown`] says that they may
    /// be stored or not: commit the same batch again.
    pub async fn commit(&self, batch: Batch) -> Result<(), VaultError> {
        batch.check()?;
        if batch.is_empty() {
            return Ok(());
        }
        let changes = batch
            .changes
            .into_iter()
            .map(|change| self.store.seal(change))
            .collect::<Result<_, _>>()?;
        let (reply, stored) = oneshot::channel();
        self.requests
            .try_send(Request::Commit(Commit { changes, reply }))
            .map_err(|refused| match refused {
                TrySendError::Full(_) => VaultError::Busy(Busy {
                    retry_after: Duration::from_secs(1),
                }),
                TrySendError::Closed(_) => VaultError::Closed,
            })?;
        match timeout(self.patience, stored).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(VaultError::OutcomeUnknown {
                detail: "the vault stopped".to_owned(),
            }),
            Err(_) => Err(VaultError::OutcomeUnknown {
                detail: format!("the disk did not answer within {} s", self.patience.as_secs()),
            }),
        }
    }

    /// Writes a copy of the database, as it is at this moment, to `path`; a file that is there is replaced. The copy is
    /// encrypted with the same keys, which are not part of it.
    pub async fn backup(&self, path: impl AsRef<Path>) -> Result<(), VaultError> {
        let path = path.as_ref().to_owned();
        let store = Arc::clone(&self.store);
        tokio::task::spawn_blocking(move || backup::write(&store, &path))
            .await
            .map_err(stopped)?
    }

    /// Stores what has been accepted, then closes the file; later requests get [`VaultError::Closed`]. Returns when the
    /// file is free for another process. Does nothing if the vault is closed already.
    pub async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.requests.send(Request::Close(reply)).await.is_ok() {
            let _ = closed.await;
        }
        let _ = self.status.clone().wait_for(|status| *status == Status::Closed).await;
    }

    /// Whether changes can be stored at the moment: readiness follows it.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    async fn read<R: Send + 'static>(
        &self,
        read: impl FnOnce(&Store) -> Result<R, VaultError> + Send + 'static,
    ) -> Result<R, VaultError> {
        if *self.status.borrow() == Status::Closed {
            return Err(VaultError::Closed);
        }
        let permit = self.reads.enter()?;
        let store = Arc::clone(&self.store);
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            read(&store)
        });
        timeout(self.patience, task)
            .await
            .map_err(|_| VaultError::Unavailable {
                detail: format!("the disk did not answer within {} s", self.patience.as_secs()),
            })?
            .map_err(stopped)?
    }
}

impl fmt::Debug for CredentialVault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CredentialVault")
            .field("path", &self.store.storage().path())
            .field("status", &*self.status.borrow())
            .finish_non_exhaustive()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn stopped(error: tokio::task::JoinError) -> VaultError {
    let detail = if error.is_panic() {
        "reading panicked"
    } else {
        "the runtime is stopping"
    };
    VaultError::Unavailable {
        detail: detail.to_owned(),
    }
}
