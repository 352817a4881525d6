//! Which OAuth client this server is at its identity provider, and how it stays one.
//!
//! # Which client
//!
//! The configured one (`NEXTCLOUD_OIDC_CLIENT_ID`), which is never touched; else the stored one of this issuer, updated
//! (RFC 7592) or replaced if the configuration has changed; else one that is registered now (RFC 7591).
//!
//! # Life
//!
//! A registered client is renewed before its secret expires and replaced when the provider refuses it
//! ([`ClientRegistrar::replace`]), once, however many requests notice; two replacements keep a distance. Failures that may
//! pass (no answer, 429, 5xx) are tried again with growing pauses, refusals (4xx) with longer ones, up to
//! ten minutes, since as a rule a person has to do something. Old clients are deleted at the provider where it gave the means to do so.
//!
//! # What a crash leaves behind
//!
//! Everything about one provider is one row of the store, so each step below is all or nothing. One job is at work at a
//! time, and it begins by reading the row.
//!
//! | step | after a crash behind it |
//! |---|---|
//! | 1. store "registration begun" | the next start says so in its log and registers |
//! | 2. the provider registers | the same; the new client is an orphan there until it expires, since nobody knows its id (a stored intent could not name it either) |
//! | 3. store the new client, and the old one as to be deleted | the next start uses the new client and deletes the old one |
//! | 4. publish: requests use the new client | the same |
//! | 5. delete the old client at the provider | it is deleted again; "unknown client" is as good as "deleted" |
//! | 6. store that it is deleted | nothing is left to do |
//!
//! An update changes the registration access token, and the new one is stored before anything else. A crash between the
//! two leaves the old token, which Nextcloud takes for another minute; after that the client still works but cannot be
//! managed any more, and is replaced when the configuration differs. `unregister` first stores that the client is to be
//! deleted and then deletes it. So nothing that was acknowledged is lost, and at most one client is left to the provider's
//! expiry.

mod actor;
mod client;
mod error;
mod message;
mod state;
mod store;
mod template;
#[cfg(test)]
mod tests;
mod timing;
mod vault_store;
mod work;

use std::fmt;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use observability::Metrics;
use ractor::{Actor, ActorCell, RpcReplyPort, SpawnErr};
use tokio::sync::{Mutex, watch};
use tracing::info;

use self::actor::RegistrarActor;
use self::message::{Command, RegistrarMessage, Waiting};
use self::state::Shared;
use self::work::Worker;
use crate::admission::Gate;
use crate::clock::SharedClock;
use crate::oidc::ProviderMetadata;
use crate::randomness::SharedRandomness;
use crate::slot::Slot;
use crate::supervisor::Child;

pub use self::client::{ClientSource, OAuthClient, RegisteredClient, StaticClient};
pub use self::error::RegistrarError;
pub use self::state::Description;
pub use self::store::{ClientStore, Doomed, Row, StoreError};
pub use self::template::RegistrationTemplate;
pub use self::timing::Timing;
pub use self::work::{Standing, Unregistered};

/// How many requests may wait for a client.
const GATE: usize = 512;

/// What the registrar is made of.
#[derive(Debug)]
pub struct RegistrarOptions {
    /// The configured client, if there is one.
    pub static_client: Option<StaticClient>,
    /// What to be registered as.
    pub template: RegistrationTemplate,
    /// Whether to register, update and renew unasked. A server does; the `client` commands only look at what is stored.
    pub automatic: bool,
    /// The provider, once it is discovered.
    pub provider: watch::Receiver<Option<Arc<ProviderMetadata>>>,
    /// Where registered clients are kept.
    pub store: Arc<dyn ClientStore>,
    /// For the calls to the provider.
    pub http: reqwest::Client,
    /// The time.
    pub clock: SharedClock,
    /// For jitter.
    pub randomness: SharedRandomness,
    /// How long things wait.
    pub timing: Timing,
    /// Where registrations are counted.
    pub metrics: Metrics,
}

/// The handle of the registrar.
#[derive(Clone)]
pub struct ClientRegistrar {
    slot: Slot<RegistrarMessage>,
    gate: Gate,
    shared: Arc<Shared>,
}

impl ClientRegistrar {
    /// Makes the handle. A configured client is there at once; a registered one when the actor was started and the
    /// provider is known.
    pub fn new(options: RegistrarOptions) -> Self {
        let configured = options.static_client.as_ref().map(|client| {
            info!(
                client_id = client.client_id,
                "using the configured OAuth client (NEXTCLOUD_OIDC_CLIENT_ID); none is registered"
            );
            Arc::new(OAuthClient::from(client))
        });
        Self {
            slot: Slot::empty(),
            gate: Gate::new(GATE),
            shared: Arc::new(Shared {
                is_static: configured.is_some(),
                worker: Worker {
                    http: options.http,
                    clock: options.clock,
                    store: options.store,
                    template: options.template,
                    automatic: options.automatic,
                    timing: options.timing,
                    metrics: options.metrics,
                    lane: Mutex::new(()),
                },
                randomness: options.randomness,
                provider: options.provider,
                published: watch::Sender::new(configured),
                problem: watch::Sender::new(None),
            }),
        }
    }

