//! An OAuth client's id and secret, as the provider's endpoints want them.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded::byte_serialize;

/// What a client identifies itself with (RFC 6749 §2.3.1).
#[derive(Clone)]
pub struct ClientCredentials {
    /// The client's identifier.
    pub client_id: Arc<str>,
    /// Its secret; a public client has none.
    pub client_secret: Option<SecretString>,
}

impl ClientCredentials {
    /// The value of an `Authorization` header (RFC 6749 §2.3.1: both parts form-encoded first), if there is a secret.
    pub(super) fn basic(&self) -> Option<SecretString> {
        let secret = self.client_secret.as_ref()?.expose_secret();
        let encode = |part: &str| byte_serialize(part.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(&self.client_id), encode(secret));
        Some(format!("Basic {}", STANDARD.encode(pair)).into())
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientCredentials")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::ClientCredentials;

    #[test]
    fn basic_credentials_are_form_encoded_and_never_shown() {
        let client = ClientCredentials {
            client_id: "a:b".into(),
            client_secret: Some("p%w d".into()),
        };
        let basic = client.basic().unwrap();
        // base64("a%3Ab:p%25w+d")
        assert_eq!(basic.expose_secret(), "Basic YSUzQWI6cCUyNXcrZA==");
        assert!(!format!("{client:?}").contains("p%w d"));
    }
}
