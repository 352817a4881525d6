//! Finds out whether a bearer token is good and for whom: from a cache of verdicts, by the signature of a JWT, or by
//! asking the identity provider (RFC 7662 introspection, userinfo as the last resort).
//!
//! The actor owns discovery and every question to the provider, each asked once however many requests wait for it.
//! Signatures are checked in the caller's task with the published key set.

mod actor;
mod cache;
mod id_token;
mod inspect;
mod jwt;
mod message;
mod options;
mod own_client;
mod provider;
mod rejection;
mod scopes;
mod shared;
mod state;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ractor::{Actor, ActorCell, RpcReplyPort, SpawnErr};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use self::actor::{INSPECTION_LIMIT, TokenVerifierActor};
use self::cache::Verdict;
use self::jwt::{SignatureProblem, check_signature, subject};
use self::message::{TokenVerifierMessage, Waiting};
pub use self::options::{CacheOptions, ProviderOptions, VerifierOptions};
pub use self::own_client::{NoOtherClient, OwnClient};
use self::provider::Provider;
pub use self::rejection::Rejection;
pub use self::shared::ProviderStatus;
use self::shared::Shared;
use crate::digest::Fingerprint;
use observability::metrics::{TokenCheck, TokenResult};

use crate::admission::Gate;
use crate::oidc::{Jwt, ProviderMetadata, TokenShape};
use crate::principal::Principal;
use crate::slot::Slot;
use crate::supervisor::Child;

/// What is introspected to find out about our client: no token of any provider.
const NO_TOKEN: &str = "nextcloud-mcp-server-asks-whether-its-client-is-known";

/// Longest token that is looked at. Nextcloud's JWTs have about 1.5 KiB.
const TOKEN_LIMIT: usize = 16 * 1024;

/// Bound on waiting for the actor; what it does itself is bounded before that.
const CALL_LIMIT: Duration = INSPECTION_LIMIT.saturating_add(Duration::from_secs(5));

/// Verifies bearer tokens. Clones share everything.
#[derive(Clone)]
pub struct TokenVerifier {
    shared: Arc<Shared>,
    slot: Slot<TokenVerifierMessage>,
    gate: Gate,
}

impl TokenVerifier {
    /// A verifier that looks for its provider as soon as its actor starts.
    pub fn new(options: VerifierOptions) -> Self {
        Self {
            slot: Slot::empty(),
            gate: Gate::new(options.waiting_limit),
            shared: Arc::new(Shared::new(options)),
        }
    }

    /// Introspects as the client of `clients`, and takes tokens meant for that client. The first call counts. It comes
    /// after [`new`](Self::new), since the client itself is registered at the provider that is found here.
    pub fn use_clients(&self, clients: Arc<dyn OwnClient>) {
        // A second source is ignored: clones of this handle already use the first.
        let _ = self.shared.clients.set(clients);
    }

    /// Starts the actor, linked to `supervisor` if there is one. An actor started before is replaced.
    async fn spawn(&self, supervisor: Option<ActorCell>) -> Result<ActorCell, SpawnErr> {
        let shared = Arc::clone(&self.shared);
        let (actor, _) = match supervisor {
            Some(supervisor) => Actor::spawn_linked(None, TokenVerifierActor, shared, supervisor).await?,
            None => Actor::spawn(None, TokenVerifierActor, shared).await?,
        };
        let cell = actor.get_cell();
        self.slot.fill(actor);
        Ok(cell)
    }

    /// Whom a token speaks for. In this order: the caches, the checks of a JWT, introspection, userinfo.
    pub async fn verify(&self, token: &SecretString) -> Result<Arc<Principal>, Rejection> {
        let token = token.expose_secret();
        if token.is_empty() || token.len() > TOKEN_LIMIT || !token.is_ascii() {
            return Err(rejected(Rejection::Malformed));
        }
        let fingerprint = Fingerprint::of(token);
        let cached = self.shared.verdicts.get(&fingerprint, self.shared.now());
        self.shared.options.metrics.token_cache(cached.is_some());
        if let Some(verdict) = cached {
            return verdict.map_err(rejected);
        }
        // Boxed, so that the common case above does not carry the state of all that follows.
        let verdict = Box::pin(self.verify_unseen(token, fingerprint)).await;
        self.shared.verdicts.put(fingerprint, &verdict, self.shared.now());
        self.count(token, &verdict);
        verdict.map_err(rejected)
    }

    /// Asks the provider whether it takes our OAuth client, by introspecting something that is no token; one that it has
    /// deleted is replaced. For logins that begin with our client's id: a browser that shows a dead one to the provider
    /// ends on an error page there, and nobody here would notice.
    ///
    /// # Errors
    /// [`Rejection::ClientRefused`] if it does not, and there is no other. A provider that cannot be asked is no error.
    pub async fn confirm_own_client(&self) -> Result<(), Rejection> {
        let provider = self.shared.provider.load_full();
        if provider.is_none_or(|provider| provider.metadata.introspection_endpoint.is_none()) {
            return Ok(());
        }
        let fingerprint = Fingerprint::of(NO_TOKEN);
        self.shared.verdicts.forget(&fingerprint);
        match self.ask_provider(NO_TOKEN, fingerprint).await {
            Err(refused @ Rejection::ClientRefused { .. }) => Err(refused),
            _ => Ok(()),
        }
    }

