//! Records in the vault that end by themselves: which of them are still good, and how many there may be.
//!
//! The index of what is good is in memory, since one server owns the vault; a lock that is never held over an await makes
//! taking a record atomic, which is all that a mailbox would add.
//!
//! What a crash may cost is decided by the order of things. A record is good only once it is durable, so that whoever was
//! given its key finds it after a restart. It stops being good before it is deleted, and whoever takes it gets it only
//! once that is durable: a crash between the two costs the record, never its being taken twice.

mod index;
#[cfg(test)]
mod tests;

use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::credential_vault::{Batch, CredentialVault, MAX_CHANGES, Table, VaultError};
use crate::principal::Subject;
use index::ExpiringIndex;

/// A record that ends by itself. All records of a table live equally long at the most.
pub(crate) trait Expiring: Serialize + DeserializeOwned + Send + 'static {
    /// Where such records are.
    const TABLE: Table;

    /// Whose it is.
    fn owner(&self) -> Subject;

    /// From when on it is not good any more, whatever happens to it, in Unix seconds.
    fn expires_at(&self) -> u64;

    /// Whether it is good at `now`, in Unix seconds. Some end before their time.
    fn is_good(&self, now: u64) -> bool {
        now < self.expires_at()
    }
}

/// Why a record is not stored.
#[derive(Debug)]
pub(crate) enum InsertError {
    /// There are as many as there may be.
    Full,
    /// The vault failed.
    Vault(VaultError),
}

impl From<VaultError> for InsertError {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

/// The records of one table.
pub(crate) struct ExpiringStore<R> {
    vault: CredentialVault,
    index: Mutex<ExpiringIndex>,
    records: PhantomData<fn() -> R>,
}

impl<R: Expiring> ExpiringStore<R> {
    /// Finds the records that are still good at `now`, in Unix seconds, and deletes the others.
    pub(crate) async fn open(vault: CredentialVault, now: u64) -> Result<Self, VaultError> {
        let mut stored: Vec<(String, R)> = vault.list(R::TABLE).await?;
        stored.sort_by_key(|(_, record)| record.expires_at());
        let mut index = ExpiringIndex::default();
        let mut ended = Vec::new();
        for (key, record) in stored {
            if record.is_good(now) {
                index.insert(key, Some(record.owner()), record.expires_at());
            } else {
                ended.push(key);
            }
        }
        for keys in ended.chunks(MAX_CHANGES) {
            vault.commit(Self::deleting(Batch::new(), keys)).await?;
        }
        Ok(Self {
            vault,
            index: Mutex::new(index),
            records: PhantomData,
        })
    }

    /// Adds a record that begins at `now`, in Unix seconds. It is good when it is durable, which is when this returns. An
    /// owner of many loses the oldest.
    pub(crate) async fn insert(&self, key: String, record: &R, now: u64) -> Result<(), InsertError> {
        let owner = record.owner();
        let gone = self.index().make_room(Some(&owner), now).ok_or(InsertError::Full)?;
        let batch = Batch::new().put(R::TABLE, &key, record)?;
        // What is left of a long list is found ended at the next start.
        let gone = &gone[..gone.len().min(MAX_CHANGES - 1)];
        self.vault.commit(Self::deleting(batch, gone)).await?;
        self.index().insert(key, Some(owner), record.expires_at());
        Ok(())
    }

    /// A record that was neither removed nor taken. Its time may be over.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<R>, VaultError> {
        if !self.index().contains(key) {
            return Ok(None);
        }
        self.vault.get(R::TABLE, key).await
    }

    /// Puts another record in the place of one with the same owner and end. Whether it is still there: one that is removed
    /// meanwhile does not come back.
    pub(crate) async fn replace(&self, key: &str, record: &R) -> Result<bool, VaultError> {
        self.vault.put(R::TABLE, key, record).await?;
        let stays = self.index().contains(key);
        if !stays {
            self.vault.delete(R::TABLE, key).await?;
        }
        Ok(stays)
    }

    /// Takes a record out: of many who try, one gets it. Its time may be over.
    pub(crate) async fn take(&self, key: &str) -> Result<Option<R>, VaultError> {
        if !self.index().remove(key) {
            return Ok(None);
        }
        let record = self.vault.get(R::TABLE, key).await?;
        self.vault.delete(R::TABLE, key).await?;
        Ok(record)
    }

    /// Removes a record, if it is there: at once for this process, and durably when this returns.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), VaultError> {
        if self.index().remove(key) {
            self.vault.delete(R::TABLE, key).await?;
        }
        Ok(())
    }

    fn index(&self) -> MutexGuard<'_, ExpiringIndex> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deleting(batch: Batch, keys: &[String]) -> Batch {
        keys.iter().fold(batch, |batch, key| batch.delete(R::TABLE, key))
    }
}
