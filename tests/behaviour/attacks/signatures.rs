//! Tokens that the provider did not sign, and keys that it should not be asked for.

use serde_json::{Value, json};

use super::bench::Bench;
use super::keys::{SigningKey, base64url, unsigned};
use super::provider::{Answer, changed};

const NOT_ACCEPTED: &str = "algorithm that is not accepted";
const NOT_VALID: &str = "signature of the access token is not valid";
const NOT_PUBLISHED: &str = "key that the identity provider does not publish";

/// What a token that has to be refused is told.
async fn told(bench: &Bench, header: Value, key: &SigningKey) -> String {
    let token = key.token_with(&header, &bench.claims(&json!({})));
    bench.refusal(&token).await
}

#[tokio::test]
async fn signatures_cannot_be_talked_away() {
    let bench = Bench::start().await;
    let good = bench.token(&json!({}));
    assert!(bench.admits(&good).await);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let bob = unsigned(
        &json!({"typ": "at+JWT", "alg": "EdDSA", "kid": "k"}),
        &bench.claims(&json!({"sub": "bob"})),
    );
    for token in [
        format!("{bob}.{signature}"),
        format!("{signed}."),
        format!("{signed}.{}", &signature[..40]),
        format!("{signed}.{}", base64url(&[0; 64])),
    ] {
        assert!(bench.refusal(&token).await.contains(NOT_VALID), "{token}");
    }
    for alg in ["none", "None", "nOnE", ""] {
        for signature in ["", signature] {
            let token = format!(
                "{}.{signature}",
                unsigned(&json!({"alg": alg, "kid": "k"}), &bench.claims(&json!({})))
            );
            assert!(bench.refusal(&token).await.contains(NOT_ACCEPTED), "{alg}");
        }
    }
}

/// RFC 8725 §2.1: the header does not choose what a key is used for.
#[tokio::test]
async fn a_public_key_is_no_secret_and_no_key_of_another_kind() {
    let bench = Bench::start().await;
    let (rsa, ec) = (SigningKey::rsa("rsa"), SigningKey::ec("ec"));
    bench.provider.publish(&[&bench.key, &rsa, &ec]);
    for key in [&rsa, &ec] {
        assert!(bench.admits(&key.token(&bench.claims(&json!({})))).await, "{}", key.kid);
    }
    // HMAC keyed with what everybody can read.
    for (kid, secret) in [
        ("rsa", rsa.jwk()["n"].as_str().unwrap().to_owned()),
        ("rsa", rsa.jwk().to_string()),
        ("k", bench.key.jwk()["x"].as_str().unwrap().to_owned()),
    ] {
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
        let signed = unsigned(&json!({"alg": "HS256", "kid": kid}), &bench.claims(&json!({})));
        let tag = aws_lc_rs::hmac::sign(&key, signed.as_bytes());
        let token = format!("{signed}.{}", base64url(tag.as_ref()));
        assert!(bench.refusal(&token).await.contains(NOT_ACCEPTED));
    }
    // The header names one kind of signature, its key is of another, and the signature is good for one of them.
    for (alg, kid, signer) in [
        ("RS256", "ec", &rsa),
        ("ES256", "rsa", &ec),
        ("EdDSA", "rsa", &bench.key),
        ("ES256", "rsa", &rsa),
        ("RS512", "rsa", &rsa),
        ("PS256", "rsa", &rsa),
    ] {
        let told = told(&bench, json!({"alg": alg, "kid": kid}), signer).await;
        assert!(told.contains(NOT_ACCEPTED), "{alg} {kid}: {told}");
    }
}

