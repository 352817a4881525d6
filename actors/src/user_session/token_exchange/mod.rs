//! The back door that exchanges the caller's access token for one that is meant for Nextcloud (RFC 8693), at a provider that
//! offers it. Nothing is stored: an exchanged token lives as long as it says, in memory.

mod actor;
mod desk;
mod message;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use ractor::{ActorCell, ActorRuntime};
use secrecy::{ExposeSecret, SecretString};

pub use desk::{ExchangeDesk, ExchangeDeskOptions, ExchangeProblem};

use super::SessionError;
use crate::admission::Gate;
use crate::digest::Fingerprint;
use crate::nextcloud::{NextcloudClient, NextcloudServer, UserCaches};
use crate::slot::Slot;
use actor::{State, TokenExchangeActor};
use desk::Exchanged;
use message::TokenExchangeMessage;

/// Callers that may wait for an exchange at the same time, per user.
const WAITING: usize = 256;
/// Bound on one answer: two calls to the provider, and another registration between them.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// One user's exchanged tokens.
pub(super) struct TokenExchange {
    desk: Arc<ExchangeDesk>,
    slot: Slot<TokenExchangeMessage>,
    gate: Gate,
    published: Arc<ArcSwap<Exchanged>>,
}

impl TokenExchange {
    pub(super) fn open(
        desk: Arc<ExchangeDesk>,
        server: Arc<NextcloudServer>,
        user: Arc<UserCaches>,
        supervisor: ActorCell,
    ) -> Self {
        let slot = Slot::empty();
        let published = Arc::new(ArcSwap::from_pointee(Exchanged::default()));
        let state = State::new(Arc::clone(&desk), server, user, Arc::clone(&published));
        // If the actor does not come up (the supervisor is stopping), the slot is not live and its callers are told.
        if let Ok((actor, _)) = ActorRuntime::spawn_linked_instant(None, TokenExchangeActor, state, supervisor) {
            slot.fill(actor);
        }
        Self {
            desk,
            slot,
            gate: Gate::new(WAITING),
            published,
        }
    }

    /// The client for `bearer`: from what is published, else from the actor.
    pub(super) async fn client(&self, bearer: &SecretString) -> Result<NextcloudClient, SessionError> {
        let fingerprint = Fingerprint::of(bearer.expose_secret());
        if let Some(client) = self.published.load().get(&fingerprint, self.desk.now()) {
            return Ok(client.clone());
        }
        let permit = self.gate.enter()?;
        let message = |reply| TokenExchangeMessage::Client {
            bearer: bearer.clone(),
            fingerprint,
            permit,
            reply,
        };
        self.slot.call(message, ANSWER_TIMEOUT).await?
    }

    pub(super) fn is_live(&self) -> bool {
        self.slot.is_live()
    }

    pub(super) fn actor(&self) -> Option<ActorCell> {
        self.slot.actor().map(|actor| actor.get_cell())
    }
}
