//! The back door that shows Nextcloud this server's own grant: an access token that the person allowed us to have, renewed
//! before it ends.
//!
//! The grant is in the vault; `keeper` has what all persons' grants share, `work` the jobs on one, `state` what follows
//! from their outcomes. A header is published only when the grant it belongs to is durable.

mod actor;
mod keeper;
mod message;
mod problem;
mod record;
mod state;
#[cfg(test)]
mod tests;
mod work;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::HeaderValue;
use ractor::{ActorCell, ActorRuntime, RpcReplyPort};

pub use keeper::{GrantKeeper, GrantKeeperOptions, Revocation};
pub use problem::{GrantProblem, Unprovisioned};
pub use record::Grant;
pub use state::GrantStatus;

use super::SessionError;
use crate::admission::Gate;
use crate::nextcloud::{NextcloudClient, NextcloudServer, NoCredential, RenewedCredential, UserCaches};
use crate::principal::Subject;
use crate::slot::Slot;
use actor::{Arguments, OwnGrantActor};
use message::{OwnGrantMessage, Waiting};
use state::Published;

/// Requests that may wait for a renewal at the same time, per person.
const WAITING: usize = 512;
/// Bound on one answer: two calls to the provider, another registration between them, and a durable write.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// One person's grant.
pub struct OwnGrant {
    shared: Arc<Shared>,
    client: NextcloudClient,
}

/// What the session and the clients in use hold.
struct Shared {
    keeper: Arc<GrantKeeper>,
    slot: Slot<OwnGrantMessage>,
    gate: Gate,
    published: Arc<ArcSwap<Published>>,
}

impl OwnGrant {
    pub(super) fn open(
        keeper: Arc<GrantKeeper>,
        subject: Subject,
        server: Arc<NextcloudServer>,
        user: Arc<UserCaches>,
        supervisor: ActorCell,
    ) -> Self {
        let slot = Slot::empty();
        let published = Arc::new(ArcSwap::from_pointee(Published::Unread));
        let arguments = Arguments {
            keeper: Arc::clone(&keeper),
            subject,
            published: Arc::clone(&published),
        };
        // If the actor does not come up (the supervisor is stopping), the slot is not live and its callers are told.
        if let Ok((actor, _)) = ActorRuntime::spawn_linked_instant(None, OwnGrantActor, arguments, supervisor) {
            slot.fill(actor);
        }
        let shared = Arc::new(Shared {
            keeper,
            slot,
            gate: Gate::new(WAITING),
            published,
        });
        let credential: Arc<dyn RenewedCredential> = Arc::<Shared>::clone(&shared);
        Self {
            client: NextcloudClient::renewing(server, credential, user),
            shared,
        }
    }

    /// The client, if there is a grant and it is good or can be renewed now.
    pub(super) async fn client(&self) -> Result<NextcloudClient, SessionError> {
        self.shared.header(None).await?;
        Ok(self.client.clone())
    }

    /// How the grant stands; `None` if there is none. Asks nobody but the vault.
    pub async fn status(&self) -> Result<Option<Arc<GrantStatus>>, SessionError> {
        match &**self.shared.published.load() {
            Published::Held(held) => return Ok(Some(Arc::clone(&held.status))),
            Published::Absent(_) => return Ok(None),
            Published::Unread => {}
        }
        self.shared.call(OwnGrantMessage::Status).await
    }

    /// Keeps a new grant, in place of the one before. `Ok` only when it is durable.
    pub async fn install(&self, grant: Grant) -> Result<(), SessionError> {
        let grant = Arc::new(grant);
        self.shared
            .call(|waiting| OwnGrantMessage::Install { grant, waiting })
            .await
    }

    /// Forgets the grant here, and ends it at the provider where that is possible. `None` if there was none. `Ok` only when
    /// it is durably forgotten.
    pub async fn revoke(&self) -> Result<Option<Revocation>, SessionError> {
        self.shared.call(OwnGrantMessage::Revoke).await
    }

    pub(super) fn is_live(&self) -> bool {
        self.shared.slot.is_live()
    }

    pub(super) fn actor(&self) -> Option<ActorCell> {
        self.shared.slot.actor().map(|actor| actor.get_cell())
    }
}

impl Shared {
    async fn header(&self, refused: Option<&HeaderValue>) -> Result<HeaderValue, SessionError> {
        if refused.is_none()
            && let Some(header) = self.published.load().fresh(self.keeper.now())
        {
            return Ok(header.clone());
        }
        let refused = refused.cloned();
        self.call(|waiting| OwnGrantMessage::Access { refused, waiting }).await
    }

    async fn call<T: Send + 'static>(
        &self,
        message: impl FnOnce(Waiting<T>) -> OwnGrantMessage,
    ) -> Result<T, SessionError> {
        let permit = self.gate.enter()?;
        let message = |reply: RpcReplyPort<Result<T, SessionError>>| message(Waiting { reply, _permit: permit });
        self.slot.call(message, ANSWER_TIMEOUT).await?
    }
}

impl RenewedCredential for Shared {
    fn authorization(&self) -> BoxFuture<'_, Result<HeaderValue, NoCredential>> {
        let header = self.header(None);
        header.map(|header| header.map_err(no_credential)).boxed()
    }

    fn instead_of<'a>(&'a self, refused: &'a HeaderValue) -> BoxFuture<'a, Result<Option<HeaderValue>, NoCredential>> {
        let other = self.header(Some(refused)).map(move |header| match header {
            Ok(header) => Ok(Some(header).filter(|header| header != refused)),
            Err(error @ SessionError::NotProvisioned(_)) => Err(no_credential(error)),
            // Whether there is another cannot be told now, so the refusal stands.
            Err(_) => Ok(None),
        });
        other.boxed()
    }
}

fn no_credential(error: SessionError) -> NoCredential {
    NoCredential {
        has_ended: matches!(error, SessionError::NotProvisioned(_)),
        reason: error.to_string(),
    }
}
