//! Browsers of people who log in to our own pages, and of those who have.
//!
//! A browser holds a random cookie; only the cookie's hash is kept here. Sessions are in the vault, so that a restart
//! logs nobody out. Logins under way are in memory: anybody can begin one, so they must not cost a durable write, and a
//! login that a restart cuts off is begun again by one click.

mod record;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use secrecy::{ExposeSecret, SecretString};

pub use record::BrowserSession;

use crate::authorization_sessions::{LIFETIME, Login};
use crate::clock::SharedClock;
use crate::credential_vault::{Batch, CredentialVault, MAX_CHANGES, Table, VaultError};
use crate::digest;
use crate::expiring_index::ExpiringIndex;
use crate::principal::Subject;
use crate::randomness::SharedRandomness;

/// How long a session lasts, in seconds, however much it is used.
pub const LONGEST: u64 = 12 * 3600;
/// How long a session lasts that is not used, in seconds.
pub const IDLE: u64 = 3600;
/// How exactly the last use is remembered, in seconds: not every page is worth a durable write.
const USE_GRANULARITY: u64 = 300;
/// Logins under way at the same time. Beyond that the oldest have to be begun again.
const LOGINS: u64 = 4096;
/// Bytes of randomness in a cookie and in a state.
const SECRET_BYTES: usize = 32;
/// Longest cookie or state that is looked for.
const SECRET_LIMIT: usize = 128;

/// A session is not begun or not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrowserSessionError {
    /// As many as may be logged in are.
    #[error("too many browsers are logged in; try again later")]
    TooMany,
    /// The vault failed.
    #[error("sessions cannot be stored at the moment: {0}")]
    Vault(#[from] VaultError),
}

/// All browsers. Clones share everything.
#[derive(Clone)]
pub struct BrowserSessions(Arc<Inner>);

struct Inner {
    vault: CredentialVault,
    clock: SharedClock,
    randomness: SharedRandomness,
    index: Mutex<ExpiringIndex>,
    /// By the hash of the state.
    logins: Cache<String, Pending>,
}

#[derive(Clone)]
struct Pending {
    login: Login,
    /// Unix seconds.
    expires_at: u64,
}

/// A login that has just begun.
#[derive(Debug)]
pub struct BegunLogin {
    /// The `state` of the authorization request.
    pub state: SecretString,
    /// For the browser to show when it comes back.
    pub cookie: SecretString,
    /// What else goes into the request.
    pub login: Login,
}

impl BrowserSessions {
    /// Finds the browsers that were logged in when the server stopped.
    pub async fn open(
        vault: CredentialVault,
        clock: SharedClock,
        randomness: SharedRandomness,
    ) -> Result<Self, VaultError> {
        let now = clock.unix_seconds();
        let mut stored: Vec<(String, BrowserSession)> = vault.list(Table::BrowserSessions).await?;
        stored.sort_by_key(|(_, session)| session.created_at);
        let mut index = ExpiringIndex::default();
        let mut ended = Vec::new();
        for (key, session) in stored {
            if session.is_good(now) {
                index.insert(key, Some(session.subject()), session.created_at.saturating_add(LONGEST));
            } else {
                ended.push(key);
            }
        }
        for keys in ended.chunks(MAX_CHANGES) {
            vault.commit(deleting(Batch::new(), keys)).await?;
        }
        let logins = Cache::builder()
            .max_capacity(LOGINS)
            .eviction_policy(moka::policy::EvictionPolicy::lru())
            .time_to_live(Duration::from_secs(LIFETIME))
            .build();
        Ok(Self(Arc::new(Inner {
            vault,
            clock,
            randomness,
            index: Mutex::new(index),
            logins,
        })))
    }

    /// Begins a login as the OAuth client `client_id`.
    pub fn begin_login(&self, client_id: &str) -> BegunLogin {
        let inner = &self.0;
        let cookie = SecretString::from(inner.randomness.token(SECRET_BYTES));
        let state = SecretString::from(inner.randomness.token(SECRET_BYTES));
        let login = Login::new(client_id, &cookie, &*inner.randomness);
        let pending = Pending {
            login: login.clone(),
            expires_at: inner.now().saturating_add(LIFETIME),
        };
        inner.logins.insert(digest::base64url([state.expose_secret()]), pending);
        BegunLogin { state, cookie, login }
    }

    /// Takes a login: the first who shows its state gets it, nobody after.
    pub fn take_login(&self, state: &str) -> Option<Login> {
        if state.len() > SECRET_LIMIT {
            return None;
        }
        let pending = self.0.logins.remove(&digest::base64url([state]))?;
        (pending.expires_at > self.0.now()).then_some(pending.login)
    }

    /// Begins the session of a person who has just logged in, and gives the cookie for their browser: always a new one. A
    /// person who is logged in with many browsers loses the oldest.
    pub async fn begin(&self, subject: &Subject, name: Option<String>) -> Result<SecretString, BrowserSessionError> {
        let inner = &self.0;
        let now = inner.now();
        let cookie = inner.randomness.token(SECRET_BYTES);
        let key = digest::base64url([&cookie]);
        let gone = inner
            .lock_index()
            .make_room(Some(subject), now)
            .ok_or(BrowserSessionError::TooMany)?;
        let session = BrowserSession::new(subject, name, now);
        let batch = Batch::new().put(Table::BrowserSessions, &key, &session)?;
        // What is left of a long list is found ended at the next start.
        let gone = &gone[..gone.len().min(MAX_CHANGES - 1)];
        inner.vault.commit(deleting(batch, gone)).await?;
        let expires_at = now.saturating_add(LONGEST);
        inner.lock_index().insert(key, Some(subject.clone()), expires_at);
        Ok(cookie.into())
    }

    /// The session of the browser that shows `cookie`. Counts as a use.
    pub async fn find(&self, cookie: &str) -> Result<Option<BrowserSession>, BrowserSessionError> {
        if cookie.len() > SECRET_LIMIT {
            return Ok(None);
        }
        let inner = &self.0;
        let key = digest::base64url([cookie]);
        if !inner.lock_index().contains(&key) {
            return Ok(None);
        }
        let Some(mut session) = inner.vault.get::<BrowserSession>(Table::BrowserSessions, &key).await? else {
            return Ok(None);
        };
        let now = inner.now();
        if !session.is_good(now) {
            self.end(cookie).await?;
            return Ok(None);
        }
        if session.used_at.saturating_add(USE_GRANULARITY) <= now {
            session.used_at = now;
            inner.vault.put(Table::BrowserSessions, &key, &session).await?;
            // It may have been ended meanwhile, and must not come back.
            if !inner.lock_index().contains(&key) {
                inner.vault.delete(Table::BrowserSessions, &key).await?;
                return Ok(None);
            }
        }
        Ok(Some(session))
    }

    /// Ends the session of the browser that shows `cookie`. At once for this process, and durable when it returns.
    pub async fn end(&self, cookie: &str) -> Result<(), BrowserSessionError> {
        let key = digest::base64url([cookie]);
        if self.0.lock_index().remove(&key) {
            self.0.vault.delete(Table::BrowserSessions, &key).await?;
        }
        Ok(())
    }
}

impl Inner {
    fn now(&self) -> u64 {
        self.clock.unix_seconds()
    }

    fn lock_index(&self) -> MutexGuard<'_, ExpiringIndex> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn deleting(batch: Batch, keys: &[String]) -> Batch {
    keys.iter()
        .fold(batch, |batch, key| batch.delete(Table::BrowserSessions, key))
}

impl fmt::Debug for BrowserSessions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BrowserSessions")
    }
}
