//! Attacks on a login of Flow 2. Those that a real provider's pages are needed for are in `delegated_access.rs`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::bench::{Bench, now};
use super::flow::OWN_GRANT;
use super::keys::{SigningKey, unsigned};
use super::provider::{Answer, changed};
use crate::support::{come_back, http_client};

#[tokio::test]
async fn a_login_counts_only_with_an_id_token_for_it() {
    let bench = Bench::delegating().await;
    let mallory = SigningKey::ed("k");
    let header = json!({"typ": "JWT", "alg": "EdDSA", "kid": "k"});
    let typed = |typ: &str| json!({"typ": typ, "alg": "EdDSA", "kid": "k"});
    let id_token = |changes: Value| (header.clone(), changes, &bench.key);
    let cases = [
        (header.clone(), json!({}), &mallory),
        (
            json!({"alg": "EdDSA", "kid": "k", "jwk": mallory.jwk()}),
            json!({}),
            &mallory,
        ),
        (typed("at+JWT"), json!({}), &bench.key),
        (typed("logout+jwt"), json!({}), &bench.key),
        id_token(json!({"iss": "https://other.example"})),
        id_token(json!({"aud": "them"})),
        id_token(json!({"aud": ["us", "them"], "azp": "them"})),
        id_token(json!({"nonce": "of-another-login"})),
        id_token(json!({"nonce": null})),
        id_token(json!({"exp": now() - 60})),
        id_token(json!({"iat": now() + 600})),
        id_token(json!({"sub": ""})),
    ];
    for (header, changes, key) in cases {
        let departed = bench.depart("alice").await;
        let claims = bench.id_claims(&departed, "alice", &changes);
        let back = bench.agreed(&departed, "alice", &key.token_with(&header, &claims), 3600);
        let page = come_back(&back, &departed.cookie).await;
        assert_eq!(page.status(), StatusCode::BAD_GATEWAY, "{header} {changes}");
        assert!(page.text().await.unwrap().contains("Nothing was stored"), "{changes}");
        assert!(!bench.is_provisioned("alice").await, "{header} {changes}");
    }
    for forged in ["", "opaque", "a.b.c"] {
        let departed = bench.depart("alice").await;
        let back = bench.agreed(&departed, "alice", forged, 3600);
        assert_eq!(
            come_back(&back, &departed.cookie).await.status(),
            StatusCode::BAD_GATEWAY
        );
    }
    let departed = bench.depart("alice").await;
    let claims = bench.id_claims(&departed, "alice", &json!({}));
    let none = format!("{}.", unsigned(&json!({"typ": "JWT", "alg": "none"}), &claims));
    let back = bench.agreed(&departed, "alice", &none, 3600);
    assert_eq!(
        come_back(&back, &departed.cookie).await.status(),
        StatusCode::BAD_GATEWAY
    );
    assert!(!bench.is_provisioned("alice").await);
    bench.provision("alice", 3600).await;
    assert!(bench.is_provisioned("alice").await);
}

/// The victim opens the attacker's link, or the attacker sends the victim to log in for them: either way one account's
/// grant would end up with the other.
#[tokio::test]
async fn nobody_elses_login_is_taken() {
    let bench = Bench::delegating().await;
    for other in ["bob", "Alice", "alice ", "alic", "alice@elsewhere", "ａlice"] {
        let departed = bench.depart("alice").await;
        let called_alice = json!({"preferred_username": "alice"});
        let claims = bench.id_claims(&departed, other, &called_alice);
        let back = bench.agreed(&departed, other, &bench.id_token(&claims), 3600);
        let page = come_back(&back, &departed.cookie).await;
        assert_eq!(page.status(), StatusCode::FORBIDDEN, "{other}");
        let text = page.text().await.unwrap();
        assert!(
            text.contains("another account") && text.contains("Nothing was stored"),
            "{text}"
        );
        assert!(!bench.is_provisioned("alice").await, "{other}");
    }
    assert!(!bench.is_provisioned("bob").await);
}

