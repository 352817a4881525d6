//! The signing key, and the document that publishes its public half.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde_json::{Value, json};

use super::cors;
use crate::{AppState, random, reply};

/// Test keys: they protect nothing, and making one takes longer than most tests.
const PEMS: [&[u8]; 2] = [
    include_bytes!("../../keys/signing-1.pem"),
    include_bytes!("../../keys/signing-2.pem"),
];

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/apps/oidc/jwks", get(jwks).options(cors::preflight))
}

async fn jwks(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let key = state.oidc().key.public();
    cors::allow(&headers, "GET", reply::json(StatusCode::OK, &json!({ "keys": [key] })))
}

/// An RSA key with its key id.
#[derive(Clone)]
pub(super) struct SigningKey {
    pub(super) kid: String,
    pub(super) private: EncodingKey,
    modulus: String,
    exponent: String,
    pem: usize,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl Default for SigningKey {
    fn default() -> Self {
        Self::from_pem(0)
    }
}

impl SigningKey {
    /// Another key under another id.
    pub(super) fn next(&self) -> Self {
        Self::from_pem((self.pem + 1) % PEMS.len())
    }

    #[expect(
        clippy::expect_used,
        reason = "the keys are part of the crate, and a test reads them all"
    )]
    fn from_pem(pem: usize) -> Self {
        let private = EncodingKey::from_rsa_pem(PEMS[pem]).expect("a PEM file with an RSA key");
        let jwk = Jwk::from_encoding_key(&private, Algorithm::RS256).expect("an RSA key");
        let (modulus, exponent) = match jwk.algorithm {
            AlgorithmParameters::RSA(rsa) => (rsa.n, rsa.e),
            _ => (String::new(), String::new()),
        };
        Self {
            kid: uuid(),
            private,
            modulus,
            exponent,
            pem,
        }
    }

    /// The key for checking signatures.
    pub(super) fn verifier(&self) -> Option<DecodingKey> {
        DecodingKey::from_rsa_components(&self.modulus, &self.exponent).ok()
    }

    fn public(&self) -> Value {
        json!({
            "kty": "RSA",
            "use": "sig",
            "key_ops": ["verify"],
            "alg": "RS256",
            "kid": self.kid,
            "n": self.modulus,
            "e": self.exponent,
        })
    }
}

/// A version 4 UUID, the form of the app's key ids.
fn uuid() -> String {
    let drawn = u128::from_be_bytes(random::bytes());
    let marked = (drawn & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{marked:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_crate_can_be_read_and_they_differ() {
        let first = SigningKey::default();
        let second = first.next();
        assert_ne!(first.modulus, second.modulus);
        assert_ne!(first.kid, second.next().kid);
        assert!(first.verifier().is_some() && second.verifier().is_some());
    }

    #[test]
    fn key_ids_are_version_4_uuids() {
        let id = uuid();
        assert_eq!((id.len(), &id[14..15]), (36, "4"));
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"));
    }
}
