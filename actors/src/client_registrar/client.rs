//! The OAuth client this server is at its identity provider.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::template::RegistrationTemplate;
use crate::oidc::registration::{ClientInformation, Registration, SecretExpiry, TokenEndpointAuthMethod, exposed};

/// Where the client comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientSource {
    /// `NEXTCLOUD_OIDC_CLIENT_ID`: the operator's, never touched.
    Static,
    /// Registered by this server.
    Registered,
}

/// A configured client.
#[derive(Debug, Clone)]
pub struct StaticClient {
    /// `NEXTCLOUD_OIDC_CLIENT_ID`.
    pub client_id: String,
    /// `NEXTCLOUD_OIDC_CLIENT_SECRET`; a public client has none.
    pub client_secret: Option<SecretString>,
}

/// The client that requests use: an immutable snapshot.
#[derive(Debug, Clone)]
pub struct OAuthClient {
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`; none for a public client.
    pub client_secret: Option<SecretString>,
    /// How the provider wants the client to authenticate; `None` if nobody said, so both ways are worth a try.
    pub authentication: Option<TokenEndpointAuthMethod>,
    /// Configured or registered.
    pub source: ClientSource,
    /// What it takes to manage the client at the provider, if we hold it.
    pub registration: Option<Registration>,
    /// `client_id_issued_at`, seconds since the Unix epoch by the provider's clock.
    pub issued_at: Option<u64>,
    /// Until when the secret is good.
    pub expiry: SecretExpiry,
    /// The `scope` the provider registered, if it said. Empty means any at Nextcloud.
    pub scope: Option<String>,
}

impl OAuthClient {
    /// `client_secret_expires_at` if the secret expires at a known time.
    pub fn expires_at(&self) -> Option<u64> {
        match self.expiry {
            SecretExpiry::At(at) => Some(at),
            SecretExpiry::Never | SecretExpiry::Unknown => None,
        }
    }
}

impl From<&StaticClient> for OAuthClient {
    fn from(client: &StaticClient) -> Self {
        Self {
            client_id: client.client_id.clone(),
            client_secret: client.client_secret.clone(),
            authentication: client.client_secret.is_none().then_some(TokenEndpointAuthMethod::None),
            source: ClientSource::Static,
            registration: None,
            issued_at: None,
            expiry: SecretExpiry::Unknown,
            scope: None,
        }
    }
}

/// A registered client as it is stored. Encrypted by the vault; `Debug` shows no secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegisteredClient {
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`.
    #[serde(with = "exposed::option")]
    pub client_secret: Option<SecretString>,
    /// `token_endpoint_auth_method`.
    pub authentication: Option<TokenEndpointAuthMethod>,
    /// What it takes to manage the client.
    pub registration: Option<Registration>,
    /// `client_id_issued_at`, by the provider's clock.
    pub issued_at: Option<u64>,
    /// `client_secret_expires_at`, by the provider's clock.
    pub expiry: SecretExpiry,
    /// The registered `scope`.
    pub scope: Option<String>,
    /// When the answer came, in seconds since the Unix epoch by our clock.
    pub registered_at: u64,
    /// What was asked for.
    pub template: RegistrationTemplate,
}

impl RegisteredClient {
    /// The client of a registration answer that came from `endpoint` at `now`.
    pub fn new(information: &ClientInformation, endpoint: &str, template: &RegistrationTemplate, now: u64) -> Self {
        Self {
            client_id: information.client_id.clone(),
            client_secret: information.client_secret.clone(),
            authentication: information.token_endpoint_auth_method,
            registration: information.registration(endpoint),
            issued_at: information.client_id_issued_at,
            expiry: information.secret_expiry(),
            scope: information.scope.clone(),
            registered_at: now,
            template: template.clone(),
        }
    }

    /// The same client after the provider answered a read or an update. A part that the answer leaves out stays.
    #[must_use]
    pub fn refreshed(&self, information: &ClientInformation) -> Self {
        let mut client = self.clone();
        if information.client_secret.is_some() {
            client.client_secret.clone_from(&information.client_secret);
        }
        if information.secret_expiry() != SecretExpiry::Unknown {
            client.expiry = information.secret_expiry();
        }
        client.authentication = information.token_endpoint_auth_method.or(client.authentication);
        client.issued_at = information.client_id_issued_at.or(client.issued_at);
        client.scope = information.scope.clone().or(client.scope);
        client.registration = self
            .registration
            .as_ref()
            .map(|before| information.registration_after(before));
        client
    }

    /// How long the secret lives, in seconds. Only the difference of two times of the provider's clock is trusted:
    /// added to our own time of registration, a clock that is off does no harm. `None`: not known to end.
    fn life(&self) -> Option<u64> {
        let SecretExpiry::At(expires_at) = self.expiry else {
            return None;
        };
        // An end before the beginning says nothing; the provider's refusal will tell.
        expires_at
            .checked_sub(self.issued_at.unwrap_or(self.registered_at))
            .filter(|life| *life > 0)
    }

    /// When the secret ends, by our clock.
    pub fn ends_at(&self) -> Option<u64> {
        self.life().map(|life| self.registered_at.saturating_add(life))
    }

    /// When to renew: at 80 % of the secret's life, at the latest five minutes before its end, but never in the first
    /// half of its life, and never within a minute: a provider that hands out secrets of a few seconds is not flooded.
    pub fn renew_at(&self) -> Option<u64> {
        let life = self.life()?;
        let after = (life - life / 5).min(life.saturating_sub(300)).max(life / 2).max(60);
        Some(self.registered_at.saturating_add(after))
    }
}

impl From<&RegisteredClient> for OAuthClient {
    fn from(client: &RegisteredClient) -> Self {
        Self {
            client_id: client.client_id.clone(),
            client_secret: client.client_secret.clone(),
            authentication: client.authentication,
            source: ClientSource::Registered,
            registration: client.registration.clone(),
            issued_at: client.issued_at,
            expiry: client.expiry,
            scope: client.scope.clone(),
        }
    }
}
