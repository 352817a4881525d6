//! The open database and its keys: what the writer thread writes to and readers read from. Everything here blocks.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redb::{Database, ReadTransaction, ReadableDatabase, ReadableTable, ReadableTableMetadata, WriteTransaction};
use serde::de::DeserializeOwned;

use super::batch::Change;
use super::error::{Damage, VaultError};
use super::key_file;
use super::keyring::Keyring;
use super::record::{self, Place};
use super::schema;
use super::storage::Storage;
use super::table::Table;
use crate::randomness::{Randomness, SharedRandomness};

/// A change as it goes to the disk.
pub(super) struct SealedChange {
    table: Table,
    key: String,
    /// The encrypted record; `None` removes it.
    record: Option<Vec<u8>>,
}

/// The lock is for the writer thread, which takes the database out to open it again; readers and commits share it. It is
/// only ever held on a thread that may block, never over an await.
pub(super) struct Store {
    storage: Box<dyn Storage>,
    keys: Keyring,
    randomness: SharedRandomness,
    database: RwLock<Option<Database>>,
}

impl Store {
    /// Opens the database; makes it, and a key file if no keys are configured, if it is new.
    pub(super) fn open(
        storage: Box<dyn Storage>,
        configured: Option<Keyring>,
        randomness: SharedRandomness,
    ) -> Result<Self, VaultError> {
        let database = schema::open(storage.as_ref())?;
        let canary = schema::migrate(&database, storage.as_ref())?;
        let keys = find_keys(storage.as_ref(), configured, canary.is_some(), randomness.as_ref())?;
        schema::claim(
            &database,
            storage.as_ref(),
            &keys,
            canary.as_deref(),
            randomness.as_ref(),
        )?;
        Ok(Self {
            storage,
            keys,
            randomness,
            database: RwLock::new(Some(database)),
        })
    }

    /// Lets go of the database and opens it again: after an I/O error redb takes no more writes.
    pub(super) fn reopen(&self) -> Result<(), VaultError> {
        let mut database = self.exclusive();
        // Dropped first, since it holds the lock of the file.
        *database = None;
        let fresh = schema::open(self.storage.as_ref())?;
        let canary = schema::migrate(&fresh, self.storage.as_ref())?;
        schema::claim(
            &fresh,
            self.storage.as_ref(),
            &self.keys,
            canary.as_deref(),
            self.randomness.as_ref(),
        )?;
        *database = Some(fresh);
        Ok(())
    }

    /// Closes the database in order, so the next start needs no repair.
    pub(super) fn close(&self) {
        *self.exclusive() = None;
    }

    /// Encrypts a change.
    pub(super) fn seal(&self, change: Change) -> Result<SealedChange, VaultError> {
        let place = Place {
            table: change.table.name(),
            key: &change.key,
        };
        let record = change
            .value
            .map(|plaintext| {
                record::seal(&self.keys, place, &plaintext, self.randomness.as_ref()).ok_or(VaultError::TooLarge {
                    what: "value",
                    limit: super::MAX_VALUE,
                })
            })
            .transpose()?;
        Ok(SealedChange {
            table: change.table,
            key: change.key,
            record,
        })
    }

    /// Stores all the changes in one durable commit.
    ///
    /// [`VaultError::NotStored`] if it failed before the commit, [`VaultError::OutcomeUnknown`] if the commit failed:
    /// after a failed `fsync` the commit may be found there when the database is opened again.
    pub(super) fn apply<'a>(
        &self,
        changes: &(impl Iterator<Item = &'a SealedChange> + Clone),
    ) -> Result<(), VaultError> {
        let guard = self.shared();
        let database = guard.as_ref().ok_or_else(reopening)?;
        let transaction = write(database, changes).map_err(|error| VaultError::NotStored {
            detail: error.to_string(),
        })?;
        // The default durability: on the disk when `commit` returns.
        transaction.commit().map_err(|error| VaultError::OutcomeUnknown {
            detail: error.to_string(),
        })
    }

    /// Reads one value.
    pub(super) fn get<T: DeserializeOwned>(&self, table: Table, key: &str) -> Result<Option<T>, VaultError> {
        let guard = self.shared();
        let database = guard.as_ref().ok_or_else(reopening)?;
        let record = read(database, table, key).map_err(unreadable_storage)?;
        record.map(|record| self.decode(table, key, &record)).transpose()
    }

