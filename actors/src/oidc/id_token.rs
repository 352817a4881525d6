//! ID tokens: who logged in (OpenID Connect Core §2), and the checks of §3.1.3.7.

use std::fmt;

use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::claims::{NumericDate, OneOrMany};
use super::jwt::{Algorithm, Jwt};

/// Longest `sub` (OpenID Connect Core §2).
const SUBJECT_LIMIT: usize = 255;
/// Longest name of a person that is kept.
const NAME_LIMIT: usize = 255;

/// What an ID token must say, at one moment.
pub struct IdTokenExpectations<'a> {
    /// Our OAuth client, as which the login was asked for.
    pub client_id: &'a str,
    /// The nonce of the authorization request.
    pub nonce: &'a str,
    /// Unix seconds.
    pub now: u64,
    /// How far the provider's clock may be from ours, in seconds.
    pub leeway: u64,
}

/// Who logged in. Only made from a token whose signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdToken {
    /// The `sub` claim.
    pub subject: String,
    /// `preferred_username`, for people to read. It proves nothing.
    pub username: Option<String>,
}

/// Why a login is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// Not a signed JWT with what an ID token needs.
    #[error("the identity provider sent no usable ID token")]
    Malformed,
    /// Not RS256, ES256 or `EdDSA`.
    #[error("the ID token is signed with an algorithm that is not accepted here: use RS256, ES256 or EdDSA")]
    UnsupportedAlgorithm,
    /// Another issuer's.
    #[error("the ID token comes from another identity provider")]
    BadIssuer,
    /// Made for another client.
    #[error("the ID token was issued to another client")]
    BadAudience,
    /// Of another login.
    #[error("the ID token belongs to another login")]
    BadNonce,
    /// Too old, or from the future.
    #[error("the ID token has expired, or the clocks of this server and the identity provider differ")]
    Expired,
    /// Not signed by the provider.
    #[error("the signature of the ID token is not valid")]
    BadSignature,
    /// The provider's keys cannot be had at the moment.
    #[error("the keys of the identity provider cannot be fetched at the moment; try again")]
    NoKeys,
}

#[derive(Deserialize)]
struct IdTokenClaims {
    iss: String,
    sub: String,
    aud: OneOrMany,
    exp: NumericDate,
    iat: NumericDate,
    nbf: Option<NumericDate>,
    azp: Option<String>,
    nonce: Option<String>,
    preferred_username: Option<String>,
}

/// Checks everything but the signature, and says how that is to be checked. Nothing of it may be believed before.
pub fn check_claims(
    jwt: &Jwt<'_>,
    expected: &IdTokenExpectations<'_>,
    is_issuer: impl Fn(&str) -> bool,
) -> Result<(Algorithm, IdToken), IdTokenError> {
    let header = &jwt.header;
    let algorithm = Algorithm::from_name(&header.alg).ok_or(IdTokenError::UnsupportedAlgorithm)?;
    // An access token of the same provider is signed with the same key, and some of them carry the login's nonce.
    if header.has_critical_extensions() || !header.is_access_token_type() || header.is_explicit_access_token() {
        return Err(IdTokenError::Malformed);
    }
    let claims: IdTokenClaims = jwt.payload().ok_or(IdTokenError::Malformed)?;
    if !is_issuer(&claims.iss) {
        return Err(IdTokenError::BadIssuer);
    }
    let for_us = claims.aud.iter().any(|audience| audience == expected.client_id);
    let party_is_us = match claims.azp.as_deref() {
        Some(party) => party == expected.client_id,
        None => claims.aud.iter().count() == 1,
    };
    if !for_us || !party_is_us {
        return Err(IdTokenError::BadAudience);
    }
    let nonce = claims.nonce.as_deref().unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(IdTokenError::BadNonce);
    }
    let latest = expected.now.saturating_add(expected.leeway);
    let ended = claims.exp.0.saturating_add(expected.leeway) <= expected.now;
    let not_begun = claims.iat.0 > latest || claims.nbf.is_some_and(|begin| begin.0 > latest);
    if ended || not_begun {
        return Err(IdTokenError::Expired);
    }
    let usable = |text: &str, limit: usize| !text.is_empty() && text.len() <= limit && !text.contains(char::is_control);
    if !usable(&claims.sub, SUBJECT_LIMIT) {
        return Err(IdTokenError::Malformed);
    }
    let person = IdToken {
        subject: claims.sub,
        username: claims.preferred_username.filter(|name| usable(name, NAME_LIMIT)),
    };
    Ok((algorithm, person))
}