    /// Forgets a token, so that its next use is checked anew: after a logout or a revocation.
    pub fn forget(&self, token: &SecretString) {
        self.shared.verdicts.forget(&Fingerprint::of(token.expose_secret()));
    }

    /// The provider's metadata, as soon as it is known and whenever it changes: browsers' endpoints with the public
    /// address, endpoints that this server calls with the internal one.
    pub fn provider(&self) -> watch::Receiver<Option<Arc<ProviderMetadata>>> {
        self.shared.metadata.subscribe()
    }

    /// How discovery stands, for readiness.
    pub fn status(&self) -> watch::Receiver<ProviderStatus> {
        self.shared.status.subscribe()
    }

    fn count(&self, token: &str, verdict: &Verdict) {
        let check = match TokenShape::of(token) {
            TokenShape::Jwt(_) | TokenShape::BrokenJwt => TokenCheck::Jwt,
            TokenShape::Opaque => TokenCheck::Introspection,
        };
        let (result, reason) = match verdict {
            Ok(_) => (TokenResult::Valid, "none"),
            Err(rejection) if rejection.is_unavailable() => (TokenResult::Error, rejection.reason()),
            Err(rejection) => (TokenResult::Invalid, rejection.reason()),
        };
        self.shared.options.metrics.token_validation(check, result, reason);
    }

    async fn verify_unseen(&self, token: &str, fingerprint: Fingerprint) -> Verdict {
        if !is_bearer_token(token) {
            return Err(Rejection::Malformed);
        }
        let provider = self.shared.provider.load_full().ok_or(Rejection::NotReady)?;
        match TokenShape::of(token) {
            TokenShape::Jwt(jwt) => self.verify_jwt(&provider, &jwt, token, fingerprint).await,
            TokenShape::Opaque => self.ask_provider(token, fingerprint).await,
            TokenShape::BrokenJwt => Err(Rejection::Malformed),
        }
    }

    async fn verify_jwt(&self, provider: &Provider, jwt: &Jwt<'_>, token: &str, fingerprint: Fingerprint) -> Verdict {
        let client = self.shared.client();
        let client_id = client.as_ref().map(|client| &*client.client_id);
        let algorithm = self.shared.expectations(provider, client_id).check_claims(jwt)?;
        if provider.metadata.jwks_uri.is_none() {
            return self.ask_provider(token, fingerprint).await;
        }
        let check = || check_signature(jwt, algorithm, self.shared.keys.load_full().as_deref());
        let mut outcome = check();
        if outcome == Err(SignatureProblem::KeyMissing) {
            let keys_are_fresh = self.refresh_keys().await?;
            outcome = check();
            if outcome == Err(SignatureProblem::KeyMissing) && !keys_are_fresh {
                // Nobody can check the signature now. The provider itself may still know the token.
                return match provider.metadata.introspection_endpoint {
                    Some(_) => self.ask_provider(token, fingerprint).await,
                    None => Err(Rejection::NetworkError),
                };
            }
        }
        outcome.map_err(|problem| match problem {
            SignatureProblem::KeyMissing => Rejection::UnknownKey,
            SignatureProblem::Rejected(rejection) => rejection,
        })?;
        let claims = &jwt.claims;
        let person = subject(claims.sub.as_deref())?;
        let expires_at = claims.exp.map(|exp| exp.0);
        let principal = self
            .shared
            .principal(provider, person, claims.client(), claims.scopes(), expires_at);
        Ok(principal)
    }

    /// Whether the keys published after this are the provider's latest.
    async fn refresh_keys(&self) -> Result<bool, Rejection> {
        let permit = self.gate.enter().map_err(|_| Rejection::Busy)?;
        let message = |reply| TokenVerifierMessage::RefreshKeys(Waiting::new(reply, permit));
        self.slot
            .call(message, CALL_LIMIT)
            .await
            .map_err(|_| Rejection::NotReady)
    }

    async fn ask_provider(&self, token: &str, fingerprint: Fingerprint) -> Verdict {
        let permit = self.gate.enter().map_err(|_| Rejection::Busy)?;
        let message = |reply: RpcReplyPort<Verdict>| TokenVerifierMessage::Inspect {
            fingerprint,
            token: SecretString::from(token),
            waiting: Waiting::new(reply, permit),
        };
        let answer = self.slot.call(message, CALL_LIMIT).await;
        answer.map_err(|_| Rejection::NotReady)?
    }
}

impl Child for TokenVerifier {
    fn kind(&self) -> &'static str {
        "token_verifier"
    }

    fn start(&self, supervisor: ActorCell) -> BoxFuture<'_, Result<ActorCell, SpawnErr>> {
        self.spawn(Some(supervisor)).boxed()
    }
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TokenVerifier")
            .field("options", &self.shared.options)
            .field("status", &*self.shared.status.borrow())
            .finish_non_exhaustive()
    }
}

/// The characters of a bearer token (RFC 6750 §2.1, `b64token`).
fn is_bearer_token(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(allowed)
}

fn rejected(rejection: Rejection) -> Rejection {
    tracing::debug!(reason = rejection.reason(), "token not accepted");
    rejection
}
