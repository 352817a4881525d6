//! How a request proves who it is made for.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::NextcloudError;

/// What Nextcloud is shown. The back doors of `docs/architecture.md` all end in one of these.
#[derive(Clone)]
pub enum Credential {
    /// A login name with a password or an app password (RFC 7617).
    Basic {
        /// The login name; it can differ from the user id, and from the principal in DAV paths.
        username: String,
        /// The password or app password.
        password: SecretString,
    },
    /// An access token of Nextcloud's identity provider (RFC 6750).
    Bearer(SecretString),
}

impl Credential {
    /// The `Authorization` header, marked sensitive so that no HTTP layer prints it. `None` when the credential
    /// holds bytes that no header can carry.
    pub fn authorization(&self) -> Option<HeaderValue> {
        let value = match self {
            Self::Basic { username, password } => {
                let pair = format!("{username}:{}", password.expose_secret());
                format!("Basic {}", STANDARD.encode(pair))
            }
            Self::Bearer(token) => format!("Bearer {}", token.expose_secret()),
        };
        let mut header = HeaderValue::try_from(value).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

/// A credential that is renewed while clients show it. Each request asks for it when it is about to be sent, so that a
/// long operation goes on with the new one, and one that may have expired is never shown: Nextcloud's oidc app deletes
/// the whole grant when it meets an expired access token.
pub trait RenewedCredential: Send + Sync + 'static {
    /// The `Authorization` header to show now, renewed first where that is due.
    fn authorization(&self) -> BoxFuture<'_, Result<HeaderValue, NoCredential>>;

    /// Nextcloud answered 401 to `refused`. The header to show in its place, if there is another by now: it may have
    /// been renewed while the request was under way. An error says that there will be none any more.
    fn instead_of<'a>(&'a self, refused: &'a HeaderValue) -> BoxFuture<'a, Result<Option<HeaderValue>, NoCredential>>;
}

/// There is nothing to show Nextcloud.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NoCredential {
    /// Why.
    pub reason: String,
    /// Whether that stays so until the user does something about it.
    pub has_ended: bool,
}

/// What a client shows.
pub(super) enum Authorization {
    /// The same with every request. `None` when the credential fits in no header.
    Fixed(Option<HeaderValue>),
    /// What there is at the moment.
    Renewed(Arc<dyn RenewedCredential>),
}

impl Authorization {
    /// The header to send now.
    pub(super) async fn header(&self) -> Result<HeaderValue, NextcloudError> {
        match self {
            Self::Fixed(header) => header
                .clone()
                .ok_or(NextcloudError::Invalid("the credential contains control characters")),
            Self::Renewed(credential) => Ok(credential.authorization().await?),
        }
    }

    /// The header to send again with after `refused` was.
    pub(super) async fn instead_of(&self, refused: &HeaderValue) -> Result<Option<HeaderValue>, NextcloudError> {
        match self {
            Self::Fixed(_) => Ok(None),
            Self::Renewed(credential) => Ok(credential.instead_of(refused).await?),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { username, .. } => write!(formatter, "Basic({username}, [redacted])"),
            Self::Bearer(_) => formatter.write_str("Bearer([redacted])"),
        }
    }
}
