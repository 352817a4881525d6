//! A provider's public keys (RFC 7517), and signatures checked with them.

use jsonwebtoken::DecodingKey;
use jsonwebtoken::crypto::verify;
use serde::Deserialize;
use serde_json::Value;

use super::call::{CallError, endpoint, get_document, malformed, parse};
use super::jwt::{Algorithm, Jwt};

/// Longest key set that is read. Nextcloud's has 817 bytes.
const DOCUMENT_LIMIT: usize = 256 * 1024;
/// Most keys that a set may have.
const KEY_LIMIT: usize = 64;
/// Longest key identifier that is kept.
const KID_LIMIT: usize = 512;

/// The keys of a provider that can check an access token's signature.
pub struct KeySet {
    keys: Vec<Key>,
}

struct Key {
    kid: Option<String>,
    algorithm: Algorithm,
    decoding: DecodingKey,
}

/// Why a key set does not confirm a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProblem {
    /// No key has the identifier that the token names; or it names none and there is not exactly one that fits.
    UnknownKey,
    /// The key that the token names is for another algorithm.
    WrongAlgorithm,
    /// The signature is not by that key.
    BadSignature,
}

/// Fetches a key set. Fails on one that is too large or holds too many keys; keys of unknown kinds are skipped.
pub async fn fetch_keys(http: &reqwest::Client, jwks_uri: &str) -> Result<KeySet, CallError> {
    #[derive(Deserialize)]
    struct Document {
        keys: Vec<Value>,
    }
    let url = endpoint(jwks_uri)?;
    let body = get_document(http, &url, DOCUMENT_LIMIT).await?;
    let document: Document = parse(&url, &body, "a JSON Web Key Set")?;
    if document.keys.len() > KEY_LIMIT {
        return Err(malformed(&url, "a JSON Web Key Set of at most 64 keys"));
    }
    Ok(KeySet {
        keys: document.keys.into_iter().filter_map(usable_key).collect(),
    })
}

impl KeySet {
    /// How many keys can check signatures.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key can check a signature.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Checks a token's signature. The key must fit the header's algorithm, so that a public key is never taken for the
    /// secret of an HMAC or for a key of another kind (RFC 8725 §2.1).
    pub fn verify(&self, jwt: &Jwt<'_>, algorithm: Algorithm) -> Result<(), KeyProblem> {
        let kid = jwt.header.kid.as_deref();
        let named = || {
            self.keys
                .iter()
                .filter(|key| kid.is_none() || key.kid.as_deref() == kid)
        };
        let mut fitting = named().filter(|key| key.algorithm == algorithm);
        let Some(first) = fitting.next() else {
            let problem = if kid.is_some() && named().next().is_some() {
                KeyProblem::WrongAlgorithm
            } else {
                KeyProblem::UnknownKey
            };
            return Err(problem);
        };
        let second = fitting.next();
        if kid.is_none() && second.is_some() {
            return Err(KeyProblem::UnknownKey);
        }
        let signed_by = |key: &Key| {
            let name = match algorithm {
                Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
                Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
                Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            };
            verify(jwt.signature, jwt.signed.as_bytes(), &key.decoding, name).unwrap_or(false)
        };
        if signed_by(first) || second.is_some_and(signed_by) || fitting.any(signed_by) {
            Ok(())
        } else {
            Err(KeyProblem::BadSignature)
        }
    }
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kids = self.keys.iter().map(|key| (&key.kid, key.algorithm));
        formatter.debug_map().entries(kids).finish()
    }
}

/// A key that may check signatures with an accepted algorithm.
fn usable_key(jwk: Value) -> Option<Key> {
    #[derive(Deserialize)]
    struct Jwk {
        kty: String,
        #[serde(rename = "use")]
        purpose: Option<String>,
        key_ops: Option<Vec<String>>,
        alg: Option<String>,
        kid: Option<String>,
        crv: Option<String>,
        n: Option<String>,
        e: Option<String>,
        x: Option<String>,
        y: Option<String>,
    }
    let jwk: Jwk = serde_json::from_value(jwk).ok()?;
    if jwk.purpose.is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    if jwk
        .key_ops
        .is_some_and(|operations| !operations.iter().any(|operation| operation == "verify"))
    {
        return None;
    }
    if jwk.kid.as_ref().is_some_and(|kid| kid.len() > KID_LIMIT) {
        return None;
    }
    let (algorithm, decoding) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => (Algorithm::Rs256, DecodingKey::from_rsa_components(&jwk.n?, &jwk.e?)),
        ("EC", Some("P-256")) => (Algorithm::Es256, DecodingKey::from_ec_components(&jwk.x?, &jwk.y?)),
        ("OKP", Some("Ed25519")) => (Algorithm::EdDsa, DecodingKey::from_ed_components(&jwk.x?)),
        _ => return None,
    };
    if jwk.alg.is_some_and(|alg| Algorithm::from_name(&alg) != Some(algorithm)) {
        return None;
    }
    Some(Key {
        kid: jwk.kid,
        algorithm,
        decoding: decoding.ok()?,
    })
}
