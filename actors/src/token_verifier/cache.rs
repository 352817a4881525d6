//! Verdicts on tokens, remembered for a short time. Keyed by the token's digest: the cache holds no token.

use std::sync::Arc;

use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::options::CacheOptions;
use super::rejection::Rejection;
use crate::principal::Principal;

/// The SHA-256 of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub(super) fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

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
    verified: Cache<TokenDigest, Remembered<Arc<Principal>>>,
    refused: Cache<TokenDigest, Remembered<Rejection>>,
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
    pub(super) fn get(&self, digest: &TokenDigest, now: u64) -> Option<Verdict> {
        if let Some(entry) = self.verified.get(digest)
            && now < entry.until
        {
            return Some(Ok(entry.verdict));
        }
        let entry = self.refused.get(digest)?;
        (now < entry.until).then_some(Err(entry.verdict))
    }

    /// Remembers a verdict, unless it says nothing of the token.
    pub(super) fn put(&self, digest: TokenDigest, verdict: &Verdict, now: u64) {
        match verdict {
            Ok(principal) => {
                let until = now.saturating_add(self.options.ttl.as_secs());
                let until = principal.expires_at.map_or(until, |end| end.min(until));
                let verdict = Arc::clone(principal);
                self.verified.insert(digest, Remembered { verdict, until });
            }
            Err(rejection) if rejection.is_lasting() => {
                let until = now.saturating_add(self.options.negative_ttl.as_secs());
                let verdict = rejection.clone();
                self.verified.invalidate(&digest);
                self.refused.insert(digest, Remembered { verdict, until });
            }
            Err(_) => {}
        }
    }

    /// Forgets a token.
    pub(super) fn forget(&self, digest: &TokenDigest) {
        self.verified.invalidate(digest);
        self.refused.invalidate(digest);
    }
}
