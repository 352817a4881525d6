//! The sessions of all users: found by subject, bounded, and passivated when nobody uses them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dashmap::DashMap;
use ractor::ActorCell;
use tokio::time::Instant;

use crate::admission::Busy;
use crate::principal::Subject;
use crate::user_session::UserSession;

/// Who has a session. Finding one is a read of one shard; opening and ending them is serialised, so that the bound
/// holds and nobody gets two.
pub(super) struct Directory {
    sessions: DashMap<Subject, Entry>,
    max_sessions: usize,
    idle_after: Duration,
    /// Zero of the timestamps.
    since: Instant,
    opening: Mutex<Opening>,
}

struct Entry {
    session: UserSession,
    /// Milliseconds from `since` to the last time somebody asked for it.
    last_used: AtomicU64,
}

/// Whether sessions may be opened; held while one is.
struct Opening {
    closed: bool,
}

impl Directory {
    pub(super) fn new(max_sessions: usize, idle_after: Duration) -> Self {
        Self {
            sessions: DashMap::new(),
            max_sessions,
            idle_after,
            since: Instant::now(),
            opening: Mutex::new(Opening { closed: false }),
        }
    }

    /// The session of `subject`, opened by `open` if there is none that can serve.
    pub(super) fn session(&self, subject: &Subject, open: impl FnOnce() -> UserSession) -> Result<UserSession, Busy> {
        if let Some(session) = self.find(subject) {
            return Ok(session);
        }
        let opening = self.lock_opening();
        if opening.closed {
            return Err(BUSY);
        }
        if let Some(session) = self.find(subject) {
            return Ok(session);
        }
        let replaces_a_dead_one = self.sessions.contains_key(subject);
        if !replaces_a_dead_one && self.sessions.len() >= self.max_sessions && !self.passivate_longest_idle() {
            tracing::warn!(max_sessions = self.max_sessions, "no room for another user's session");
            return Err(BUSY);
        }
        let session = open();
        let entry = Entry {
            session: session.clone(),
            last_used: AtomicU64::new(self.timestamp(Instant::now())),
        };
        self.sessions.insert(subject.clone(), entry);
        Ok(session)
    }

    /// The hot path: no allocation, and the shard is free again when it returns.
    fn find(&self, subject: &Subject) -> Option<UserSession> {
        let entry = self.sessions.get(subject)?;
        if !entry.session.is_live() {
            return None;
        }
        entry.last_used.store(self.timestamp(Instant::now()), Ordering::Relaxed);
        Some(entry.session.clone())
    }

    /// Ends the sessions that nobody used for a while.
    pub(super) fn passivate_idle(&self, now: Instant) {
        let idle_since = self
            .timestamp(now)
            .checked_sub(u64::try_from(self.idle_after.as_millis()).unwrap_or(u64::MAX));
        let Some(idle_since) = idle_since else { return };
        let before = self.sessions.len();
        self.sessions.retain(|_, entry| {
            let passivate = entry.last_used.load(Ordering::Relaxed) <= idle_since && entry.session.is_idle();
            if passivate {
                entry.session.end();
            }
            !passivate
        });
        let left = self.sessions.len();
        tracing::debug!(before, left, "looked for idle sessions");
    }

    /// Makes room for one; false when every session is in use. Looks at all of them, which only happens at the bound.
    fn passivate_longest_idle(&self) -> bool {
        let mut longest: Option<(u64, Subject)> = None;
        for entry in &self.sessions {
            let last_used = entry.last_used.load(Ordering::Relaxed);
            let longer = longest.as_ref().is_none_or(|(longest, _)| last_used < *longest);
            if longer && entry.session.is_idle() {
                longest = Some((last_used, entry.key().clone()));
            }
        }
        let removed =
            longest.and_then(|(_, subject)| self.sessions.remove_if(&subject, |_, entry| entry.session.is_idle()));
        if let Some((_, entry)) = &removed {
            entry.session.end();
        }
        removed.is_some()
    }

    /// Opens no session from now on. Gives the actors of those that are open.
    pub(super) fn close(&self) -> Vec<ActorCell> {
        self.lock_opening().closed = true;
        self.sessions.iter().filter_map(|entry| entry.session.actor()).collect()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.sessions.len()
    }

    fn timestamp(&self, at: Instant) -> u64 {
        u64::try_from((at - self.since).as_millis()).unwrap_or(u64::MAX)
    }

    /// Never held over an await.
    fn lock_opening(&self) -> MutexGuard<'_, Opening> {
        self.opening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const BUSY: Busy = Busy {
    retry_after: Duration::from_secs(5),
};