    /// Reads all values of a table. A record that cannot be read is left out and reported in the log: one damaged record
    /// must not lock out everybody else.
    pub(super) fn list<T: DeserializeOwned>(&self, table: Table) -> Result<Vec<(String, T)>, VaultError> {
        let guard = self.shared();
        let database = guard.as_ref().ok_or_else(reopening)?;
        let read = || -> Result<_, redb::Error> {
            let records = database.begin_read()?.open_table(table.records())?;
            let mut values = Vec::new();
            for entry in records.iter()? {
                let (key, record) = entry?;
                match self.decode(table, key.value(), record.value()) {
                    Ok(value) => values.push((key.value().to_owned(), value)),
                    Err(problem) => tracing::error!(%problem, "a stored record is left out"),
                }
            }
            Ok(values)
        };
        read().map_err(unreadable_storage)
    }

    pub(super) fn count(&self, table: Table) -> Result<u64, VaultError> {
        let transaction = self.snapshot()?;
        let count = || Ok(transaction.open_table(table.records())?.len()?);
        count().map_err(unreadable_storage)
    }

    /// The database as it is now, for as long as the transaction lives.
    pub(super) fn snapshot(&self) -> Result<ReadTransaction, VaultError> {
        let guard = self.shared();
        let database = guard.as_ref().ok_or_else(reopening)?;
        database.begin_read().map_err(|error| unreadable_storage(error.into()))
    }

    pub(super) fn storage(&self) -> &dyn Storage {
        self.storage.as_ref()
    }

    fn decode<T: DeserializeOwned>(&self, table: Table, key: &str, record: &[u8]) -> Result<T, VaultError> {
        let place = Place {
            table: table.name(),
            key,
        };
        record::unseal(&self.keys, place, record)
            // What serde says is left out: it quotes the value.
            .and_then(|json| serde_json::from_slice(&json).map_err(|_| Damage::Shape))
            .map_err(|problem| VaultError::Unreadable {
                table: table.name(),
                problem,
            })
    }

    // Nothing that can panic leaves the option half-written, so a poisoned lock is as good as any.
    fn shared(&self) -> RwLockReadGuard<'_, Option<Database>> {
        self.database.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn exclusive(&self) -> RwLockWriteGuard<'_, Option<Database>> {
        self.database.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The configured keys, with the generated one behind them if there is one (so setting the variable later is enough to
/// move to it), or the generated one alone.
fn find_keys(
    storage: &dyn Storage,
    configured: Option<Keyring>,
    in_use: bool,
    randomness: &dyn Randomness,
) -> Result<Keyring, VaultError> {
    let Some(database) = storage.file() else {
        return Ok(configured.unwrap_or_else(|| Keyring::ephemeral(randomness)));
    };
    let path = key_file::beside(database);
    match (configured, key_file::read(&path)?) {
        (Some(configured), Some(generated)) => Ok(configured.followed_by(&generated)),
        (Some(keys), None) | (None, Some(keys)) => Ok(keys),
        (None, None) if in_use => Err(VaultError::KeyMissing {
            path: database.to_owned(),
            key_file: path,
        }),
        (None, None) => {
            let keys = key_file::create(&path, randomness)?;
            tracing::warn!(key_file = %path.display(), "made an encryption key for stored credentials: back this file up, apart from the database");
            Ok(keys)
        }
    }
}

fn write<'a>(
    database: &Database,
    changes: &(impl Iterator<Item = &'a SealedChange> + Clone),
) -> Result<WriteTransaction, redb::Error> {
    let transaction = database.begin_write()?;
    for table in Table::ALL {
        let mut changes = changes.clone().filter(|change| change.table == table).peekable();
        if changes.peek().is_none() {
            continue;
        }
        let mut records = transaction.open_table(table.records())?;
        for change in changes {
            match &change.record {
                Some(record) => drop(records.insert(change.key.as_str(), record.as_slice())?),
                None => drop(records.remove(change.key.as_str())?),
            }
        }
    }
    Ok(transaction)
}

fn read(database: &Database, table: Table, key: &str) -> Result<Option<Vec<u8>>, redb::Error> {
    let records = database.begin_read()?.open_table(table.records())?;
    Ok(records.get(key)?.map(|record| record.value().to_vec()))
}

fn reopening() -> VaultError {
    VaultError::Unavailable {
        detail: "the database is being opened again after an error".to_owned(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn unreadable_storage(error: redb::Error) -> VaultError {
    VaultError::Unavailable {
        detail: error.to_string(),
    }
}