    /// The client in use.
    pub fn current(&self) -> Option<Arc<OAuthClient>> {
        self.shared.published.borrow().clone()
    }

    /// The client in use, and every change of it.
    pub fn subscribe(&self) -> watch::Receiver<Option<Arc<OAuthClient>>> {
        self.shared.published.subscribe()
    }

    /// Why the last attempt to register, update or renew failed, for readiness; `None` after one that succeeded.
    pub fn problem(&self) -> watch::Receiver<Option<RegistrarError>> {
        self.shared.problem.subscribe()
    }

    /// To be called when the provider answered `invalid_client` (or 403) for `refused_client_id`. Returns another client:
    /// the one in use if that is another already, else one that is registered now.
    ///
    /// # Errors
    /// A configured client stays, whatever the provider says of it. After a failure, and shortly after a replacement,
    /// [`RegistrarError::CoolingDown`] says when to come back.
    pub async fn replace(&self, refused_client_id: &str) -> Result<Arc<OAuthClient>, RegistrarError> {
        if let Some(current) = self.current().filter(|client| client.client_id != refused_client_id) {
            return Ok(current);
        }
        if self.shared.is_static {
            return Err(RegistrarError::StaticClientRefused);
        }
        let refused = refused_client_id.to_owned();
        self.call(|waiting| RegistrarMessage::Replace { refused, waiting })
            .await
    }

    /// How things stand. Waits for the job at work.
    pub async fn describe(&self) -> Result<Description, RegistrarError> {
        if self.shared.is_static {
            let template = &self.shared.worker.template;
            return Ok(Description {
                client: self.current(),
                issuer: self
                    .shared
                    .provider
                    .borrow()
                    .as_ref()
                    .map(|provider| provider.issuer.clone()),
                redirect_uri: template.redirect_uri.clone(),
                scope: template.scope.clone(),
                renew_at: None,
                to_delete: 0,
                last_error: None,
            });
        }
        self.call(RegistrarMessage::Describe).await
    }

    /// Asks the provider whether it knows the registered client (RFC 7592 §2.1).
    pub async fn check(&self) -> Result<Standing, RegistrarError> {
        if self.shared.is_static {
            return Err(RegistrarError::NotManageable);
        }
        self.call(|waiting| RegistrarMessage::Command(Command::Check(waiting)))
            .await
    }

    /// Registers another client, even if there is one; that one is deleted at the provider.
    pub async fn register_now(&self) -> Result<Arc<OAuthClient>, RegistrarError> {
        if self.shared.is_static {
            return Err(RegistrarError::StaticClientKept);
        }
        self.call(|waiting| RegistrarMessage::Command(Command::Register(waiting)))
            .await
    }

    /// Deletes the registered client at the provider (RFC 7592 §2.3) and forgets it. None is registered until
    /// [`Self::register_now`] or the next start.
    ///
    /// # Errors
    /// If the provider cannot be told, the client is out of use all the same, and its deletion is tried again.
    pub async fn unregister(&self) -> Result<Unregistered, RegistrarError> {
        if self.shared.is_static {
            return Err(RegistrarError::StaticClientKept);
        }
        self.call(|waiting| RegistrarMessage::Command(Command::Unregister(waiting)))
            .await
    }

    async fn call<T: Send + 'static>(
        &self,
        message: impl FnOnce(Waiting<T>) -> RegistrarMessage,
    ) -> Result<T, RegistrarError> {
        let permit = self.gate.enter()?;
        let message = |reply: RpcReplyPort<Result<T, RegistrarError>>| message(Waiting { reply, _permit: permit });
        self.slot.call(message, self.shared.worker.timing.call).await?
    }
}

impl fmt::Debug for ClientRegistrar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = self.current();
        formatter
            .debug_struct("ClientRegistrar")
            .field("client_id", &current.as_ref().map(|client| &client.client_id))
            .finish_non_exhaustive()
    }
}

impl Child for ClientRegistrar {
    fn kind(&self) -> &'static str {
        "client_registrar"
    }

    fn start(&self, supervisor: ActorCell) -> BoxFuture<'_, Result<ActorCell, SpawnErr>> {
        async move {
            let shared = Arc::clone(&self.shared);
            let (actor, _) = Actor::spawn_linked(None, RegistrarActor, shared, supervisor).await?;
            let cell = actor.get_cell();
            self.slot.fill(actor);
            Ok(cell)
        }
        .boxed()
    }
}
