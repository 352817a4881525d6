//! Browsers of people who log in to our own pages, and of those who have.
//!
//! A browser holds a random cookie; only the cookie's hash is kept here. Sessions are in the vault, so that a restart
//! logs nobody out. Logins under way are in memory: anybody can begin one, so they must not cost a durable write, and a
//! login that a restart cuts off is begun again by one click.

mod record;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use secrecy::{ExposeSecret, SecretString};

pub use record::BrowserSession;

use crate::authorization_sessions::{LIFETIME, Login};
use crate::clock::SharedClock;
use crate::credential_vault::{CredentialVault, VaultError};
use crate::digest;
use crate::expiring_store::{Expiring, ExpiringStore, InsertError};
use crate::principal::Subject;
use crate::randomness::{SECRET_BYTES, SECRET_LIMIT, SharedRandomness};

/// How long a session lasts, in seconds, however much it is used.
pub const LONGEST: u64 = 12 * 3600;
/// How long a session lasts that is not used, in seconds.
pub const IDLE: u64 = 3600;
/// How exactly the last use is remembered, in seconds: not every page is worth a durable write.
const USE_GRANULARITY: u64 = 300;
/// Logins under way at the same time. Beyond that the oldest have to be begun again.
const LOGINS: u64 = 4096;

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

impl From<InsertError> for BrowserSessionError {
    fn from(error: InsertError) -> Self {
        match error {
            InsertError::Full => Self::TooMany,
            InsertError::Vault(error) => Self::Vault(error),
        }
    }
}

/// All browsers. Clones share everything.
#[derive(Clone)]
pub struct BrowserSessions(Arc<Inner>);

struct Inner {
    clock: SharedClock,
    randomness: SharedRandomness,
    store: ExpiringStore<BrowserSession>,
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
        let store = ExpiringStore::open(vault, clock.unix_seconds()).await?;
        let logins = Cache::builder()
            .max_capacity(LOGINS)
            .eviction_policy(moka::policy::EvictionPolicy::lru())
            .time_to_live(Duration::from_secs(LIFETIME))
            .build();
        Ok(Self(Arc::new(Inner {
            clock,
            randomness,
            store,
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
        let session = BrowserSession::new(subject, name, now);
        inner.store.insert(key, &session, now).await?;
        Ok(cookie.into())
    }

    /// The session of the browser that shows `cookie`. Counts as a use.
    pub async fn find(&self, cookie: &str) -> Result<Option<BrowserSession>, BrowserSessionError> {
        if cookie.len() > SECRET_LIMIT {
            return Ok(None);
        }
        let inner = &self.0;
        let key = digest::base64url([cookie]);
        let Some(mut session) = inner.store.get(&key).await? else {
            return Ok(None);
        };
        let now = inner.now();
        if !session.is_good(now) {
            inner.store.remove(&key).await?;
            return Ok(None);
        }
        if session.used_at.saturating_add(USE_GRANULARITY) <= now {
            session.used_at = now;
            if !inner.store.replace(&key, &session).await? {
                return Ok(None);
            }
        }
        Ok(Some(session))
    }

    /// Ends the session of the browser that shows `cookie`. At once for this process, and durable when it returns.
    pub async fn end(&self, cookie: &str) -> Result<(), BrowserSessionError> {
        self.0.store.remove(&digest::base64url([cookie])).await?;
        Ok(())
    }
}

impl Inner {
    fn now(&self) -> u64 {
        self.clock.unix_seconds()
    }
}

impl fmt::Debug for BrowserSessions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("BrowserSessions")
    }
}
