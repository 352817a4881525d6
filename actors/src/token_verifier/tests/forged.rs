//! JWTs: what is accepted, and that nothing else is.

use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::keys::{SigningKey, base64url, unsigned};
use super::stub::Stub;
use super::{Bench, CLIENT_ID, NOW, RESOURCE};

#[tokio::test]
async fn good_tokens_of_every_algorithm_are_accepted() {
    let keys = [SigningKey::rsa("rsa"), SigningKey::ec("ec"), SigningKey::ed("ed")];
    let bench = Bench::with_keys(&keys.each_ref()).await;
    for key in &keys {
        let principal = bench.verify(&key.token(&bench.claims())).await.unwrap();
        assert_eq!(&*principal.subject.issuer, bench.stub.issuer());
        assert_eq!(&*principal.subject.subject, "alice");
        assert_eq!(principal.client_id.as_deref(), Some("inspector"));
        assert_eq!(principal.expires_at, Some(NOW + 3600));
        assert_eq!(
            principal.scopes.as_ref().unwrap().to_string(),
            "notes:read openid profile"
        );
    }
    assert_eq!(bench.stub.introspections(), 0);
}

#[tokio::test]
async fn claims_come_in_many_shapes() {
    let key = SigningKey::ed("k");
    let bench = Bench::with_keys(&[&key]).await;
    for (number, changes) in [
        json!({"aud": CLIENT_ID}),
        json!({"aud": ["https://other.example", RESOURCE]}),
        json!({"aud": format!("{RESOURCE}/")}),
        json!({"aud": null, "client_id": CLIENT_ID}),
        json!({"scope": null, "scp": ["openid", "notes:read"]}),
        json!({"exp": 1_795_224_756.5}),
        json!({"iss": format!("{}/", bench.stub.issuer())}),
        // Within the leeway.
        json!({"nbf": NOW + 9}),
        json!({"exp": NOW - 9}),
    ]
    .into_iter()
    .enumerate()
    {
        let token = key.token(&bench.claims_with(&changes));
        assert!(bench.verify(&token).await.is_ok(), "{number}: {changes}");
    }
    for typ in [json!("JWT"), json!("application/at+jwt"), Value::Null] {
        let token = key.token_with(&json!({"typ": typ, "alg": "EdDSA", "kid": "k"}), &bench.claims());
        assert!(bench.verify(&token).await.is_ok(), "{typ}");
    }
    let no_kid = key.token_with(&json!({"alg": "EdDSA"}), &bench.claims());
    assert!(bench.verify(&no_kid).await.is_ok());
}

#[tokio::test]
async fn bad_claims_are_refused_by_name() {
    let key = SigningKey::ed("k");
    let bench = Bench::with_keys(&[&key]).await;
    for (reason, changes) in [
        ("expired", json!({"exp": NOW - 10})),
        ("malformed", json!({"exp": null})),
        ("not_yet_valid", json!({"nbf": NOW + 11})),
        ("bad_issuer", json!({"iss": "https://evil.example"})),
        ("bad_issuer", json!({"iss": null})),
        (
            "bad_issuer",
            json!({"iss": format!("{}.evil.example", bench.stub.issuer())}),
        ),
        ("bad_audience", json!({"aud": "https://other.example/"})),
        ("bad_audience", json!({"aud": ["account", format!("{RESOURCE}/other")]})),
        ("bad_audience", json!({"aud": []})),
        ("malformed", json!({"aud": {"a": 1}})),
        ("malformed", json!({"sub": null})),
        ("malformed", json!({"sub": ""})),
        ("malformed", json!({"sub": "a".repeat(256)})),
        ("malformed", json!({"sub": "alice\n"})),
        ("malformed", json!({"sub": 7})),
    ] {
        let token = key.token(&bench.claims_with(&changes));
        assert_eq!(bench.reason(&token).await, reason, "{changes}");
    }
    assert_eq!(bench.stub.introspections(), 0);
}

#[tokio::test]
async fn an_id_token_is_not_an_access_token() {
    let key = SigningKey::ed("k");
    let bench = Bench::with_keys(&[&key]).await;
    // As Nextcloud issues them to our own client.
    let mut claims = json!({"iss": bench.stub.issuer(), "sub": "alice", "aud": CLIENT_ID, "exp": NOW + 3600,
        "auth_time": NOW, "iat": NOW, "acr": "0", "azp": CLIENT_ID, "nbf": NOW, "jti": "1"});
    let header = json!({"typ": "JWT", "alg": "EdDSA", "kid": "k"});
    assert_eq!(
        bench.reason(&key.token_with(&header, &claims)).await,
        "not_access_token"
    );
    claims["nonce"] = json!("n-1");
    claims["scope"] = json!("openid notes:read");
    assert_eq!(
        bench.reason(&key.token_with(&header, &claims)).await,
        "not_access_token"
    );
    for typ in ["dpop+jwt", "logout+jwt", "secevent+jwt"] {
        let header = json!({"typ": typ, "alg": "EdDSA", "kid": "k"});
        assert_eq!(
            bench.reason(&key.token_with(&header, &bench.claims())).await,
            "not_access_token"
        );
    }
}

