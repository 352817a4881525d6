//! Why there is no (other) client.

use std::sync::Arc;
use std::time::Duration;

use super::store::StoreError;
use crate::admission::Busy;
use crate::oidc::registration::RegistrationError;
use crate::slot::Unavailable;

/// Why there is no (other) client. Cheap to clone: many requests may wait for one registration.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RegistrarError {
    /// The provider refused the configured client, and that one is not ours to replace.
    #[error(
        "the identity provider refused the configured OAuth client. Check NEXTCLOUD_OIDC_CLIENT_ID and \
         NEXTCLOUD_OIDC_CLIENT_SECRET (Nextcloud: `occ oidc:list` shows the clients it knows), or unset both to have \
         this server register a client of its own"
    )]
    StaticClientRefused,
    /// A command would change the configured client.
    #[error(
        "the OAuth client is configured by NEXTCLOUD_OIDC_CLIENT_ID and stays as it is; unset it to have this server \
         register a client of its own"
    )]
    StaticClientKept,
    /// Discovery has not succeeded yet.
    #[error("the identity provider has not been reached yet, so there is no OAuth client")]
    ProviderUnknown,
    /// The provider registers nobody.
    #[error(
        "the identity provider {issuer} offers no client registration. Create a client there by hand and set \
         NEXTCLOUD_OIDC_CLIENT_ID and NEXTCLOUD_OIDC_CLIENT_SECRET (Nextcloud: `occ oidc:create`), or switch \
         registration on (Nextcloud: `occ config:app:set oidc dynamic_client_registration --value=true`)"
    )]
    NotOffered {
        /// The provider.
        issuer: String,
    },
    /// There is no registered client, and none is to be registered unasked.
    #[error("there is no registered OAuth client")]
    NoClient,
    /// The client came without a registration access token, so the provider cannot be asked about it.
    #[error(
        "the identity provider gave no registration access token with the OAuth client, so it cannot be asked about it"
    )]
    NotManageable,
    /// The provider did not register, update or delete.
    #[error("{0}")]
    Registration(Arc<RegistrationError>),
    /// Nothing is registered that could not be stored.
    #[error("{0}")]
    Store(Arc<StoreError>),
    /// The last replacement is too recent, or the last attempt failed and the next one has its time.
    #[error("the next attempt to register an OAuth client is in {} s{}", .retry_after.as_secs(), because(.last.as_deref()))]
    CoolingDown {
        /// When the next attempt may be made.
        retry_after: Duration,
        /// Why the last attempt failed, if it did.
        last: Option<Box<RegistrarError>>,
    },
    /// The task was lost; it is started again.
    #[error("the client registration broke off")]
    BrokeOff,
    /// Too many requests are waiting already.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The actor is being restarted.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

fn because(last: Option<&RegistrarError>) -> String {
    last.map_or_else(String::new, |error| format!("; the last one failed: {error}"))
}

impl RegistrarError {
    /// Whether the same may succeed a little later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Registration(error) => error.is_transient(),
            Self::ProviderUnknown
            | Self::Store(_)
            | Self::CoolingDown { .. }
            | Self::BrokeOff
            | Self::Busy(_)
            | Self::Unavailable(_) => true,
            Self::StaticClientRefused
            | Self::StaticClientKept
            | Self::NotOffered { .. }
            | Self::NoClient
            | Self::NotManageable => false,
        }
    }

    /// When to ask again, if somebody said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Registration(error) => error.retry_after(),
            Self::CoolingDown { retry_after, .. } => Some(*retry_after),
            Self::Busy(busy) => Some(busy.retry_after),
            _ => None,
        }
    }
}

impl From<RegistrationError> for RegistrarError {
    fn from(error: RegistrationError) -> Self {
        Self::Registration(Arc::new(error))
    }
}

impl From<StoreError> for RegistrarError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}
