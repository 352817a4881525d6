//! A successful answer of the token endpoint (RFC 6749 §5.1).

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use url::Url;

use super::error::TokenError;
use crate::oidc::call::{malformed, parse};

/// Longest token that is taken. Nextcloud's JWTs have about 1.5 KiB.
const TOKEN_LIMIT: usize = 16 * 1024;

/// Longest list of scopes that is kept; it is for people to read.
const SCOPE_LIMIT: usize = 4 * 1024;

/// Tokens as the provider issued them.
#[derive(Clone, Deserialize)]
pub struct Tokens {
    /// For calls to the resource; a bearer token.
    pub access_token: SecretString,
    /// For the next request. A provider that does not rotate leaves it out of the answer to a refresh.
    #[serde(default, deserialize_with = "not_empty")]
    pub refresh_token: Option<SecretString>,
    /// Who logged in; not yet verified.
    #[serde(default, deserialize_with = "not_empty")]
    pub id_token: Option<SecretString>,
    /// Seconds that the access token is good for, counted from when it was asked for.
    #[serde(default, deserialize_with = "lifetime")]
    pub expires_in: Option<u64>,
    /// The granted scopes. Absent if they are those asked for; Nextcloud always leaves them out.
    #[serde(default)]
    pub scope: Option<String>,
    #[serde(default)]
    token_type: Option<String>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Tokens")
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .field("refresh_token", &self.refresh_token.is_some())
            .finish_non_exhaustive()
    }
}

pub(super) fn read(url: &Url, body: &[u8]) -> Result<Tokens, TokenError> {
    let mut tokens: Tokens = parse(url, body, "tokens")?;
    tokens.scope = tokens.scope.filter(|scope| scope.len() <= SCOPE_LIMIT);
    let all = [
        Some(&tokens.access_token),
        tokens.refresh_token.as_ref(),
        tokens.id_token.as_ref(),
    ];
    let fits = |token: &SecretString| token.expose_secret().len() <= TOKEN_LIMIT;
    if tokens.access_token.expose_secret().is_empty() || !all.into_iter().flatten().all(fits) {
        return Err(malformed(url, "tokens of a usable size").into());
    }
    match tokens.token_type.as_deref() {
        None => Ok(tokens),
        Some(kind) if kind.eq_ignore_ascii_case("bearer") => Ok(tokens),
        Some(_) => Err(malformed(url, "bearer tokens").into()),
    }
}

fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    let token = Option::<SecretString>::deserialize(deserializer)?;
    Ok(token.filter(|token| !token.expose_secret().is_empty()))
}

/// A number; some providers write it as a string. Anything else counts as absent.
fn lifetime<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(match &value {
        serde_json::Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    })
}
