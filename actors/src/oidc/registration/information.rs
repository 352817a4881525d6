//! What a provider answers to a registration (RFC 7591 §3.2.1, RFC 7592 §3).

use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use url::Url;

use super::{Registration, TokenEndpointAuthMethod};

/// Until when the secret is good (`client_secret_expires_at`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretExpiry {
    /// The provider said 0.
    Never,
    /// Seconds since the Unix epoch, by the provider's clock.
    At(u64),
    /// The provider did not say: only its refusal (`invalid_client`) will tell.
    Unknown,
}

/// A registered client as the provider describes it. Only `client_id` is required; a member of an unexpected type
/// counts as absent, so that one oddity does not cost the client.
#[derive(Debug, Clone, Deserialize)]
pub struct ClientInformation {
    /// The client's identifier, never empty.
    #[serde(deserialize_with = "not_empty")]
    pub client_id: String,
    /// The secret of a confidential client.
    #[serde(default, deserialize_with = "secret")]
    pub client_secret: Option<SecretString>,
    /// When the identifier was issued, in seconds since the Unix epoch.
    #[serde(default, deserialize_with = "lenient")]
    pub client_id_issued_at: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    client_secret_expires_at: Option<u64>,
    #[serde(default, deserialize_with = "secret")]
    registration_access_token: Option<SecretString>,
    #[serde(default, deserialize_with = "lenient")]
    registration_client_uri: Option<String>,
    /// The redirect URIs that were registered; absent if the provider does not repeat them.
    #[serde(default, deserialize_with = "lenient")]
    pub redirect_uris: Option<Vec<String>>,
    /// The scopes that were registered. Empty means any scope at Nextcloud.
    #[serde(default, deserialize_with = "lenient")]
    pub scope: Option<String>,
    /// How the client has to authenticate.
    #[serde(default, deserialize_with = "lenient")]
    pub token_endpoint_auth_method: Option<TokenEndpointAuthMethod>,
}

impl ClientInformation {
    /// Until when the secret is good: 0 is never, absent is unknown (RFC 7591 §3.2.1).
    pub fn secret_expiry(&self) -> SecretExpiry {
        match self.client_secret_expires_at {
            Some(0) => SecretExpiry::Never,
            Some(at) => SecretExpiry::At(at),
            None => SecretExpiry::Unknown,
        }
    }

    /// What it takes to manage the client, if the provider gave both parts and the URI is one to send a secret to:
    /// HTTP, and HTTPS where the `endpoint` that answered is.
    pub fn registration(&self, endpoint: &str) -> Option<Registration> {
        let access_token = self.registration_access_token.clone()?;
        let client_uri = self.registration_client_uri.clone()?;
        let scheme = Url::parse(&client_uri).ok()?.scheme().to_owned();
        let secure = Url::parse(endpoint).is_ok_and(|endpoint| endpoint.scheme() == "https");
        (scheme == "https" || (scheme == "http" && !secure)).then_some(Registration {
            access_token,
            client_uri,
        })
    }

    /// The registration that goes on after an update or a read: each part that the answer repeats replaces the one
    /// before (RFC 7592 §2.1, §3: the token may change at any time).
    pub fn registration_after(&self, before: &Registration) -> Registration {
        self.registration(&before.client_uri).unwrap_or_else(|| Registration {
            access_token: self
                .registration_access_token
                .clone()
                .unwrap_or_else(|| before.access_token.clone()),
            client_uri: before.client_uri.clone(),
        })
    }
}

fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let value = String::deserialize(deserializer)?;
    if value.is_empty() {
        return Err(serde::de::Error::custom("client_id is empty"));
    }
    Ok(value)
}

fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    let value: Option<String> = lenient(deserializer)?;
    Ok(value.filter(|value| !value.is_empty()).map(SecretString::from))
}
