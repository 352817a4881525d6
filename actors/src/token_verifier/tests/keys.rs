//! Keys made for one test run, and tokens signed with them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub(super) struct SigningKey {
    pub(super) kid: &'static str,
    pair: KeyPair,
}

enum KeyPair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl SigningKey {
    pub(super) fn rsa(kid: &'static str) -> Self {
        let pair = KeyPair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
        Self { kid, pair }
    }

    pub(super) fn ec(kid: &'static str) -> Self {
        let pair = KeyPair::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());
        Self { kid, pair }
    }

    pub(super) fn ed(kid: &'static str) -> Self {
        let pair = KeyPair::Ed(Ed25519KeyPair::generate().unwrap());
        Self { kid, pair }
    }

    pub(super) fn alg(&self) -> &'static str {
        match self.pair {
            KeyPair::Rsa(_) => "RS256",
            KeyPair::Ec(_) => "ES256",
            KeyPair::Ed(_) => "EdDSA",
        }
    }

    /// The public half as providers publish it.
    pub(super) fn jwk(&self) -> Value {
        let mut jwk = match &self.pair {
            KeyPair::Rsa(pair) => {
                let public = pair.public_key();
                let n = public.modulus().big_endian_without_leading_zero();
                let e = public.exponent().big_endian_without_leading_zero();
                json!({"kty": "RSA", "n": base64url(n), "e": base64url(e)})
            }
            KeyPair::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": base64url(&point[1..33]), "y": base64url(&point[33..])})
            }
            KeyPair::Ed(pair) => json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key().as_ref())}),
        };
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk["alg"] = json!(self.alg());
        jwk
    }

    fn signature(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            KeyPair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            KeyPair::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            KeyPair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// An access token with Nextcloud's header.
    pub(super) fn token(&self, claims: &Value) -> String {
        self.token_with(&json!({"typ": "at+JWT", "alg": self.alg(), "kid": self.kid}), claims)
    }

    /// A token with any header, honestly signed.
    pub(super) fn token_with(&self, header: &Value, claims: &Value) -> String {
        self.sign(&unsigned(header, claims))
    }

    /// Header and claims as they are, honestly signed.
    pub(super) fn sign(&self, signed: &str) -> String {
        let signature = self.signature(signed.as_bytes());
        format!("{signed}.{}", base64url(&signature))
    }
}

/// The part of a token that a signature covers.
pub(super) fn unsigned(header: &Value, claims: &Value) -> String {
    format!(
        "{}.{}",
        base64url(header.to_string().as_bytes()),
        base64url(claims.to_string().as_bytes())
    )
}

pub(super) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