#[tokio::test]
async fn keys_and_addresses_in_the_header_are_not_looked_at() {
    let bench = Bench::start().await;
    let mallory = SigningKey::ed("k");
    let theirs = json!({"keys": [mallory.jwk()]});
    bench.provider.answer("/mallory", Answer::Json(theirs));
    let address = format!("{}/mallory", bench.provider.url);
    for header in [
        json!({"jwk": mallory.jwk()}),
        json!({"jku": address}),
        json!({"x5u": address}),
        json!({"x5c": [mallory.jwk()["x"]]}),
        json!({"jku": address, "jwk": mallory.jwk(), "x5t": "k"}),
    ] {
        let known = changed(json!({"alg": "EdDSA", "kid": "k"}), &header);
        assert!(told(&bench, known, &mallory).await.contains(NOT_VALID), "{header}");
        let unknown = changed(json!({"alg": "EdDSA", "kid": address}), &header);
        assert!(
            told(&bench, unknown, &mallory).await.contains(NOT_PUBLISHED),
            "{header}"
        );
    }
    assert!(bench.provider.seen("/mallory").is_empty(), "nobody went there");
}

/// RFC 7515 §4.1.11: an extension that has to be understood, and is not.
#[tokio::test]
async fn critical_extensions_are_not_passed_over() {
    let bench = Bench::start().await;
    let malformed = "The access token is malformed";
    for crit in [json!(["exp"]), json!(["b64"]), json!([]), json!("b64")] {
        let header = json!({"alg": "EdDSA", "kid": "k", "b64": false, "crit": crit});
        assert_eq!(told(&bench, header, &bench.key).await, malformed, "{crit}");
    }
}

#[tokio::test]
async fn a_key_identifier_is_only_compared_and_makes_for_one_fetch() {
    let bench = Bench::start().await;
    let mallory = SigningKey::ed("k");
    assert!(bench.admits(&bench.token(&json!({}))).await);
    let before = bench.provider.all_seen().len();
    let long = "k".repeat(10_000);
    for kid in [
        "../../etc/passwd",
        "../mallory",
        "file:///dev/null",
        "http://127.0.0.1:1/",
        "k' OR '1'='1",
        "k' UNION SELECT 'x",
        "$(id)",
        "k\0",
        "%6b",
        "K",
        "k ",
        "",
        long.as_str(),
    ] {
        let told = told(&bench, json!({"alg": "EdDSA", "kid": kid}), &mallory).await;
        assert!(told.contains(NOT_PUBLISHED), "{kid:.40}: {told}");
    }
    let seen = bench.provider.all_seen().split_off(before);
    let paths: Vec<&str> = seen.iter().map(|seen| seen.path.as_str()).collect();
    assert_eq!(paths, ["/keys"], "one fetch for all of them, and nothing else");
}

#[tokio::test]
async fn without_an_identifier_keys_are_not_tried_in_turn() {
    let bench = Bench::start().await;
    let other = SigningKey::ed("other");
    let nameless = bench
        .key
        .token_with(&json!({"alg": "EdDSA"}), &bench.claims(&json!({})));
    bench.provider.publish(&[&bench.key, &other]);
    assert!(bench.admits(&other.token(&bench.claims(&json!({})))).await);
    assert!(bench.refusal(&nameless).await.contains(NOT_PUBLISHED));
    for kid in [json!(["k"]), json!({"k": 1}), json!(7)] {
        told(&bench, json!({"alg": "EdDSA", "kid": kid}), &bench.key).await;
    }
}

#[tokio::test]
async fn key_sets_without_measure_are_not_taken() {
    let new = SigningKey::ed("new");
    let numbers = vec![json!(0); 100_000];
    let many: Vec<Value> = std::iter::once(new.jwk()).chain(numbers).collect();
    for (what, document) in [
        (
            "10 MB",
            json!({"keys": [new.jwk()], "padding": "x".repeat(10 * 1024 * 1024)}),
        ),
        ("100 000 keys", json!({ "keys": many })),
    ] {
        let bench = Bench::start().await;
        assert!(bench.admits(&bench.token(&json!({}))).await, "{what}");
        bench.provider.publish_document(document);
        bench.refusal(&new.token(&bench.claims(&json!({})))).await;
        // What was known before is still known.
        assert!(bench.admits(&bench.token(&json!({"jti": "2"}))).await, "{what}");
    }
}
