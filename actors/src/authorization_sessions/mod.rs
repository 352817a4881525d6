//! Logins under way at the identity provider, and the links that lead to them: who asked for what, found again by a secret
//! that is good once, for ten minutes.
//!
//! One store for all flows that come back to `/oauth/callback`: the flow is found by its `state`. Records are in the vault,
//! under a hash of their secret, so they survive a restart and nobody who reads the database can go on with them.
//!
//! What was taken is durably deleted before it is given out: a crash between the two costs the login, never its being used
//! twice (`expiring_store`).

mod flow;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

pub use flow::{Flow, Login};

use crate::clock::SharedClock;
use crate::credential_vault::{CredentialVault, VaultError};
use crate::digest;
use crate::expiring_store::{Expiring, ExpiringStore, InsertError};
use crate::randomness::{SECRET_BYTES, SECRET_LIMIT, SharedRandomness};
use flow::Stored;

/// How long a secret is good, in seconds.
pub const LIFETIME: u64 = 600;

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

impl From<InsertError> for AuthorizationSessionError {
    fn from(error: InsertError) -> Self {
        match error {
            InsertError::Full => Self::TooMany,
            InsertError::Vault(error) => Self::Vault(error),
        }
    }
}

/// Logins under way. Clones share everything.
#[derive(Clone)]
pub struct AuthorizationSessions(Arc<Inner>);

struct Inner {
    clock: SharedClock,
    randomness: SharedRandomness,
    store: ExpiringStore<Stored>,
}

impl AuthorizationSessions {
    /// Finds what was under way when the server stopped.
    pub async fn open(
        vault: CredentialVault,
        clock: SharedClock,
        randomness: SharedRandomness,
    ) -> Result<Self, VaultError> {
        let store = ExpiringStore::open(vault, clock.unix_seconds()).await?;
        Ok(Self(Arc::new(Inner {
            clock,
            randomness,
            store,
        })))
    }

    /// Begins a flow. Gives the secret that it is found again by. A person who begins many loses the oldest of theirs.
    pub async fn begin(&self, kind: Kind, flow: Flow) -> Result<SecretString, AuthorizationSessionError> {
        let inner = &self.0;
        let now = inner.clock.unix_seconds();
        let secret = inner.randomness.token(SECRET_BYTES);
        let key = key(kind, &secret);
        let expires_at = now.saturating_add(LIFETIME);
        inner.store.insert(key, &Stored { flow, expires_at }, now).await?;
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
        let stored = inner.store.take(&key).await?;
        let now = inner.clock.unix_seconds();
        Ok(stored.filter(|stored| stored.is_good(now)).map(|stored| stored.flow))
    }
}

fn key(kind: Kind, secret: &str) -> String {
    let kind = match kind {
        Kind::Link => "link",
        Kind::State => "state",
    };
    digest::base64url([kind, secret])
}

impl fmt::Debug for AuthorizationSessions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuthorizationSessions")
    }
}
