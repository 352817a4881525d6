//! Client registration: RFC 7591 (register) and RFC 7592 (read, update, delete). Protocol types and calls, no state.
//!
//! Nextcloud's `oidc` app adds two members of its own to the request: `token_type` (`opaque` or `jwt`, what its access
//! tokens look like) and `resource_url` (lets this client introspect tokens issued for that resource). Other providers
//! ignore them (RFC 7591 §2: unknown metadata must be ignored).

mod calls;
mod error;
mod information;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

pub use calls::{Deletion, delete, read, register, update};
pub use error::{Refusal, RegistrationError};
pub use information::{ClientInformation, SecretExpiry};

/// How a client proves itself at the token and introspection endpoints (RFC 7591 §2, `token_endpoint_auth_method`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenEndpointAuthMethod {
    /// `client_id` and `client_secret` in the form.
    #[serde(rename = "client_secret_post")]
    Post,
    /// HTTP basic authentication.
    #[serde(rename = "client_secret_basic")]
    Basic,
    /// A public client: no secret.
    #[serde(rename = "none")]
    None,
}

/// What Nextcloud's access tokens look like (`token_type` of its registration request).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenFormat {
    /// Random strings, verified by introspection.
    #[default]
    Opaque,
    /// Signed tokens (RFC 9068).
    Jwt,
}

/// The value is none of `Bearer`, `opaque`, `jwt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `Bearer` (or `opaque`) for opaque tokens or `jwt` for signed ones")]
pub struct UnknownTokenFormat;

impl FromStr for TokenFormat {
    type Err = UnknownTokenFormat;

    /// Reads `NEXTCLOUD_OIDC_TOKEN_TYPE`, in any case. Nextcloud itself knows lower case only and takes its default for
    /// everything else, so the value never goes there as it was written.
    fn from_str(value: &str) -> Result<Self, Self::Err> {
        match value.trim().to_ascii_lowercase().as_str() {
            "bearer" | "opaque" => Ok(Self::Opaque),
            "jwt" => Ok(Self::Jwt),
            _ => Err(UnknownTokenFormat),
        }
    }
}

/// What this server asks to be registered as (RFC 7591 §2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClientMetadata {
    /// The name that people read on the consent page. Nextcloud cuts it at 64 characters.
    pub client_name: String,
    /// Where the provider may send people back to.
    pub redirect_uris: Vec<String>,
    /// The grants this client uses.
    pub grant_types: Vec<&'static str>,
    /// The response types this client uses.
    pub response_types: Vec<&'static str>,
    /// How this client would like to authenticate; the answer says what it got.
    pub token_endpoint_auth_method: TokenEndpointAuthMethod,
    /// Space-separated scopes. Nextcloud cuts them at 512 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Nextcloud only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<TokenFormat>,
    /// Nextcloud only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_url: Option<String>,
}

/// What it takes to manage a registered client (RFC 7592 §3). Older versions of Nextcloud's `oidc` app give none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Registration {
    /// `registration_access_token`.
    #[serde(with = "exposed")]
    pub access_token: SecretString,
    /// `registration_client_uri`.
    pub client_uri: String,
}

impl PartialEq for Registration {
    fn eq(&self, other: &Self) -> bool {
        self.client_uri == other.client_uri && self.access_token.expose_secret() == other.access_token.expose_secret()
    }
}

/// Secrets on their way into the encrypted vault and out of it, and nowhere else: `Debug` stays redacted.
pub(crate) mod exposed {
    use secrecy::{ExposeSecret, SecretString};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose_secret())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
        String::deserialize(deserializer).map(SecretString::from)
    }

    /// The same for a secret that may be missing.
    pub(crate) mod option {
        use secrecy::{ExposeSecret, SecretString};
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        #[expect(clippy::ref_option, reason = "the signature is serde's")]
        pub(crate) fn serialize<S: Serializer>(
            secret: &Option<SecretString>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<SecretString>, D::Error> {
            Ok(Option::<String>::deserialize(deserializer)?.map(SecretString::from))
        }
    }
}
