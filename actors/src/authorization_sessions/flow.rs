//! What a person was about to do.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::credential_vault::Table;
use crate::digest;
use crate::expiring_store::Expiring;
use crate::oidc::registration::exposed;
use crate::principal::Subject;
use crate::randomness::{Randomness, SECRET_BYTES};

/// A flow under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "flow", rename_all = "snake_case")]
pub enum Flow {
    /// A person was given the link to begin delegated access with.
    ProvisioningLink {
        /// Who asked for it.
        #[serde(with = "person")]
        subject: Subject,
    },
    /// A person is at the provider, to let this server reach their Nextcloud.
    DelegatedAccess {
        /// Who asked for it: nobody else's grant is taken.
        #[serde(with = "person")]
        subject: Subject,
        /// What was sent to the provider.
        login: Login,
    },
}

impl Flow {
    /// Who began it.
    pub(super) fn owner(&self) -> &Subject {
        match self {
            Self::ProvisioningLink { subject } | Self::DelegatedAccess { subject, .. } => subject,
        }
    }
}

/// An authorization request that was sent to the provider, and what its answer is checked with.
#[derive(Clone, Serialize, Deserialize)]
pub struct Login {
    /// The client that it was sent as.
    pub client_id: String,
    /// `nonce` (OpenID Connect Core §3.1.2.1): the ID token has to repeat it.
    pub nonce: String,
    /// The PKCE verifier (RFC 7636 §4.1).
    #[serde(with = "exposed")]
    pub verifier: SecretString,
    /// The hash of a cookie: the answer has to come through the browser that the request went through.
    browser: String,
}

impl Login {
    /// A new request as `client_id`, through the browser that holds `cookie`.
    pub fn new(client_id: &str, cookie: &SecretString, randomness: &dyn Randomness) -> Self {
        Self {
            client_id: client_id.to_owned(),
            nonce: randomness.token(SECRET_BYTES),
            verifier: randomness.token(SECRET_BYTES).into(),
            browser: digest::base64url([cookie.expose_secret()]),
        }
    }

    /// The PKCE challenge, method S256 (RFC 7636 §4.2).
    pub fn challenge(&self) -> String {
        digest::base64url([self.verifier.expose_secret()])
    }

    /// Whether the request went through the browser that shows `cookie`.
    pub fn went_through(&self, cookie: &str) -> bool {
        digest::base64url([cookie])
            .as_bytes()
            .ct_eq(self.browser.as_bytes())
            .into()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Login")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// A flow as it is stored.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    pub(super) flow: Flow,
    /// Unix seconds.
    pub(super) expires_at: u64,
}

impl Expiring for Stored {
    const TABLE: Table = Table::AuthorizationSessions;

    fn owner(&self) -> Subject {
        self.flow.owner().clone()
    }

    fn expires_at(&self) -> u64 {
        self.expires_at
    }
}

mod person {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Arc, Subject};

    pub(super) fn serialize<S: Serializer>(person: &Subject, serializer: S) -> Result<S::Ok, S::Error> {
        (&*person.issuer, &*person.subject).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Subject, D::Error> {
        let (issuer, subject) = <(String, String)>::deserialize(deserializer)?;
        Ok(Subject::new(Arc::from(issuer), Arc::from(subject)))
    }
}