#[tokio::test]
async fn the_secret_of_a_link_is_no_state_and_a_state_is_no_link() {
    let bench = Bench::delegating().await;
    let link = bench.link("alice").await;
    let (page, ticket) = link.split_once("?ticket=").unwrap();
    let as_state = bench.callback(&[("code", "c"), ("state", ticket)]);
    assert_eq!(come_back(&as_state, "").await.status(), StatusCode::BAD_REQUEST);
    let departed = bench.depart("alice").await;
    let as_ticket = format!("{page}?ticket={}", departed.asked("state"));
    let refused = http_client().get(as_ticket).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);

    // Neither was used up by that.
    let claims = bench.id_claims(&departed, "alice", &json!({}));
    let back = bench.agreed(&departed, "alice", &bench.id_token(&claims), 3600);
    assert_eq!(come_back(&back, &departed.cookie).await.status(), StatusCode::OK);
    let opened = http_client().get(&link).send().await.unwrap();
    assert_eq!(opened.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_parameter_that_comes_twice_is_no_answer() {
    let bench = Bench::delegating().await;
    let departed = bench.depart("alice").await;
    let state = departed.asked("state");
    for parameters in [
        &[("code", "a"), ("code", "b"), ("state", state.as_str())][..],
        &[("code", "a"), ("state", "forged"), ("state", &state)],
        &[
            ("code", "a"),
            ("state", &state),
            ("iss", "x"),
            ("iss", &bench.provider.url),
        ],
    ] {
        let page = come_back(&bench.callback(parameters), &departed.cookie).await;
        assert_eq!(page.status(), StatusCode::BAD_REQUEST);
    }
    assert!(bench.provider.seen("/token").is_empty());
}

/// RFC 7636: whatever the provider says that it can do, the code is worth nothing without the verifier.
#[tokio::test]
async fn pkce_is_never_less_than_s256() {
    for methods in [json!(["plain"]), json!([]), json!(["plain", "S256"])] {
        let metadata = json!({ "code_challenge_methods_supported": methods });
        let bench = Bench::with(&metadata, &[OWN_GRANT]).await;
        let departed = bench.depart("alice").await;
        assert_eq!(departed.asked("code_challenge_method"), "S256", "{methods}");
        let claims = bench.id_claims(&departed, "alice", &json!({}));
        let back = bench.agreed(&departed, "alice", &bench.id_token(&claims), 3600);
        assert_eq!(come_back(&back, &departed.cookie).await.status(), StatusCode::OK);

        let redeemed = bench.provider.redeemed(&format!("code-of-{}", departed.asked("state")));
        let verifier = &redeemed["code_verifier"];
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        assert_eq!(departed.asked("code_challenge"), challenge);
        assert!(verifier.len() >= 43 && !departed.location.as_str().contains(verifier.as_str()));
        let another = bench.depart("bob").await;
        assert_ne!(another.asked("code_challenge"), challenge, "each login has its own");
    }
}

const HOSTILE: &str = "</p><script>alert('x')</script>\"\r\nSet-Cookie: a=b\r\n\r\n<b>b\u{f6}se</b>";

/// What a provider says goes neither into a header nor into the page as more than text.
#[tokio::test]
async fn what_a_provider_says_of_a_login_stays_text() {
    let bench = Bench::delegating().await;

    let departed = bench.depart("alice").await;
    let hostile_name = "</p><script>alert('x')</script>\"b\u{f6}se";
    let claims = bench.id_claims(&departed, "alice", &json!({"preferred_username": hostile_name}));
    let back = bench.agreed(&departed, "alice", &bench.id_token(&claims), 3600);
    let page = come_back(&back, &departed.cookie).await;
    assert_eq!(page.status(), StatusCode::OK);
    let text = page.text().await.unwrap();
    assert!(!text.contains("<script"), "{text}");
    assert!(
        text.contains("&lt;script&gt;alert(&#39;x&#39;)"),
        "the name is shown: {text}"
    );

    // An error in the address, and one of the token endpoint.
    let departed = bench.depart("bob").await;
    let state = departed.asked("state");
    let refused = [
        ("error", HOSTILE),
        ("error_description", HOSTILE),
        ("error_uri", HOSTILE),
        ("state", &state),
    ];
    let in_address = come_back(&bench.callback(&refused), &departed.cookie).await;
    assert_eq!(in_address.status(), StatusCode::FORBIDDEN);
    let refusal = json!({"error": HOSTILE, "error_description": HOSTILE});
    bench
        .provider
        .answer("/token", Answer::Error(StatusCode::BAD_REQUEST, refusal));
    let departed = bench.depart("bob").await;
    let with_code = bench.callback(&[("code", HOSTILE), ("state", &departed.asked("state"))]);
    let of_token_endpoint = come_back(&with_code, &departed.cookie).await;
    assert_eq!(of_token_endpoint.status(), StatusCode::BAD_GATEWAY);
    let forged_state = come_back(&bench.callback(&[("code", "c"), ("state", HOSTILE)]), "").await;
    assert_eq!(forged_state.status(), StatusCode::BAD_REQUEST);

    for page in [in_address, of_token_endpoint, forged_state] {
        let cookies: Vec<&str> = page
            .headers()
            .get_all("set-cookie")
            .iter()
            .map(|it| it.to_str().unwrap())
            .collect();
        assert!(
            cookies.iter().all(|cookie| cookie.starts_with("nextcloud-mcp-login-")),
            "{cookies:?}"
        );
        let text = page.text().await.unwrap();
        assert!(
            !text.contains("<script") && !text.contains("<b>") && !text.contains("alert("),
            "{text}"
        );
    }
}

#[tokio::test]
async fn tokens_of_no_measure_are_not_stored() {
    let bench = Bench::delegating().await;
    for changes in [
        json!({"access_token": "x".repeat(20_000)}),
        json!({"refresh_token": "x".repeat(20_000)}),
        json!({"padding": "x".repeat(100_000)}),
        json!({"access_token": ""}),
        json!({"token_type": "DPoP"}),
    ] {
        let departed = bench.depart("alice").await;
        let claims = bench.id_claims(&departed, "alice", &json!({}));
        let tokens = changed(
            bench.provider.tokens("alice", 3600),
            &json!({"id_token": bench.id_token(&claims)}),
        );
        bench.provider.sell("c", changed(tokens, &changes));
        let back = bench.callback(&[("code", "c"), ("state", &departed.asked("state"))]);
        let page = come_back(&back, &departed.cookie).await;
        assert!(page.status().is_server_error(), "{changes:.60}");
        assert!(!bench.is_provisioned("alice").await);
    }
}
