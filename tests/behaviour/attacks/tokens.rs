//! Tokens that the provider signed, and that are none for this server.

use std::time::Duration;

use http::StatusCode;
use nextcloud_sandbox::SandboxOptions;
use serde_json::{Value, json};

use super::bench::{Bench, now};
use super::keys::base64url;
use crate::support::{Login, TestNextcloud, TestServer, TokenKind, challenge, http_client};

const READ: &str = "openid profile email notes:read";

/// The status and the `error_description` that a token gets.
async fn refusal(server: &TestServer, token: &str) -> (StatusCode, String) {
    let response = server.with_token(token).send("tools/list", json!({})).await;
    let status = response.status();
    let description = challenge(response.headers())
        .remove("error_description")
        .unwrap_or_default();
    (status, description)
}

#[tokio::test]
async fn tokens_of_nextcloud_that_are_not_for_us_are_refused_with_a_reason() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let login = server.login(&nextcloud.user, READ, TokenKind::Jwt).await;
    let (header, rest) = login.access_token.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    let none = "eyJhbGciOiJub25lIn0";
    for (token, part) in [
        (
            format!("{header}.{payload}.{}", "A".repeat(signature.len())),
            "signature",
        ),
        (format!("{none}.{payload}."), ""),
        (format!("{header}.{payload}"), ""),
        (login.access_token[..60].to_owned(), ""),
        ("x".repeat(60_000), "malformed"),
        ("no-such-opaque-token".to_owned(), "not active"),
        (login.id_token.clone().unwrap(), ""),
    ] {
        let (status, description) = refusal(&server, &token).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{description}");
        assert!(description.contains(part), "{part}: {description}");
        assert!(!description.contains(&token), "{description}");
    }
    // For another resource: Nextcloud would take it, we must not (RFC 8707).
    let http = http_client();
    let provider: Value = http
        .get(format!("{}/index.php/.well-known/openid-configuration", nextcloud.url))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    for kind in [TokenKind::Jwt, TokenKind::Opaque] {
        let resource = Some("http://other.example/");
        let login = Login::at(&http, &provider, resource, &nextcloud.user, READ, kind).await;
        let (status, description) = refusal(&server, &login.access_token).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{kind:?} {description}");
        assert!(description.contains(&server.mcp_url()), "{kind:?} {description}");
    }
}

#[tokio::test]
async fn an_id_token_is_no_access_token() {
    let bench = Bench::start().await;
    let words = "not an access token";
    let untyped = |changes: &Value| {
        let header = json!({"typ": "JWT", "alg": "EdDSA", "kid": "k"});
        bench.key.token_with(&header, &bench.claims(changes))
    };
    assert!(bench.admits(&untyped(&json!({}))).await);
    for login in [
        // As Nextcloud makes them for this server's own client, or for a client that is called like the resource.
        json!({"aud": "us", "scope": null, "client_id": null, "azp": "us", "nonce": "n-1"}),
        json!({"scope": null, "client_id": null}),
        // As others do, who put scopes into them.
        json!({"nonce": "n-1"}),
        json!({"at_hash": "x"}),
        json!({"c_hash": "x"}),
        json!({"typ": "ID"}),
        json!({"typ": "Refresh"}),
        json!({"token_use": "id"}),
    ] {
        let told = bench.refusal(&untyped(&login)).await;
        assert!(told.contains(words), "{login}: {told}");
    }
    for typ in ["dpop+jwt", "logout+jwt", "secevent+jwt", "id_token", ""] {
        let header = json!({"typ": typ, "alg": "EdDSA", "kid": "k"});
        let told = bench
            .refusal(&bench.key.token_with(&header, &bench.claims(&json!({}))))
            .await;
        assert!(told.contains(words), "{typ}: {told}");
    }
}

#[tokio::test]
async fn a_token_for_another_resource_is_refused() {
    let bench = Bench::start().await;
    let mcp = bench.server.mcp_url();
    let words = "not issued for this server";
    bench
        .refuses([
            (json!({"aud": "https://other.example/mcp"}), words),
            (json!({"aud": format!("{mcp}/other")}), words),
            (json!({"aud": format!("{mcp}.evil.example")}), words),
            (json!({"aud": format!("{mcp}?x")}), words),
            (json!({"aud": format!("https://evil.example/?{mcp}")}), words),
            (json!({"aud": bench.provider.url}), words),
            (json!({"aud": ["account", "us-too", " us"]}), words),
            (json!({"aud": ""}), words),
            (json!({"aud": []}), words),
            (json!({"aud": null}), words),
            // The client that it was given to counts where there is no audience, and nowhere else.
            (json!({"aud": "https://other.example", "client_id": "us"}), words),
            (json!({"aud": {"0": mcp}}), "malformed"),
            (json!({"aud": [mcp, 7]}), "malformed"),
        ])
        .await;
    // Each of our names, and no other.
    for aud in [json!(mcp), json!(bench.server.url), json!(["x", mcp]), json!("us")] {
        assert!(bench.admits(&bench.token(&json!({"aud": aud}))).await, "{aud}");
    }
}

