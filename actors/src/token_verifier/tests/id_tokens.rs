//! ID tokens are checked with the provider's keys, whatever they say of themselves.

use secrecy::SecretString;
use serde_json::{Value, json};

use super::keys::SigningKey;
use super::stub::Stub;
use super::{Bench, CLIENT_ID, NOW};
use crate::oidc::IdTokenError;

async fn verify(bench: &Bench, token: String) -> Result<String, IdTokenError> {
    let token = SecretString::from(token);
    let verified = bench.verifier.verify_id_token(&token, CLIENT_ID, "n-1").await;
    verified.map(|person| person.subject)
}

/// The claims of Nextcloud's ID tokens.
fn claims(bench: &Bench) -> Value {
    json!({
        "iss": bench.stub.issuer(), "sub": "alice", "aud": CLIENT_ID, "azp": CLIENT_ID, "exp": NOW + 3600, "iat": NOW,
        "auth_time": NOW, "nbf": NOW, "acr": "0", "jti": "2", "nonce": "n-1",
    })
}

#[tokio::test]
async fn a_login_is_believed_by_its_signature() {
    let (ours, theirs) = (SigningKey::rsa("k"), SigningKey::rsa("k"));
    let bench = Bench::with_keys(&[&ours]).await;
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": "k"});
    let token = ours.token_with(&header, &claims(&bench));
    assert_eq!(verify(&bench, token.clone()).await.unwrap(), "alice");

    let forged = theirs.token_with(&header, &claims(&bench));
    assert_eq!(verify(&bench, forged).await.unwrap_err(), IdTokenError::BadSignature);
    let unknown_key = json!({"typ": "JWT", "alg": "RS256", "kid": "../../k"});
    let token_of_unknown = theirs.token_with(&unknown_key, &claims(&bench));
    assert_eq!(
        verify(&bench, token_of_unknown).await.unwrap_err(),
        IdTokenError::BadSignature
    );
    let mut changed = claims(&bench);
    changed["sub"] = json!("bob");
    let (_, payload_and_signature) = token.split_once('.').unwrap();
    let (_, signature) = payload_and_signature.split_once('.').unwrap();
    let spliced = format!("{}.{signature}", super::keys::unsigned(&header, &changed));
    assert_eq!(verify(&bench, spliced).await.unwrap_err(), IdTokenError::BadSignature);
    let access_token = ours.token(&claims(&bench));
    assert_eq!(verify(&bench, access_token).await.unwrap_err(), IdTokenError::Malformed);
    for text in [String::new(), "opaque".to_owned(), "a".repeat(20_000)] {
        assert_eq!(verify(&bench, text).await.unwrap_err(), IdTokenError::Malformed);
    }
    assert!(bench.verifier.is_issuer(&bench.stub.issuer()) && !bench.verifier.is_issuer("https://evil.example"));
}

#[tokio::test]
async fn a_key_that_is_new_is_fetched() {
    let (old, new) = (SigningKey::ec("old"), SigningKey::ec("new"));
    let stub = Stub::start().await;
    stub.publish(&[&old]);
    let bench = Bench::new(stub, |options| {
        options.provider.key_cooldown = std::time::Duration::ZERO;
    })
    .await;
    bench.stub.publish(&[&new]);
    let token = new.token_with(&json!({"alg": "ES256", "kid": "new"}), &claims(&bench));
    assert_eq!(verify(&bench, token).await.unwrap(), "alice");
}