#[tokio::test]
async fn signatures_cannot_be_talked_away() {
    let (key, other) = (SigningKey::rsa("k"), SigningKey::rsa("k"));
    let ec = SigningKey::ec("ec");
    let bench = Bench::with_keys(&[&key, &ec]).await;
    let claims = bench.claims();
    let good = key.token(&claims);
    let (signed, signature) = good.rsplit_once('.').unwrap();

    for alg in ["none", "None", "nOnE", "", "HS256", "HS512", "RS512", "PS256", "ES512"] {
        let header = json!({"typ": "at+JWT", "alg": alg, "kid": "k"});
        for signature in ["", signature] {
            let token = format!("{}.{signature}", unsigned(&header, &claims));
            assert_eq!(bench.reason(&token).await, "unsupported_algorithm", "{alg}");
        }
    }
    // HMAC keyed with the public key: the textbook confusion of algorithms.
    let public = key.jwk()["n"].as_str().unwrap().to_owned();
    let hmac_key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, public.as_bytes());
    let confused = unsigned(&json!({"alg": "HS256", "kid": "k"}), &claims);
    let tag = aws_lc_rs::hmac::sign(&hmac_key, confused.as_bytes());
    let token = format!("{confused}.{}", base64url(tag.as_ref()));
    assert_eq!(bench.reason(&token).await, "unsupported_algorithm");
    // The named key is for another algorithm.
    let token = key.token_with(&json!({"alg": "RS256", "kid": "ec"}), &claims);
    assert_eq!(bench.reason(&token).await, "unsupported_algorithm");
    // A key in the header is not looked at.
    let token = other.token_with(&json!({"alg": "RS256", "kid": "k", "jwk": other.jwk()}), &claims);
    assert_eq!(bench.reason(&token).await, "bad_signature");
    // An extension that has to be understood, and is not.
    let token = key.token_with(&json!({"alg": "RS256", "kid": "k", "crit": ["exp"]}), &claims);
    assert_eq!(bench.reason(&token).await, "malformed");

    let mallory = unsigned(
        &json!({"typ": "at+JWT", "alg": "RS256", "kid": "k"}),
        &bench.claims_with(&json!({"sub": "bob"})),
    );
    for token in [
        other.token(&claims),
        format!("{mallory}.{signature}"),
        format!("{signed}."),
        format!("{signed}.{}", &signature[..40]),
        format!("{signed}.{}", base64url(&[0; 256])),
    ] {
        assert_eq!(bench.reason(&token).await, "bad_signature", "{token}");
    }
    assert!(bench.verify(&good).await.is_ok());
    assert_eq!(bench.stub.introspections(), 0);
}

#[tokio::test]
async fn tokens_that_are_none_are_refused_before_any_work() {
    let key = SigningKey::ed("k");
    let bench = Bench::with_keys(&[&key]).await;
    let good = key.token(&bench.claims());
    let huge = "a".repeat(1024 * 1024);
    let long = "a".repeat(16 * 1024 + 1);
    let latin = String::from_utf8_lossy(b"caf\xe9").into_owned();
    let spaced = good.replacen('.', " .", 1);
    let header_only = good.split_once('.').unwrap().0.to_owned() + ".";
    let no_payload = format!("{}..x", good.split_once('.').unwrap().0);
    for token in [
        "",
        "=",
        "a b",
        "a\r\nb",
        "a\0b",
        &huge,
        &long,
        &latin,
        &spaced,
        &header_only,
        &no_payload,
    ] {
        assert_eq!(
            bench.reason(token).await,
            "malformed",
            "{}",
            &token[..token.len().min(20)]
        );
    }
    assert_eq!(bench.stub.introspections(), 0);
}

#[tokio::test]
async fn an_unknown_key_is_fetched_for_once_per_cooldown_and_never_used_as_a_path() {
    let (old, new) = (SigningKey::ed("old"), SigningKey::ed("new"));
    let bench = Bench::with_keys(&[&old]).await;
    assert!(bench.verify(&old.token(&bench.claims())).await.is_ok());
    let before = bench.stub.key_fetches();

    let tricks = [
        "../../etc/passwd",
        "http://127.0.0.1/",
        "k' OR 1=1 --",
        "/dev/null",
        "%00",
        "new",
    ];
    for kid in tricks {
        let token = new.token_with(&json!({"alg": "EdDSA", "kid": kid}), &bench.claims());
        assert_eq!(bench.reason(&token).await, "unknown_kid", "{kid}");
    }
    assert_eq!(bench.stub.key_fetches(), before + 1);

    // The keys rotate; the cool-down and the memory of refused tokens pass.
    bench.stub.publish(&[&new]);
    bench.clock.advance(std::time::Duration::from_secs(31));
    assert!(bench.verify(&new.token(&bench.claims())).await.is_ok());
    assert_eq!(bench.stub.key_fetches(), before + 2);
    // The old key is gone; its verified token was remembered for a minute at most.
    let again = old.token(&bench.claims_with(&json!({"jti": "3"})));
    assert_eq!(bench.reason(&again).await, "unknown_kid");
    assert_eq!(bench.stub.key_fetches(), before + 2);
}