#[tokio::test]
async fn times_are_believed_as_they_must_be_and_in_no_other_form() {
    let bench = Bench::start().await;
    let (past, future) = (now() - 60, now() + 3600);
    bench
        .refuses([
            (json!({"exp": past}), "expired"),
            (json!({"exp": 1.5}), "expired"),
            (json!({"exp": 0}), "expired"),
            // Nothing else that is said makes it younger.
            (
                json!({"exp": past, "iat": future, "nbf": past, "auth_time": future}),
                "expired",
            ),
            (json!({"exp": past, "iat": "now", "expires_in": 3600}), "expired"),
            (json!({"nbf": now() + 600}), "not valid yet"),
            (json!({"exp": null}), "malformed"),
            (json!({"exp": future.to_string()}), "malformed"),
            (json!({"exp": -1}), "malformed"),
            (json!({"exp": -0.5}), "malformed"),
            (json!({"exp": 1e300}), "malformed"),
            (json!({"exp": [future]}), "malformed"),
            (json!({"exp": true}), "malformed"),
            (json!({"nbf": "soon"}), "malformed"),
        ])
        .await;
    // A token without an end in sight ends like any other when it is revoked or its key is; it breaks nothing.
    for exp in [json!(u64::MAX), json!(1e18), json!(4_102_444_800_u64)] {
        assert!(bench.admits(&bench.token(&json!({"exp": exp}))).await, "{exp}");
    }
}

/// All of them carry the provider's signature: what is refused here is refused for what it says.
#[tokio::test]
async fn payloads_that_two_readers_may_read_differently_are_refused() {
    let bench = Bench::start().await;
    let sign = |payload: &[u8]| {
        let header = json!({"typ": "at+JWT", "alg": "EdDSA", "kid": "k"}).to_string();
        bench
            .key
            .sign(&format!("{}.{}", base64url(header.as_bytes()), base64url(payload)))
    };
    let good = bench.claims(&json!({})).to_string();
    assert!(bench.admits(&sign(good.as_bytes())).await);
    let with = |member: &str| good.replacen('{', &format!("{{{member},"), 1);
    let nested = format!("\"aud2\":{}1{}", "[".repeat(4000), "]".repeat(4000));
    let depth = format!("{}{good}{}", "[".repeat(4000), "]".repeat(4000));
    for payload in [
        with("\"sub\":\"bob\"").into_bytes(),
        with("\"aud\":\"x\"").into_bytes(),
        with("\"exp\":1").into_bytes(),
        with("\"s\\u0075b\":\"bob\"").into_bytes(),
        format!("{good}{good}").into_bytes(),
        format!("\u{feff}{good}").into_bytes(),
        format!("[{good}]").into_bytes(),
        depth.into_bytes(),
        good.replace("alice", "al\u{0}ice").into_bytes(),
        [good.as_bytes(), b"\xff"].concat(),
        b"null".to_vec(),
        b"".to_vec(),
    ] {
        let shown = String::from_utf8_lossy(&payload).into_owned();
        assert_eq!(
            bench.refusal(&sign(&payload)).await,
            "The access token is malformed",
            "{shown:.80}"
        );
    }
    // What is not looked at may be as deep as it likes.
    assert!(bench.admits(&sign(with(&nested).as_bytes())).await);
}

#[tokio::test]
async fn no_scope_grants_what_it_does_not_say_and_none_leaves_its_quotes() {
    let bench = Bench::start().await;
    let create = json!({"name": "nc_notes_create_note", "arguments": {"title": "x", "content": "", "category": ""}});
    for scope in [
        "notes:read notes:writ",
        "NOTES:WRITE notes:Write",
        "notes:* * notes",
        "notes:write,notes:read",
        "notes:write\u{0} notes:write\u{a0}x \u{2028}notes:write",
        "notes:read\", error=\"none\", resource_metadata=\"https://evil.example",
        "notes:read\\\" x=\\",
        "b\u{f6}se:read \u{202e}etirw:seton",
        "x\u{7f}\u{1b}[31m\u{1}",
    ] {
        let mcp = bench.server.with_token(&bench.token(&json!({"scope": scope})));
        let response = mcp.send("tools/call", create.clone()).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{scope}");
        let raw = response.headers()["www-authenticate"].as_bytes();
        assert!(raw.iter().all(|byte| matches!(byte, b' '..=b'~')), "{scope}");
        let challenge = challenge(response.headers());
        let names: Vec<&str> = challenge.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            ["error", "error_description", "resource_metadata", "scope"],
            "{scope}"
        );
        assert_eq!(challenge["error"], "insufficient_scope");
        let metadata = format!("{}/.well-known/oauth-protected-resource/mcp", bench.server.url);
        assert_eq!(challenge["resource_metadata"], metadata);
    }
}

#[tokio::test]
async fn a_token_too_long_to_be_one_is_not_looked_at() {
    let bench = Bench::start().await;
    let padded = |length: usize| bench.token(&json!({"x": "x".repeat(length)}));
    assert!(bench.admits(&padded(8_000)).await);
    assert_eq!(bench.refusal(&padded(13_000)).await, "The access token is malformed");
}

/// Only the provider knows of a revocation, and it is asked again when the memory of a token ends. (A JWT is good until it
/// expires: that is what its signature says.)
#[tokio::test]
async fn a_revoked_token_is_good_no_longer_than_it_is_remembered() {
    for seconds in ["0", "1"] {
        let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
        let server = TestServer::start(&nextcloud, &[("TOKEN_CACHE_TTL_SECONDS", seconds)]).await;
        server.until_ready().await;
        let login = server.login(&nextcloud.user, READ, TokenKind::Opaque).await;
        let mcp = server.with_token(&login.access_token);
        assert_eq!(mcp.send("ping", json!({})).await.status(), StatusCode::OK);
        assert!(nextcloud.state().oidc_admin().revoke(&login.access_token));
        let mut looks = 0;
        while mcp.send("ping", json!({})).await.status() == StatusCode::OK {
            looks += 1;
            assert!(seconds != "0" && looks < 300, "still good after {looks} looks");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
