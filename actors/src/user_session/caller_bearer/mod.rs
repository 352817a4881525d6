//! The back door that shows Nextcloud the caller's own access token.

mod actor;
mod clients;
mod message;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use ractor::{ActorCell, ActorRuntime};
use secrecy::{ExposeSecret, SecretString};

use super::SessionError;
use crate::admission::Gate;
use crate::digest::Fingerprint;
use crate::nextcloud::{NextcloudClient, NextcloudServer, UserCaches};
use crate::slot::Slot;
use actor::{CallerBearerActor, State};
use clients::BearerClients;
use message::CallerBearerMessage;

/// Callers with a new token that may wait at the same time, per user.
const WAITING: usize = 256;
/// Bound on one answer of the actor: it makes a client, without I/O.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// One user's clients, by token.
pub(super) struct CallerBearer {
    slot: Slot<CallerBearerMessage>,
    gate: Gate,
    pub(super) published: Arc<ArcSwap<BearerClients>>,
}

impl CallerBearer {
    pub(super) fn open(server: Arc<NextcloudServer>, user: Arc<UserCaches>, supervisor: ActorCell) -> Self {
        let slot = Slot::empty();
        let published = Arc::new(ArcSwap::from_pointee(BearerClients::default()));
        let state = State {
            server,
            user,
            published: Arc::clone(&published),
        };
        // If the actor does not come up (the supervisor is stopping), the slot is not live and its callers are told.
        if let Ok((actor, _)) = ActorRuntime::spawn_linked_instant(None, CallerBearerActor, state, supervisor) {
            slot.fill(actor);
        }
        Self {
            slot,
            gate: Gate::new(WAITING),
            published,
        }
    }

    /// The client for `bearer`: from what is published, else from the actor.
    pub(super) async fn client(&self, bearer: &SecretString) -> Result<NextcloudClient, SessionError> {
        let fingerprint = Fingerprint::of(bearer.expose_secret());
        if let Some(client) = self.published.load().get(&fingerprint) {
            return Ok(client.clone());
        }
        let permit = self.gate.enter()?;
        let client = |reply| CallerBearerMessage::Client {
            bearer: bearer.clone(),
            fingerprint,
            permit,
            reply,
        };
        Ok(self.slot.call(client, ANSWER_TIMEOUT).await?)
    }

    pub(super) fn is_live(&self) -> bool {
        self.slot.is_live()
    }

    pub(super) fn actor(&self) -> Option<ActorCell> {
        self.slot.actor().map(|actor| actor.get_cell())
    }
}
