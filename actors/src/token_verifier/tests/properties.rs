//! Whatever is sent as a token: no panic, and no way in.

use proptest::prelude::*;
use serde_json::json;

use super::keys::{SigningKey, base64url};
use super::{Bench, NOW};
use crate::oidc::{Jwt, TokenShape};
use crate::token_verifier::is_bearer_token;

fn header() -> impl Strategy<Value = String> {
    let alg = prop_oneof![Just("EdDSA"), Just("RS256"), Just("ES256"), Just("none"), Just("HS256")];
    (alg, "[ -~]{0,12}").prop_map(|(alg, kid)| json!({"alg": alg, "kid": kid, "typ": "at+jwt"}).to_string())
}

/// Tokens from plain noise to ones where only the signature is wrong.
fn token() -> impl Strategy<Value = String> {
    let claims = json!({"iss": "http://issuer", "sub": "alice", "exp": NOW + 60, "scope": "notes:read"}).to_string();
    let payload = prop_oneof![Just(claims), "\\PC{0,40}"];
    let forged =
        (header(), payload, prop::collection::vec(any::<u8>(), 0..80)).prop_map(|(header, payload, signature)| {
            format!(
                "{}.{}.{}",
                base64url(header.as_bytes()),
                base64url(payload.as_bytes()),
                base64url(&signature)
            )
        });
    prop_oneof![
        "\\PC{0,60}",
        "[A-Za-z0-9._~+/=-]{0,200}",
        "[a-z]{0,4}(\\.[a-z]{0,4}){0,8}",
        forged
    ]
}

proptest! {
    #[test]
    fn taking_a_token_apart_never_panics(token in token()) {
        let _ = is_bearer_token(&token);
        if let TokenShape::Jwt(jwt) = TokenShape::of(&token) {
            let Jwt { header, claims, .. } = *jwt;
            let _ = (header.is_access_token_type(), claims.look_like_id_token(), claims.scopes().count());
        }
    }
}

#[test]
fn no_made_up_token_is_verified() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let key = SigningKey::ed("k");
    let bench = runtime.block_on(Bench::with_keys(&[&key]));
    let (issuer, signature) = (bench.stub.issuer(), base64url(&[7; 64]));
    // Good in everything but the signature, so that the property can fail.
    let claims = json!({"iss": issuer, "sub": "a", "aud": super::RESOURCE, "exp": NOW + 60, "scope": "x"}).to_string();
    let good_but = (header(), Just(base64url(claims.as_bytes())))
        .prop_map(move |(header, claims)| format!("{}.{claims}.{signature}", base64url(header.as_bytes())));
    proptest!(|(token in prop_oneof![token(), good_but])| {
        prop_assert!(runtime.block_on(bench.verify(&token)).is_err());
    });
}
