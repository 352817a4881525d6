//! How a request proves who it is made for.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

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

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { username, .. } => write!(formatter, "Basic({username}, [redacted])"),
            Self::Bearer(_) => formatter.write_str("Bearer([redacted])"),
        }
    }
}
