//! What the mailbox takes.

use std::sync::Arc;

use http::HeaderValue;
use ractor::RpcReplyPort;

use super::keeper::Revocation;
use super::problem::GrantProblem;
use super::record::Grant;
use super::state::GrantStatus;
use super::work::Outcome;
use crate::admission::Permit;
use crate::user_session::SessionError;

/// Somebody who waits for an answer, and their place.
pub(super) struct Waiting<T> {
    pub(super) reply: RpcReplyPort<Result<T, SessionError>>,
    pub(super) _permit: Permit,
}

impl<T> Waiting<T> {
    /// Answers. Who asked may have left already.
    pub(super) fn answer(self, answer: Result<T, SessionError>) {
        let _ = self.reply.send(answer);
    }
}

pub(super) enum OwnGrantMessage {
    /// A header to show Nextcloud, other than `refused` if possible.
    Access {
        refused: Option<HeaderValue>,
        waiting: Waiting<HeaderValue>,
    },
    /// How the grant stands.
    Status(Waiting<Option<Arc<GrantStatus>>>),
    /// A person has agreed.
    Install { grant: Arc<Grant>, waiting: Waiting<()> },
    /// A person wants it forgotten.
    Revoke(Waiting<Option<Revocation>>),
    /// A job has ended.
    Done(Finished),
}

/// How a job ended.
pub(super) enum Finished {
    Loaded(Outcome),
    Renewed(Outcome),
    Installed(Outcome, Waiting<()>),
    Revoked(Result<Option<Revocation>, GrantProblem>, Waiting<Option<Revocation>>),
}
