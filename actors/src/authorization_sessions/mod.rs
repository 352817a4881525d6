//! Logins under way at the identity provider, and the links that lead to them: who asked for what, found again by a secret
//! that is good once, for ten minutes.
//!
//! One store for all flows that come back to `/oauth/callback`: the flow is found by its `state`. Records are in the vault,
//! under a hash of their secret, so they survive a restart and nobody who reads the database can go on with them.
//!
//! The index of what may still be taken is in memory, since one server owns the vault; a lock that is never held over an
//! await makes taking atomic, which is all that a mailbox would add. What was taken is durably deleted before it is given
//! out: a crash between the two costs the login, never its being used twice.

mod flow;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;

pub use flow::{Flow, Login};

use crate::clock::SharedClock;
use crate::credential_vault::{Batch, CredentialVault, MAX_CHANGES, Table, VaultError};
use crate::digest;
use crate::expiring_index::ExpiringIndex;
use crate::randomness::SharedRandomness;
use flow::Stored;

/// How long a secret is good, in seconds.
pub const LIFETIME: u64 = 600;
/// Bytes of randomness in a secret.
const SECRET_BYTES: usize = 32;
/// Longest secret that is looked for.
const SECRET_LIMIT: usize = 128;

/// What a secret is for. One of one kind is never taken for another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In a link that a person opens in their browser.
    Link,
    /// The `state` of an authorization request (RFC 6749 §4.1.1).
    State,
}

/// Why a login is not begun or not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationSessionError {
    /// As many as may be under way are.
    #[error("too many logins are under way; try again in some minutes")]
    TooMany,
    /// The vault failed.
    #[error("logins cannot be stored at the moment: {0}")]
    Vault(#[from] VaultError),
}

/// Logins under way. Clones share everything.
#[derive(Clone)]
pub struct AuthorizationSessions(Arc<Inner>);

struct Inner {
    vault: CredentialVault,
    clock: SharedClock,
    randomness: SharedRandomness,
    index: Mutex<ExpiringIndex>,
}

impl AuthorizationSessions {
    /// Finds what was under way when the server stopped.
    pub async fn open(
        vault: CredentialVault,
        clock: SharedClock,
        randomness: SharedRandomness,
    ) -> Result<Self, VaultError> {
        let now = clock.unix_seconds();
        let mut stored: Vec<(String, Stored)> = vault.list(Table::AuthorizationSessions).await?;
        stored.sort_by_key(|(_, stored)| stored.expires_at);
        let mut index = ExpiringIndex::default();
        let mut ended = Vec::new();
        for (key, stored) in stored {
            if stored.expires_at > now {
                let owner = Some(stored.flow.owner().clone());
                index.insert(key, owner, stored.expires_at);
            } else {
                ended.push(key);
            }
        }
        for keys in ended.chunks(MAX_CHANGES) {
            vault.commit(deleting(Batch::new(), keys)).await?;
        }
        Ok(Self(Arc::new(Inner {
            vault,
            clock,
            randomness,
            index: Mutex::new(index),
        })))
    }

    /// Begins a flow. Gives the secret that it is found again by. A person who begins many loses the oldest of theirs.
    pub async fn begin(&self, kind: Kind, flow: Flow) -> Result<SecretString, AuthorizationSessionError> {
        let inner = &self.0;
        let now = inner.clock.unix_seconds();
        let secret = inner.randomness.token(SECRET_BYTES);
        let key = key(kind, &secret);
        let expires_at = now.saturating_add(LIFETIME);
        let gone = inner
            .lock_index()
            .make_room(Some(flow.owner()), now)
            .ok_or(AuthorizationSessionError::TooMany)?;
        let owner = Some(flow.owner().clone());
        let batch = Batch::new().put(Table::AuthorizationSessions, &key, &Stored { flow, expires_at })?;
        // What is left of a long list is found ended at the next start.
        let gone = &gone[..gone.len().min(MAX_CHANGES - 1)];
        inner.vault.commit(deleting(batch, gone)).await?;
        inner.lock_index().insert(key, owner, expires_at);
        Ok(secret.into())
    }

    /// Takes a flow: the first who shows its secret gets it, nobody after. `None` if it is not known, was taken already, or
    /// is too old; which of these, nobody is told.
    pub async fn take(&self, kind: Kind, secret: &str) -> Result<Option<Flow>, AuthorizationSessionError> {
        if secret.len() > SECRET_LIMIT {
            return Ok(None);
        }
        let inner = &self.0;
        let key = key(kind, secret);
        let taken = inner.lock_index().remove(&key);
        if !taken {
            return Ok(None);
        }
        let stored: Option<Stored> = inner.vault.get(Table::AuthorizationSessions, &key).await?;
        inner.vault.delete(Table::AuthorizationSessions, &key).await?;
        let now = inner.clock.unix_seconds();
        Ok(stored
            .filter(|stored| stored.expires_at > now)
            .map(|stored| stored.flow))
    }
}

impl Inner {
    fn lock_index(&self) -> MutexGuard<'_, ExpiringIndex> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(kind: Kind, secret: &str) -> String {
    let kind = match kind {
        Kind::Link => "link",
        Kind::State => "state",
    };
    digest::base64url([kind, secret])
}

fn deleting(batch: Batch, keys: &[String]) -> Batch {
    keys.iter()
        .fold(batch, |batch, key| batch.delete(Table::AuthorizationSessions, key))
}

impl fmt::Debug for AuthorizationSessions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuthorizationSessions")
    }
}
