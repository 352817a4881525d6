//! What the actor is told.

use std::sync::Arc;

use ractor::RpcReplyPort;

use super::client::OAuthClient;
use super::error::RegistrarError;
use super::state::Description;
use super::work::{Outcome, Standing, Unregistered};
use crate::admission::Permit;

/// Where an answer goes, with the right to wait for it.
#[derive(Debug)]
pub(super) struct Waiting<T> {
    pub(super) reply: RpcReplyPort<Result<T, RegistrarError>>,
    pub(super) _permit: Permit,
}

impl<T> Waiting<T> {
    /// Answers. The caller may be gone; that is its own affair.
    pub(super) fn answer(self, answer: Result<T, RegistrarError>) {
        let _ = self.reply.send(answer);
    }
}

/// What the operator asks for.
#[derive(Debug)]
pub(super) enum Command {
    Register(Waiting<Arc<OAuthClient>>),
    Unregister(Waiting<Unregistered>),
    Check(Waiting<Standing>),
}

impl Command {
    /// Answers with an error.
    pub(super) fn refuse(self, error: RegistrarError) {
        match self {
            Self::Register(waiting) => waiting.answer(Err(error)),
            Self::Unregister(waiting) => waiting.answer(Err(error)),
            Self::Check(waiting) => waiting.answer(Err(error)),
        }
    }
}

/// What the actor is told.
#[derive(Debug)]
pub(super) enum RegistrarMessage {
    /// The provider's metadata came, or changed.
    ProviderChanged,
    /// The provider refused the client of this identifier.
    Replace {
        refused: String,
        waiting: Waiting<Arc<OAuthClient>>,
    },
    /// The operator asks for something.
    Command(Command),
    /// How do things stand?
    Describe(Waiting<Description>),
    /// A job ended. `issuer` is the provider it was done at.
    Finished { issuer: String, outcome: Box<Outcome> },
    /// It is time to look at the clock. A timer that was replaced meanwhile has an old `generation`.
    Wake { generation: u64 },
}
