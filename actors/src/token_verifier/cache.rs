//! Verdicts on tokens, remembered for a short time. Keyed by the token's fingerprint: the cache holds no token.

use std::sync::Arc;

use moka::sync::Cache;

use super::options::CacheOptions;
use super::rejection::Rejection;
use crate::digest::Fingerprint;
use crate::principal::Principal;

/// What a look at a token gave.
pub(super) type Verdict = Result<Arc<Principal>, Rejection>;

/// A verdict and the second from which it no longer counts.
#[derive(Clone)]
struct Remembered<T> {
    verdict: T,
    until: u64,
}

/// Both caches. The injected clock decides what counts; moka's own clock only frees the memory.
pub(super) struct Verdicts {
    options: CacheOptions,
    verified: Cache<Fingerprint, Remembered<Arc<Principal>>>,
    refused: Cache<Fingerprint, Remembered<Rejection>>,
}

impl Verdicts {
    pub(super) fn new(options: CacheOptions) -> Self {
        Self {
            options,
            verified: Cache::builder()
                .max_capacity(options.capacity)
                .time_to_live(options.ttl)
                .build(),
            refused: Cache::builder()
                .max_capacity(options.negative_capacity)
                .time_to_live(options.negative_ttl)
                .build(),
        }
    }

    /// The verdict on a token, if one still counts at `now`.
    pub(super) fn get(&self, fingerprint: &Fingerprint, now: u64) -> Option<Verdict> {
        if let Some(entry) = self.verified.get(fingerprint)
            && now < entry.until
        {
            return Some(Ok(entry.verdict));
        }
        let entry = self.refused.get(fingerprint)?;
        (now < entry.until).then_some(Err(entry.verdict))
    }

    /// Remembers a verdict, unless it says nothing of the token.
    pub(super) fn put(&self, fingerprint: Fingerprint, verdict: &Verdict, now: u64) {
        match verdict {
            Ok(principal) => {
                let until = now.saturating_add(self.options.ttl.as_secs());
                let until = principal.expires_at.map_or(until, |end| end.min(until));
                let verdict = Arc::clone(principal);
                self.verified.insert(fingerprint, Remembered { verdict, until });
            }
            Err(rejection) if rejection.is_lasting() => {
                let until = now.saturating_add(self.options.negative_ttl.as_secs());
                let verdict = rejection.clone();
                self.verified.invalidate(&fingerprint);
                self.refused.insert(fingerprint, Remembered { verdict, until });
            }
            Err(_) => {}
        }
    }

    /// Forgets a token.
    pub(super) fn forget(&self, fingerprint: &Fingerprint) {
        self.verified.invalidate(fingerprint);
        self.refused.invalidate(fingerprint);
    }
}
