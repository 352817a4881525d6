//! What the token verifier's actor owns: requests waiting for the same answer, and when the provider was last asked.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::Semaphore;

use super::cache::Verdict;
use super::message::Waiting;
use crate::digest::Fingerprint;

/// An unknown key makes for another fetch this soon after one that failed.
const RETRY_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// The actor's state.
pub(super) struct State {
    /// Failed attempts at discovery in a row.
    pub(super) failed_attempts: u32,
    /// Tokens that the provider is being asked about.
    pub(super) inspections: HashMap<Fingerprint, Vec<Waiting<Verdict>>>,
    /// Bounds the calls about tokens.
    pub(super) calls: Arc<Semaphore>,
    /// Fetches of the key set.
    pub(super) keys: KeyFetches,
}

impl State {
    pub(super) fn new(call_limit: usize) -> Self {
        Self {
            failed_attempts: 0,
            inspections: HashMap::new(),
            calls: Arc::new(Semaphore::new(call_limit)),
            keys: KeyFetches::default(),
        }
    }

    /// Joins those who wait for a verdict on a token. True for the first: the provider has to be asked.
    pub(super) fn wait_for_verdict(&mut self, fingerprint: Fingerprint, waiting: Waiting<Verdict>) -> bool {
        let all = self.inspections.entry(fingerprint).or_default();
        all.push(waiting);
        all.len() == 1
    }
}

/// Fetches of the key set: one at a time, and on demand one per cool-down.
#[derive(Default)]
pub(super) struct KeyFetches {
    waiting: Vec<Waiting<bool>>,
    under_way: bool,
    demanded_at: Option<SystemTime>,
    last_worked: bool,
}

impl KeyFetches {
    /// A request demands fresh keys. True if they have to be fetched now; otherwise the answer is there or on its way.
    pub(super) fn demand(&mut self, waiting: Waiting<bool>, now: SystemTime, cooldown: Duration) -> bool {
        if self.under_way {
            self.waiting.push(waiting);
            return false;
        }
        let cooldown = if self.last_worked {
            cooldown
        } else {
            cooldown.min(RETRY_AFTER_FAILURE)
        };
        let cooling = self
            .demanded_at
            .is_some_and(|at| now.duration_since(at).is_ok_and(|since| since < cooldown));
        if cooling {
            waiting.answer(self.last_worked);
            return false;
        }
        self.demanded_at = Some(now);
        self.waiting.push(waiting);
        self.begin()
    }

    /// False if a fetch is under way already.
    pub(super) fn begin(&mut self) -> bool {
        !std::mem::replace(&mut self.under_way, true)
    }

    /// A fetch ended: everybody who waited is told.
    pub(super) fn end(&mut self, worked: bool) {
        self.under_way = false;
        self.last_worked = worked;
        for waiting in self.waiting.drain(..) {
            waiting.answer(worked);
        }
    }
}
