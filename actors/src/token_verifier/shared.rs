//! What the handle and the actor share: the published snapshots and the caches. It outlives restarts of the actor.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use tokio::sync::watch;

use super::cache::Verdicts;
use super::jwt::Expectations;
use super::options::VerifierOptions;
use super::own_client::OwnClient;
use super::provider::Provider;
use super::scopes::ScopeRules;
use crate::oidc::{ClientAuthentication, ClientCredentials, KeySet, ProviderMetadata};
use crate::principal::{Principal, Subject};

/// How discovery stands, for readiness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderStatus {
    /// The provider has not been found yet.
    Unknown {
        /// Attempts so far.
        attempts: u32,
        /// What went wrong last, for the operator. Empty before the first attempt ended.
        problem: String,
    },
    /// The provider is known. A later failure to refresh its metadata does not change that.
    Ready,
}

/// What the handle and the actor share.
pub(super) struct Shared {
    pub(super) options: VerifierOptions,
    pub(super) verdicts: Verdicts,
    pub(super) provider: ArcSwapOption<Provider>,
    pub(super) keys: ArcSwapOption<KeySet>,
    pub(super) metadata: watch::Sender<Option<Arc<ProviderMetadata>>>,
    pub(super) status: watch::Sender<ProviderStatus>,
    pub(super) clients: OnceLock<Arc<dyn OwnClient>>,
    scopes: ScopeRules,
    /// How the provider last accepted our client: basic rather than post.
    by_basic: AtomicBool,
}

impl Shared {
    pub(super) fn new(options: VerifierOptions) -> Self {
        let unknown = ProviderStatus::Unknown {
            attempts: 0,
            problem: String::new(),
        };
        Self {
            verdicts: Verdicts::new(options.cache),
            scopes: ScopeRules::new(&options.known_scopes, options.resource_server_id.as_deref()),
            provider: ArcSwapOption::empty(),
            keys: ArcSwapOption::empty(),
            metadata: watch::Sender::new(None),
            status: watch::Sender::new(unknown),
            clients: OnceLock::new(),
            by_basic: AtomicBool::new(false),
            options,
        }
    }

    pub(super) fn now(&self) -> u64 {
        self.options.clock.unix_seconds()
    }

    /// Our OAuth client at the moment.
    pub(super) fn client(&self) -> Option<ClientCredentials> {
        self.clients.get().and_then(|clients| clients.current())
    }

    /// What is expected of a token now.
    pub(super) fn expectations<'a>(&'a self, provider: &'a Provider, client_id: Option<&'a str>) -> Expectations<'a> {
        Expectations {
            provider,
            client_id,
            audiences: &self.options.audiences,
            resource: &self.options.resource,
            now: self.now(),
            leeway: self.options.leeway.as_secs(),
        }
    }

    /// The principal that a good token speaks for.
    pub(super) fn principal<'a>(
        &self,
        provider: &Provider,
        subject: &str,
        client_id: Option<&str>,
        scopes: impl Iterator<Item = &'a str>,
        expires_at: Option<u64>,
    ) -> Arc<Principal> {
        Arc::new(Principal {
            subject: Subject::new(Arc::clone(&provider.issuer), subject),
            client_id: client_id.map(Arc::from),
            scopes: Some(self.scopes.granted(scopes, client_id)),
            expires_at,
        })
    }

    pub(super) fn authentication(&self) -> ClientAuthentication {
        if self.by_basic.load(Ordering::Relaxed) {
            ClientAuthentication::Basic
        } else {
            ClientAuthentication::Post
        }
    }

    pub(super) fn set_authentication(&self, authentication: ClientAuthentication) {
        let basic = authentication == ClientAuthentication::Basic;
        self.by_basic.store(basic, Ordering::Relaxed);
    }
}
