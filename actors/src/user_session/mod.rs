//! One user at Nextcloud: the credential their requests go out with, and what bounds them.
//!
//! A session is found, opened and passivated by the [`Supervisor`](crate::supervisor::Supervisor). A credential that
//! changes is owned by an actor, which publishes the clients made from it; a request reads what is published and meets
//! the actor's mailbox only when its credential is new. A session whose actor died is not repaired: the user's next
//! request gets a new one.

mod back_door;
mod caller_bearer;
mod error;
mod own_grant;
#[cfg(test)]
mod tests;
mod token_exchange;

use std::fmt;
use std::sync::Arc;

use ractor::ActorCell;
use secrecy::SecretString;

pub use back_door::BackDoor;
pub use error::SessionError;
pub use own_grant::{
    Grant, GrantKeeper, GrantKeeperOptions, GrantProblem, GrantStatus, OwnGrant, Revocation, Unprovisioned,
};

use crate::nextcloud::{Breaker, BreakerOptions, Limits, LimitsOptions, NextcloudClient, NextcloudServer, UserCaches};
use crate::principal::Subject;
use caller_bearer::CallerBearer;
use token_exchange::TokenExchange;
pub use token_exchange::{ExchangeDesk, ExchangeDeskOptions, ExchangeProblem};

/// What every session of the process shares.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// The Nextcloud.
    pub server: Arc<NextcloudServer>,
    /// How sessions prove to Nextcloud whose they are.
    pub back_door: BackDoor,
    /// Bounds on one user's requests to Nextcloud.
    pub limits: LimitsOptions,
    /// When one user's requests are paused because Nextcloud is down.
    pub breaker: BreakerOptions,
}

impl SessionOptions {
    /// The default bounds, for sessions that go through `back_door`.
    pub fn new(server: Arc<NextcloudServer>, back_door: BackDoor) -> Self {
        Self {
            server,
            back_door,
            limits: LimitsOptions::default(),
            breaker: BreakerOptions::default(),
        }
    }
}

/// The session of one user. A clone is a pointer; hold it while a request runs, not longer: a session that somebody
/// holds is not passivated.
#[derive(Clone)]
pub struct UserSession(Arc<Inner>);

struct Inner {
    door: Door,
    user: Arc<UserCaches>,
}

/// The back door of one session, open. Each variant that has state has a module.
enum Door {
    /// One client for ever: nothing changes, so there is no actor.
    Static(NextcloudClient),
    /// A client for each token that the user's MCP clients show.
    CallerBearer(CallerBearer),
    /// One client for ever, whose credential changes.
    OwnGrant(OwnGrant),
    /// A client for each token that the user's MCP clients show, with the token it was exchanged for.
    TokenExchange(TokenExchange),
}

impl UserSession {
    /// Opens the session of `subject`. Does not wait: an actor takes messages while it starts.
    pub(crate) fn open(options: &SessionOptions, subject: &Subject, supervisor: ActorCell) -> Self {
        let limits = Limits::new(options.limits);
        let user = Arc::new(UserCaches::new(limits, Breaker::new(options.breaker)));
        let server = Arc::clone(&options.server);
        let door = match &options.back_door {
            BackDoor::Static(credential) => Door::Static(NextcloudClient::new(server, credential, Arc::clone(&user))),
            BackDoor::CallerBearer => Door::CallerBearer(CallerBearer::open(server, Arc::clone(&user), supervisor)),
            BackDoor::TokenExchange(desk) => Door::TokenExchange(TokenExchange::open(
                Arc::clone(desk),
                server,
                Arc::clone(&user),
                supervisor,
            )),
            BackDoor::OwnGrant(keeper) => Door::OwnGrant(OwnGrant::open(
                Arc::clone(keeper),
                subject.clone(),
                server,
                Arc::clone(&user),
                supervisor,
            )),
        };
        Self(Arc::new(Inner { door, user }))
    }

    /// The client to make the caller's requests with. `bearer` is the access token of the request at hand, already
    /// verified: back doors that pass it on need it, the others ignore it.
    pub async fn client(&self, bearer: Option<&SecretString>) -> Result<NextcloudClient, SessionError> {
        match &self.0.door {
            Door::Static(client) => Ok(client.clone()),
            Door::CallerBearer(door) => door.client(bearer.ok_or(SessionError::BearerMissing)?).await,
            Door::OwnGrant(door) => door.client().await,
            Door::TokenExchange(door) => door.client(bearer.ok_or(SessionError::BearerMissing)?).await,
        }
    }

    /// The grant that this server has of the user, where that is the back door.
    pub fn own_grant(&self) -> Option<&OwnGrant> {
        match &self.0.door {
            Door::OwnGrant(door) => Some(door),
            Door::Static(_) | Door::CallerBearer(_) | Door::TokenExchange(_) => None,
        }
    }

    /// Whether it can serve: a session whose actor ended cannot.
    pub(crate) fn is_live(&self) -> bool {
        match &self.0.door {
            Door::Static(_) => true,
            Door::CallerBearer(door) => door.is_live(),
            Door::OwnGrant(door) => door.is_live(),
            Door::TokenExchange(door) => door.is_live(),
        }
    }

    /// Whether nobody but the directory holds it and none of its requests is at Nextcloud.
    pub(crate) fn is_idle(&self) -> bool {
        Arc::strong_count(&self.0) == 1 && self.0.user.is_idle()
    }

    /// The session's actor, where it has one.
    pub(crate) fn actor(&self) -> Option<ActorCell> {
        match &self.0.door {
            Door::Static(_) => None,
            Door::CallerBearer(door) => door.actor(),
            Door::OwnGrant(door) => door.actor(),
            Door::TokenExchange(door) => door.actor(),
        }
    }

    #[cfg(test)]
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Ends the session when what waits in its mailbox is done.
    pub(crate) fn end(&self) {
        if let Some(actor) = self.actor() {
            // An actor that ended already cannot be drained, and need not be.
            let _ = actor.drain();
        }
    }
}

impl fmt::Debug for UserSession {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UserSession")
    }
}
