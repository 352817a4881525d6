//! What the token verifier's actor is told.

use ractor::RpcReplyPort;
use secrecy::SecretString;

use super::cache::Verdict;
use crate::admission::Permit;
use crate::digest::Fingerprint;
use crate::oidc::{CallError, KeySet, ProviderMetadata};

/// What the token verifier's actor is told.
pub(super) enum TokenVerifierMessage {
    /// Time to fetch the provider's metadata.
    Discover,
    /// The metadata came, or did not.
    Discovered(Result<Box<ProviderMetadata>, CallError>),
    /// A token is signed with a key that is not in the set. Answers whether the latest fetch of the keys worked.
    RefreshKeys(Waiting<bool>),
    /// The keys came, or did not.
    KeysFetched(Result<KeySet, CallError>),
    /// Ask the provider about a token.
    Inspect {
        /// The token's fingerprint.
        fingerprint: Fingerprint,
        /// The token.
        token: SecretString,
        /// Who wants to know.
        waiting: Waiting<Verdict>,
    },
    /// The provider answered.
    Inspected {
        /// The token's fingerprint.
        fingerprint: Fingerprint,
        /// The answer.
        verdict: Verdict,
    },
}

/// A request that waits, counted by the gate for as long as it does.
pub(super) struct Waiting<T> {
    reply: RpcReplyPort<T>,
    _permit: Permit,
}

impl<T> Waiting<T> {
    pub(super) fn new(reply: RpcReplyPort<T>, permit: Permit) -> Self {
        Self { reply, _permit: permit }
    }

    /// Answers; nobody may be left to hear it.
    pub(super) fn answer(self, answer: T) {
        let _ = self.reply.send(answer);
    }
}