#[tokio::test]
async fn two_hundred_requests_with_a_new_key_fetch_the_keys_once() {
    let (old, new) = (SigningKey::ed("old"), SigningKey::ed("new"));
    let bench = Bench::with_keys(&[&old]).await;
    assert!(bench.verify(&old.token(&bench.claims())).await.is_ok());
    let before = bench.stub.key_fetches();
    bench.stub.publish(&[&new]);
    bench.stub.hold();
    let tokens: Vec<String> = (0..200)
        .map(|number| new.token(&bench.claims_with(&json!({"jti": number.to_string()}))))
        .collect();
    // Everybody is polled, and waits, before the last one lets the provider answer.
    let everybody = join_all(tokens.iter().map(|token| bench.verify(token)));
    let (verdicts, ()) = tokio::join!(everybody, async { bench.stub.release() });
    assert!(verdicts.iter().all(Result::is_ok));
    assert_eq!(bench.stub.key_fetches(), before + 1);
    assert_eq!(bench.stub.introspections(), 0);
}

#[tokio::test]
async fn key_sets_that_are_too_large_or_broken_are_not_taken() {
    let key = SigningKey::ed("k");
    let filler = json!({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"});
    let many: Vec<Value> = std::iter::once(key.jwk()).chain(vec![filler; 64]).collect();
    let padding = "x".repeat(10 * 1024 * 1024);
    for (status, text) in [
        (
            StatusCode::OK,
            json!({"keys": [key.jwk()], "padding": padding}).to_string(),
        ),
        (StatusCode::OK, json!({ "keys": many }).to_string()),
        (StatusCode::OK, "<html>maintenance</html>".to_owned()),
        (StatusCode::OK, String::new()),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            json!({"keys": [key.jwk()]}).to_string(),
        ),
    ] {
        let stub = Stub::start().await;
        stub.publish_text(status, text);
        let bench = Bench::new(stub, |_| {}).await;
        let token = key.token(&bench.claims());
        // Nobody can check the signature, so the provider is asked; it does not know the token.
        assert_eq!(bench.reason(&token).await, "inactive");
        assert_eq!(bench.stub.introspections(), 1);
    }
}

#[tokio::test]
async fn keys_of_other_kinds_are_skipped() {
    let key = SigningKey::ed("k");
    let mut encryption = key.jwk();
    encryption["use"] = json!("enc");
    encryption["kid"] = json!("enc");
    let mut other_algorithm = SigningKey::rsa("rs512").jwk();
    other_algorithm["alg"] = json!("RS512");
    let broken = json!({"kty": "RSA", "kid": "broken", "n": "***", "e": "AQAB"});
    let stub = Stub::start().await;
    let keys = json!({"keys": [7, {}, encryption, other_algorithm, broken, {"kty": "X"}, key.jwk()]});
    stub.publish_text(StatusCode::OK, keys.to_string());
    let bench = Bench::new(stub, |_| {}).await;
    assert!(bench.verify(&key.token(&bench.claims())).await.is_ok());
    for kid in ["enc", "rs512", "broken"] {
        let token = key.token_with(&json!({"alg": "EdDSA", "kid": kid}), &bench.claims());
        assert_eq!(bench.reason(&token).await, "unknown_kid", "{kid}");
    }
}

#[tokio::test]
async fn without_keys_the_provider_is_asked_and_without_introspection_it_is_503() {
    let key = SigningKey::ed("k");
    let stub = Stub::start().await;
    stub.publish_text(StatusCode::BAD_GATEWAY, String::new());
    let bench = Bench::new(stub, |_| {}).await;
    let token = key.token(&bench.claims());
    bench.stub.know(
        &token,
        json!({"active": true, "sub": "alice", "exp": NOW + 7200, "client_id": "inspector",
        "aud": "inspector", "scope": "notes:read"}),
    );
    assert_eq!(&*bench.verify(&token).await.unwrap().subject.subject, "alice");

    let stub = Stub::start().await;
    stub.publish_text(StatusCode::BAD_GATEWAY, String::new());
    stub.change_metadata(json!({"introspection_endpoint": null}));
    let bench = Bench::new(stub, |_| {}).await;
    let rejection = bench.verify(&key.token(&bench.claims())).await.unwrap_err();
    assert_eq!(rejection.reason(), "network_error");
    assert!(rejection.is_unavailable());
}
