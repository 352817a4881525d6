//! The claims of an access token (RFC 7519 §4.1, RFC 9068 §2.2), in every shape that providers send them in.

use std::time::Duration;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny};

/// The claims this server looks at. Parsing trusts nothing: they mean something once the signature is checked.
#[derive(Debug, Default, Deserialize)]
pub struct Claims {
    /// Who issued the token.
    pub iss: Option<String>,
    /// Whom it speaks for.
    pub sub: Option<String>,
    /// Whom it is meant for.
    #[serde(default)]
    pub aud: OneOrMany,
    /// When it ends.
    pub exp: Option<NumericDate>,
    /// When it begins.
    pub nbf: Option<NumericDate>,
    /// The client it was given to (RFC 8693 §4.3).
    pub client_id: Option<String>,
    /// The client it was given to, as OpenID Connect names it.
    pub azp: Option<String>,
    /// Granted scopes (RFC 8693 §4.2), separated by spaces.
    pub scope: Option<OneOrMany>,
    /// Granted scopes as Okta and Entra name them.
    pub scp: Option<OneOrMany>,
    /// Keycloak's kind of token: `Bearer`, `ID`, `Refresh` …
    pub typ: Option<String>,
    /// Cognito's kind of token: `access` or `id`.
    pub token_use: Option<String>,
    nonce: Option<IgnoredAny>,
    at_hash: Option<IgnoredAny>,
    c_hash: Option<IgnoredAny>,
}

impl Claims {
    /// The client that the token was given to.
    pub fn client(&self) -> Option<&str> {
        self.client_id.as_deref().or(self.azp.as_deref())
    }

    /// The granted scopes, one by one.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let claims = self.scope.iter().chain(&self.scp);
        claims.flat_map(OneOrMany::iter).flat_map(str::split_ascii_whitespace)
    }

    /// Whether this is the answer to a login rather than the right to call an API (OpenID Connect Core §2), as far as
    /// claims can tell. Nextcloud's ID tokens have neither `scope` nor `client_id`; its access tokens have both.
    pub fn look_like_id_token(&self) -> bool {
        match (self.typ.as_deref(), self.token_use.as_deref()) {
            (Some("Bearer"), _) | (_, Some("access")) => return false,
            (Some("ID" | "Refresh" | "Offline" | "Logout"), _) | (_, Some("id" | "refresh")) => return true,
            _ => {}
        }
        let bound_to_a_login = self.nonce.is_some() || self.at_hash.is_some() || self.c_hash.is_some();
        bound_to_a_login || (self.scope.is_none() && self.scp.is_none() && self.client_id.is_none())
    }
}

/// A claim that is a string or a list of strings (RFC 7519 §4.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// A single string.
    One(String),
    /// A list.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The strings, one or many.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let strings = match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        };
        strings.iter().map(String::as_str)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Many(many) if many.is_empty())
    }
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// Seconds since the Unix epoch; fractions are allowed in a token (RFC 7519 §2) and dropped here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NumericDate(pub u64);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        if let Some(seconds) = number.as_u64() {
            return Ok(Self(seconds));
        }
        let seconds = number.as_f64().unwrap_or(-1.0);
        Duration::try_from_secs_f64(seconds)
            .map(|since_epoch| Self(since_epoch.as_secs()))
            .map_err(|_| D::Error::custom("not a NumericDate"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Claims, NumericDate};

    fn claims(value: serde_json::Value) -> Claims {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn scopes_come_as_string_or_list_under_either_name() {
        for value in [
            json!({"scope": "a b"}),
            json!({"scope": ["a", "b"]}),
            json!({"scp": "a b"}),
            json!({"scp": ["a", "b"]}),
            json!({"scope": "a", "scp": ["b"]}),
        ] {
            let claims = claims(value);
            assert_eq!(claims.scopes().collect::<Vec<_>>(), ["a", "b"]);
        }
    }

    #[test]
    fn dates_may_have_fractions_but_no_sign() {
        assert_eq!(claims(json!({"exp": 12.9})).exp, Some(NumericDate(12)));
        for bad in [json!(-1), json!("12"), json!(1e300), json!([12])] {
            assert!(serde_json::from_value::<Claims>(json!({ "exp": bad })).is_err());
        }
    }

    #[test]
    fn id_tokens_are_told_from_access_tokens() {
        let nextcloud_id = json!({"iss": "i", "sub": "alice", "aud": "c", "azp": "c", "acr": "0", "jti": "1"});
        assert!(claims(nextcloud_id).look_like_id_token());
        assert!(claims(json!({"scope": "openid", "client_id": "c", "nonce": "n"})).look_like_id_token());
        assert!(claims(json!({"scope": "openid", "at_hash": "h"})).look_like_id_token());
        assert!(claims(json!({"scope": "openid", "token_use": "id"})).look_like_id_token());
        assert!(!claims(json!({"scope": "openid", "client_id": "c"})).look_like_id_token());
        // Keycloak before 24 puts the login's nonce into access tokens, and says what they are.
        assert!(!claims(json!({"scope": "openid", "nonce": "n", "typ": "Bearer"})).look_like_id_token());
    }
}