impl fmt::Debug for IdTokenExpectations<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IdTokenExpectations")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::{IdToken, IdTokenError, IdTokenExpectations, check_claims};
    use crate::oidc::{Algorithm, TokenShape};

    const NOW: u64 = 1_795_221_159;

    /// The claims of Nextcloud 32's ID tokens, with changes; null takes one away.
    fn check(header: &Value, changes: &Value) -> Result<(Algorithm, IdToken), IdTokenError> {
        let mut claims = json!({
            "iss": "https://cloud", "sub": "alice", "aud": "us", "exp": NOW + 3600, "auth_time": NOW, "iat": NOW,
            "acr": "0", "azp": "us", "nbf": NOW, "jti": "2", "nonce": "n-1",
        });
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let token = format!("{}.{}.c2ln", encode(header), encode(&claims));
        let TokenShape::Jwt(jwt) = TokenShape::of(&token) else {
            panic!("a JWT")
        };
        let expected = IdTokenExpectations {
            client_id: "us",
            nonce: "n-1",
            now: NOW,
            leeway: 10,
        };
        check_claims(&jwt, &expected, |issuer| issuer == "https://cloud")
    }

    fn header() -> Value {
        json!({"typ": "JWT", "alg": "RS256", "kid": "k"})
    }

    #[test]
    fn a_good_one_tells_who_logged_in() {
        let (algorithm, person) = check(&header(), &json!({})).unwrap();
        assert_eq!(algorithm, Algorithm::Rs256);
        assert_eq!((person.subject.as_str(), person.username), ("alice", None));
        for changes in [
            json!({"aud": ["us"], "azp": null}),
            json!({"aud": ["us", "them"]}),
            json!({"iat": NOW + 5, "nbf": null}),
            json!({"exp": NOW - 5}),
        ] {
            assert!(check(&header(), &changes).is_ok(), "{changes}");
        }
        let (_, person) = check(&header(), &json!({"preferred_username": "al"})).unwrap();
        assert_eq!(person.username.as_deref(), Some("al"));
    }

    #[test]
    fn everything_else_is_refused() {
        for (changes, error) in [
            (json!({"iss": "https://cloud.evil"}), IdTokenError::BadIssuer),
            (json!({"iss": null}), IdTokenError::Malformed),
            (json!({"aud": "them"}), IdTokenError::BadAudience),
            (json!({"aud": []}), IdTokenError::BadAudience),
            (json!({"azp": "them"}), IdTokenError::BadAudience),
            (json!({"aud": ["us", "them"], "azp": null}), IdTokenError::BadAudience),
            (json!({"nonce": "n-2"}), IdTokenError::BadNonce),
            (json!({"nonce": "n-"}), IdTokenError::BadNonce),
            (json!({"nonce": null}), IdTokenError::BadNonce),
            (json!({"exp": NOW - 10}), IdTokenError::Expired),
            (json!({"exp": null}), IdTokenError::Malformed),
            (json!({"iat": NOW + 11}), IdTokenError::Expired),
            (json!({"iat": null}), IdTokenError::Malformed),
            (json!({"nbf": NOW + 11}), IdTokenError::Expired),
            (json!({"sub": ""}), IdTokenError::Malformed),
            (json!({"sub": "a\nb"}), IdTokenError::Malformed),
            (json!({"sub": "a".repeat(256)}), IdTokenError::Malformed),
        ] {
            assert_eq!(check(&header(), &changes).unwrap_err(), error, "{changes}");
        }
    }

    #[test]
    fn an_access_token_is_no_id_token_and_only_signatures_of_a_key_pair_count() {
        let typed = |typ: &str, alg: &str| check(&json!({"typ": typ, "alg": alg}), &json!({})).unwrap_err();
        assert_eq!(typed("at+JWT", "RS256"), IdTokenError::Malformed);
        assert_eq!(typed("logout+jwt", "RS256"), IdTokenError::Malformed);
        for alg in ["HS256", "none", "RS1", ""] {
            assert_eq!(typed("JWT", alg), IdTokenError::UnsupportedAlgorithm, "{alg}");
        }
    }
}
