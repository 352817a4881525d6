//! ID tokens, checked with the same keys as access tokens.

use secrecy::{ExposeSecret, SecretString};

use super::jwt::{SignatureProblem, check_signature};
use super::{TOKEN_LIMIT, TokenVerifier};
use crate::oidc::{IdToken, IdTokenError, IdTokenExpectations, TokenShape, check_id_token};

impl TokenVerifier {
    /// Who logged in, by the ID token of a login that was asked for as `client_id` with `nonce` (OpenID Connect Core
    /// §3.1.3.7).
    pub async fn verify_id_token(
        &self,
        id_token: &SecretString,
        client_id: &str,
        nonce: &str,
    ) -> Result<IdToken, IdTokenError> {
        let id_token = id_token.expose_secret();
        if id_token.len() > TOKEN_LIMIT {
            return Err(IdTokenError::Malformed);
        }
        let TokenShape::Jwt(jwt) = TokenShape::of(id_token) else {
            return Err(IdTokenError::Malformed);
        };
        let provider = self.shared.provider.load_full().ok_or(IdTokenError::NoKeys)?;
        let expected = IdTokenExpectations {
            client_id,
            nonce,
            now: self.shared.now(),
            leeway: self.shared.options.leeway.as_secs(),
        };
        let (algorithm, person) = check_id_token(&jwt, &expected, |issuer| provider.is_issuer(issuer))?;
        let check = || check_signature(&jwt, algorithm, self.shared.keys.load_full().as_deref());
        let mut outcome = check();
        if outcome == Err(SignatureProblem::KeyMissing) {
            let keys_are_fresh = self.refresh_keys().await.map_err(|_| IdTokenError::NoKeys)?;
            outcome = check();
            if outcome == Err(SignatureProblem::KeyMissing) && !keys_are_fresh {
                return Err(IdTokenError::NoKeys);
            }
        }
        outcome.map_err(|_| IdTokenError::BadSignature)?;
        Ok(person)
    }

    /// Whether `issuer` is a name of the provider: for `iss` in authorization responses (RFC 9207 §2.4).
    pub fn is_issuer(&self, issuer: &str) -> bool {
        let provider = self.shared.provider.load();
        provider.as_ref().is_some_and(|provider| provider.is_issuer(issuer))
    }
}
