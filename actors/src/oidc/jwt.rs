//! The compact form of a signed JWT (RFC 7515 §7.1, RFC 7519 §3), taken apart but not yet believed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::claims::Claims;

/// The signature algorithms that are accepted. Everything else, `none` and the HMACs first of all, is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what Nextcloud signs with.
    Rs256,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// The algorithm that `alg` names (RFC 7518 §3.1, RFC 8037 §3.1), if it is an accepted one.
    pub fn from_name(alg: &str) -> Option<Self> {
        match alg {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// A JOSE header. Key material and addresses in it (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.
#[derive(Debug, Deserialize)]
pub struct Header {
    /// The name of the algorithm.
    pub alg: String,
    /// Which key signed. Only ever compared, never used as a path or in a query.
    pub kid: Option<String>,
    /// What kind of token it is.
    pub typ: Option<String>,
    crit: Option<IgnoredAny>,
}

impl Header {
    /// Whether the type is one that an access token has: `at+jwt` (RFC 9068 §2.1), the older `JWT`, or none.
    pub fn is_access_token_type(&self) -> bool {
        self.typ.is_none() || self.has_type("jwt") || self.is_explicit_access_token()
    }

    /// Whether the type says that this is an access token and nothing else (RFC 9068 §2.1).
    pub fn is_explicit_access_token(&self) -> bool {
        self.has_type("at+jwt")
    }

    /// Types are media types, so case does not matter and `application/` may be left out (RFC 7515 §4.1.9).
    fn has_type(&self, expected: &str) -> bool {
        let typ = self.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        typ.strip_prefix("application/").unwrap_or(&typ) == expected
    }

    /// Whether the header demands an extension (RFC 7515 §4.1.11); none is understood here.
    pub fn has_critical_extensions(&self) -> bool {
        self.crit.is_some()
    }
}

/// A signed JWT taken apart.
#[derive(Debug)]
pub struct Jwt<'a> {
    /// Its header.
    pub header: Header,
    /// Its claims.
    pub claims: Claims,
    /// What the signature covers.
    pub(super) signed: &'a str,
    /// The signature, still encoded.
    pub(super) signature: &'a str,
}

impl Jwt<'_> {
    /// The claims in another shape than [`Claims`].
    pub(super) fn payload<T: for<'de> Deserialize<'de>>(&self) -> Option<T> {
        let (_, payload) = self.signed.split_once('.')?;
        decode(payload)
    }
}

/// What a bearer token looks like from outside.
#[derive(Debug)]
pub enum TokenShape<'a> {
    /// A signed JWT.
    Jwt(Box<Jwt<'a>>),
    /// Only the provider knows what it means. Encrypted tokens (five parts) are among these.
    Opaque,
    /// It begins as a JWT and does not go on as one.
    BrokenJwt,
}

impl<'a> TokenShape<'a> {
    /// Looks at a token.
    pub fn of(token: &'a str) -> Self {
        let Some((first, rest)) = token.split_once('.') else {
            return Self::Opaque;
        };
        let Some(header) = decode::<Header>(first) else {
            return Self::Opaque;
        };
        let parts: Vec<&str> = rest.splitn(5, '.').collect();
        let (payload, signature) = match parts[..] {
            [payload, signature] => (payload, signature),
            // A JWE (RFC 7516 §7.1) has five parts in all.
            [_, _, _, _] => return Self::Opaque,
            _ => return Self::BrokenJwt,
        };
        let Some(claims) = decode::<Claims>(payload) else {
            return Self::BrokenJwt;
        };
        Self::Jwt(Box::new(Jwt {
            header,
            claims,
            signed: &token[..first.len() + 1 + payload.len()],
            signature,
        }))
    }
}

fn decode<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    let json = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&json).ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::TokenShape;

    fn token(parts: &[&str]) -> String {
        let encoded: Vec<String> = parts.iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect();
        encoded.join(".")
    }

    #[test]
    fn opaque_tokens_and_jwts_are_told_apart() {
        let header = r#"{"alg":"RS256","typ":"at+JWT","kid":"k"}"#;
        let jwt = token(&[header, r#"{"sub":"alice"}"#, "signature"]);
        let TokenShape::Jwt(parsed) = TokenShape::of(&jwt) else {
            panic!("a JWT")
        };
        assert_eq!(parsed.claims.sub.as_deref(), Some("alice"));
        assert!(parsed.header.is_explicit_access_token());
        assert!(jwt.starts_with(parsed.signed));

        let encrypted = token(&[header, "", "a", "b", "c"]);
        for opaque in ["", "XcW5yrwz3Ax2BFlHfuX2iuMThZlDigH8", "a.b.c", encrypted.as_str()] {
            assert!(matches!(TokenShape::of(opaque), TokenShape::Opaque), "{opaque}");
        }
        let truncated = token(&[header, r#"{"sub":"al"#, "x"]);
        let two_parts = token(&[header, "{}"]);
        let twice = format!("{jwt}.{}", token(&["a", "b", "c"]));
        for broken in [truncated, two_parts, twice] {
            assert!(matches!(TokenShape::of(&broken), TokenShape::BrokenJwt), "{broken}");
        }
    }

    #[test]
    fn the_type_of_an_access_token_is_recognised_in_any_case() {
        let header = |typ: &str| {
            serde_json::from_value::<super::Header>(serde_json::json!({"alg": "RS256", "typ": typ})).unwrap()
        };
        for typ in ["at+JWT", "AT+jwt", "application/at+jwt"] {
            assert!(header(typ).is_explicit_access_token(), "{typ}");
        }
        assert!(header("JWT").is_access_token_type());
        assert!(!header("JWT").is_explicit_access_token());
        for typ in ["dpop+jwt", "logout+jwt", "id_token", ""] {
            assert!(!header(typ).is_access_token_type(), "{typ}");
        }
    }
}
