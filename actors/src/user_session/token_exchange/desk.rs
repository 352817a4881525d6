//! What all sessions' exchanges share, and the snapshot of one user's.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::{Semaphore, watch};

use crate::clock::SharedClock;
use crate::digest::Fingerprint;
use crate::nextcloud::NextcloudClient;
use crate::oidc::{ClientCredentials, Grant, ProviderMetadata, TokenError, Tokens, request_tokens};
use crate::token_verifier::{NoOtherClient, OwnClient};

/// Exchanged tokens that are kept for one user: one for each MCP client that they have open, and some for renewed ones.
const KEPT: usize = 8;
/// Calls to the provider at the same time.
const CALLS: usize = 64;
/// How long an exchanged token is taken to be good when the provider does not say, in seconds.
const ASSUMED_LIFETIME: u64 = 60;
/// How long before its end a token is shown for the last time, in seconds; at most a fifth of its life.
const MARGIN: u64 = 30;

/// What the exchange is made with.
pub struct ExchangeDeskOptions {
    /// For the calls to the provider.
    pub http: reqwest::Client,
    /// The time.
    pub clock: SharedClock,
    /// The provider, once it is discovered.
    pub provider: watch::Receiver<Option<Arc<ProviderMetadata>>>,
    /// This server's OAuth client there.
    pub clients: Arc<dyn OwnClient>,
    /// What the provider calls Nextcloud (`audience`, RFC 8693 §2.1), where it wants to be told.
    pub audience: Option<String>,
}

/// Where tokens are exchanged.
pub struct ExchangeDesk {
    options: ExchangeDeskOptions,
    calls: Semaphore,
}

/// Why a token was not exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeProblem {
    /// The provider has not been found, or this server has no OAuth client there yet.
    #[error("the identity provider is not ready yet; try again in a moment")]
    NotReady,
    /// It does not offer the exchange.
    #[error(
        "the identity provider does not exchange tokens (RFC 8693); the administrator of this server has to set \
         NEXTCLOUD_TOKEN_EXCHANGE=false"
    )]
    NotOffered,
    /// It does not exchange this token.
    #[error(
        "the identity provider refuses to exchange the access token for one of Nextcloud; the server's log has its reason \
         for the administrator"
    )]
    Refused,
    /// It does not accept our OAuth client, and there is no other.
    #[error("the identity provider refuses the OAuth client of this server; its administrator has to look at it")]
    ClientRefused,
    /// It did not answer.
    #[error("the identity provider cannot be reached to exchange the access token; try again in a moment")]
    Unreachable,
}

/// A token just exchanged.
pub(super) struct Fresh {
    pub(super) access_token: SecretString,
    /// Unix seconds.
    pub(super) until: u64,
}

impl ExchangeDesk {
    /// A desk at one provider.
    pub fn new(options: ExchangeDeskOptions) -> Arc<Self> {
        Arc::new(Self {
            options,
            calls: Semaphore::new(CALLS),
        })
    }

    pub(super) fn now(&self) -> u64 {
        self.options.clock.unix_seconds()
    }

    /// Exchanges a caller's token.
    pub(super) async fn exchange(&self, bearer: &SecretString) -> Result<Fresh, ExchangeProblem> {
        let _call = self.calls.acquire().await.map_err(|_| ExchangeProblem::NotReady)?;
        let provider = self
            .options
            .provider
            .borrow()
            .clone()
            .ok_or(ExchangeProblem::NotReady)?;
        if !provider.exchanges_tokens() {
            return Err(ExchangeProblem::NotOffered);
        }
        let client = self.options.clients.current().ok_or(ExchangeProblem::NotReady)?;
        let asked_at = self.now();
        let answer = match self.exchange_as(&provider, &client, bearer).await {
            Err(TokenError::InvalidClient { .. }) => {
                let replaced = self.options.clients.replace(&client.client_id).await;
                let client = replaced.map_err(|NoOtherClient { retry_after }| match retry_after {
                    Some(_) => ExchangeProblem::NotReady,
                    None => ExchangeProblem::ClientRefused,
                })?;
                self.exchange_as(&provider, &client, bearer).await
            }
            answer => answer,
        };
        let tokens = answer.map_err(|error| {
            tracing::warn!(%error, "an access token was not exchanged");
            match error {
                TokenError::InvalidClient { .. } => ExchangeProblem::ClientRefused,
                TokenError::Unavailable(_) => ExchangeProblem::Unreachable,
                TokenError::InvalidGrant { .. } | TokenError::Refused { .. } => ExchangeProblem::Refused,
            }
        })?;
        let lifetime = tokens.expires_in.unwrap_or(ASSUMED_LIFETIME);
        Ok(Fresh {
            access_token: tokens.access_token,
            until: asked_at.saturating_add(lifetime - MARGIN.min(lifetime / 5)),
        })
    }

    async fn exchange_as(
        &self,
        provider: &ProviderMetadata,
        client: &ClientCredentials,
        bearer: &SecretString,
    ) -> Result<Tokens, TokenError> {
        let exchange = Grant::Exchange {
            subject_token: bearer,
            audience: self.options.audience.as_deref(),
        };
        request_tokens(&self.options.http, provider, client, exchange).await
    }
}

impl fmt::Debug for ExchangeDesk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ExchangeDesk")
    }
}

impl fmt::Debug for ExchangeDeskOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ExchangeDeskOptions")
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

/// The snapshot that requests read: clients by the token that was exchanged, the latest first.
#[derive(Clone, Default)]
pub(super) struct Exchanged(Vec<Entry>);

#[derive(Clone)]
struct Entry {
    fingerprint: Fingerprint,
    client: NextcloudClient,
    until: u64,
}

impl Exchanged {
    /// The client for a token, if its exchanged token is still good.
    pub(super) fn get(&self, fingerprint: &Fingerprint, now: u64) -> Option<&NextcloudClient> {
        let entry = self.0.iter().find(|entry| entry.fingerprint == *fingerprint)?;
        (now < entry.until).then_some(&entry.client)
    }

    /// These and another, without the one it replaces and without the oldest when there are too many.
    pub(super) fn with(&self, fingerprint: Fingerprint, client: NextcloudClient, until: u64) -> Self {
        let others = self.0.iter().filter(|entry| entry.fingerprint != fingerprint);
        let entry = Entry {
            fingerprint,
            client,
            until,
        };
        Self(std::iter::once(entry).chain(others.take(KEPT - 1).cloned()).collect())
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
