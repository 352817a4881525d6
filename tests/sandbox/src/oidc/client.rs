//! OAuth clients, and how they authenticate.

use http::HeaderMap;
use subtle::ConstantTimeEq as _;

use crate::TokenType;
use crate::auth::basic_credentials;
use crate::params::Params;

/// A client of the provider.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) name: String,
    pub(super) redirect_uris: Vec<String>,
    /// The scopes it may ask for; empty is any.
    pub(super) scope: String,
    pub(super) token_type: TokenType,
    pub(super) resource_url: Option<String>,
    pub(super) application_type: String,
    /// `RS256` or `HS256`, for id tokens.
    pub(super) signing_alg: &'static str,
    pub(super) implicit: bool,
    pub(super) issued_at: u64,
    /// When a dynamically registered client goes away; `None` for those an administrator made.
    pub(super) expires_at: Option<u64>,
    pub(super) registration: Option<RegistrationToken>,
}

/// The token of RFC 7592, and the one before it, which works for another minute.
#[derive(Debug, Clone)]
pub(super) struct RegistrationToken {
    pub(super) current: String,
    pub(super) previous: Option<(String, u64)>,
}

impl RegistrationToken {
    pub(super) fn is(&self, token: &str, now: u64) -> bool {
        same(&self.current, token)
            || self
                .previous
                .as_ref()
                .is_some_and(|(previous, until)| now <= *until && same(previous, token))
    }
}

impl Client {
    pub(super) fn has_secret(&self, secret: &str) -> bool {
        same(&self.secret, secret)
    }

    /// The part of a requested scope that the client may have, in the order asked for.
    pub(super) fn allowed(&self, requested: &str) -> String {
        let allowed: Vec<&str> = self.scope.split_whitespace().collect();
        let granted = requested
            .split_whitespace()
            .filter(|scope| allowed.is_empty() || allowed.contains(scope));
        granted.collect::<Vec<_>>().join(" ")
    }
}

/// The client's id and secret: `client_secret_basic` before `client_secret_post`.
pub(super) fn credentials(headers: &HeaderMap, params: &Params) -> (Option<String>, Option<String>) {
    match basic_credentials(headers) {
        Some((id, secret)) => (Some(id), Some(secret)),
        None => (
            params.filled("client_id").map(str::to_owned),
            params.filled("client_secret").map(str::to_owned),
        ),
    }
}

fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_previous_registration_token_works_until_its_minute_is_over() {
        let token = RegistrationToken {
            current: "new".to_owned(),
            previous: Some(("old".to_owned(), 160)),
        };
        assert!(token.is("new", 500));
        assert!(token.is("old", 160));
        assert!(!token.is("old", 161));
        assert!(!token.is("other", 100));
    }
}
