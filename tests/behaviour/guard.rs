//! The door of `/mcp`: metadata, challenges, tokens, scopes, hosts and bodies.

use std::time::Duration;

use crate::support::{Login, McpClient, TestNextcloud, TestServer, TokenKind, challenge, http_client};
use http::StatusCode;
use http::header::{AUTHORIZATION, RETRY_AFTER};
use nextcloud_sandbox::SandboxOptions;
use nextcloud_sandbox::faults::Fault;
use serde_json::{Value, json};

const READ: &str = "openid profile email notes:read";
const ALL: &str = "openid profile email notes:read notes:write";

#[tokio::test]
async fn a_client_learns_how_to_log_in() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let http = http_client();

    for method in [http::Method::GET, http::Method::POST, http::Method::DELETE] {
        let response = http.request(method.clone(), server.mcp_url()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{method}");
        let challenge = challenge(response.headers());
        let metadata = format!("{}/.well-known/oauth-protected-resource/mcp", server.url);
        assert_eq!(challenge["resource_metadata"], metadata);
        assert!(challenge["scope"].contains("notes:read notes:write"), "{challenge:?}");
        assert!(!challenge.contains_key("error"), "nothing was wrong: {challenge:?}");
    }
    for path in ["/oauth-protected-resource/mcp", "/oauth-protected-resource"] {
        let url = format!("{}/.well-known{path}", server.url);
        let document: Value = http.get(url).send().await.unwrap().json().await.unwrap();
        assert_eq!(document["resource"], json!(server.mcp_url()));
        assert_eq!(document["authorization_servers"], json!([nextcloud.url]));
        let scopes = document["scopes_supported"].as_array().unwrap();
        assert!(scopes.contains(&json!("notes:write")), "{document}");
        assert!(!scopes.contains(&json!("offline_access")), "{document}");
    }
    for path in ["openid-configuration", "oauth-authorization-server", "anything"] {
        let url = format!("{}/.well-known/{path}", server.url);
        assert_eq!(
            http.get(url).send().await.unwrap().status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_client_goes_on_with_its_refresh_token_once() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    for kind in [TokenKind::Jwt, TokenKind::Opaque] {
        let scope = format!("{READ} offline_access");
        let login = server.login(&nextcloud.user, &scope, kind).await;
        let next = login.refresh().await.unwrap();
        let names = server.with_token(&next.access_token).tool_names().await;
        assert!(names.contains(&"nc_notes_get_note".to_owned()), "{kind:?} {names:?}");

        let replayed = login.refresh().await.unwrap_err();
        assert!(replayed.is_client_error(), "{kind:?} {replayed}");
    }
}

#[tokio::test]
async fn each_token_kind_opens_the_tools_of_its_scopes() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    for kind in [TokenKind::Jwt, TokenKind::Opaque] {
        let login = server.login(&nextcloud.user, READ, kind).await;
        for mcp in [
            server.with_token(&login.access_token),
            server.with_token(&login.access_token).modern(),
        ] {
            let names = mcp.tool_names().await;
            assert!(names.contains(&"nc_notes_get_note".to_owned()), "{kind:?} {names:?}");
            assert!(
                !names
                    .iter()
                    .any(|name| name.contains("create") || name.contains("delete")),
                "{kind:?} {names:?}"
            );
            mcp.call("nc_notes_list_notes", json!({})).await.ok();

            let refused = mcp
                .send(
                    "tools/call",
                    json!({"name": "nc_notes_create_note", "arguments": {"title": "x", "content": "", "category": ""}}),
                )
                .await;
            assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{kind:?}");
            let challenge = challenge(refused.headers());
            assert_eq!(challenge["error"], "insufficient_scope");
            let asked: Vec<&str> = challenge["scope"].split(' ').collect();
            for scope in ["notes:read", "notes:write", "openid"] {
                assert!(asked.contains(&scope), "{challenge:?}");
            }
        }
    }
}

#[tokio::test]
async fn lists_differ_between_callers_so_nobody_may_cache_them_for_others() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mcp = server.client_of(&nextcloud.user, READ).await.modern();
    let list = mcp.result("tools/list", json!({})).await;
    assert_eq!(list["cacheScope"], "private");
    let tool = &list["tools"][0];
    assert!(
        tool["outputSchema"].is_object() && tool["annotations"]["readOnlyHint"] == true,
        "{tool}"
    );
    let discovered = mcp.result("server/discover", json!({})).await;
    let server_info = &discovered["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!(server_info["name"], "nextcloud-mcp-server", "{discovered}");
}

#[tokio::test]
async fn dotted_scopes_are_the_same_scopes() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::start(&nextcloud, &[("NEXTCLOUD_MCP_SCOPE_SEPARATOR", ".")]).await;
    server.until_ready().await;
    let response = server.anonymous().send("tools/list", json!({})).await;
    assert!(challenge(response.headers())["scope"].contains("notes.read notes.write"));
    let mcp = server
        .client_of(&nextcloud.user, "openid profile email notes.read")
        .await;
    assert!(mcp.tool_names().await.contains(&"nc_notes_get_note".to_owned()));
}

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
async fn tokens_that_are_not_for_us_are_refused_with_a_reason() {
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
async fn an_expired_token_says_so() {
    let options = SandboxOptions::new().expire_time(Duration::from_secs(1));
    let nextcloud = TestNextcloud::sandbox(options).await;
    let server = TestServer::oauth(&nextcloud).await;
    let login = server.login(&nextcloud.user, READ, TokenKind::Jwt).await;
    for _ in 0..200 {
        let response = server
            .with_token(&login.access_token)
            .send("tools/list", json!({}))
            .await;
        if response.status() == StatusCode::UNAUTHORIZED {
            let challenge = challenge(response.headers());
            assert_eq!(challenge["error"], "invalid_token");
            assert!(challenge["error_description"].contains("expired"), "{challenge:?}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the token did not expire");
}

#[tokio::test]
async fn malformed_authorization_is_told_from_missing() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mcp = server.anonymous();
    let twice = mcp
        .request("tools/list", json!({}))
        .header(AUTHORIZATION, "Bearer a")
        .header(AUTHORIZATION, "Bearer b");
    assert_eq!(twice.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    let bytes = reqwest::header::HeaderValue::from_bytes(b"Bearer \xff\xfe").unwrap();
    let bytes = mcp.request("tools/list", json!({})).header(AUTHORIZATION, bytes);
    assert_eq!(bytes.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let query = format!("{}?access_token=x", server.mcp_url());
    let query = McpClient::new(query, None).send("tools/list", json!({})).await;
    assert_eq!(query.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn foreign_hosts_and_pages_are_refused_before_anything_else() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mcp = server.anonymous();
    for (name, value) in [
        ("host", "evil.example"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let request = mcp.request("tools/list", json!({})).header(name, value);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{name}: {value}");
    }
    let inspector = mcp
        .request("tools/list", json!({}))
        .header("origin", "http://localhost:6274");
    assert_eq!(inspector.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn bodies_are_bounded_and_read_only_for_callers() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::start(&nextcloud, &[("WEBDAV_WRITE_MAX_MB", "1")]).await;
    server.until_ready().await;
    let large = json!({"name": "nc_notes_get_note", "arguments": {"note_id": "x".repeat(12 * 1024 * 1024)}});

    // Refused from its head alone: the connection may be closed under the rest of the body.
    if let Ok(response) = server.anonymous().request("tools/call", large.clone()).send().await {
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    }
    let mcp = server.client_of(&nextcloud.user, READ).await;
    if let Ok(response) = mcp.request("tools/call", large).send().await {
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    mcp.call("nc_notes_list_notes", json!({})).await.ok();
}

#[tokio::test]
async fn a_nextcloud_that_comes_up_later_is_waited_for() {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let faults = nextcloud.state().faults();
    faults.set("/", Fault::Status(StatusCode::SERVICE_UNAVAILABLE));
    let server = TestServer::start(&nextcloud, &[("OIDC_DISCOVERY_BACKOFF_BASE", "1")]).await;
    let http = http_client();
    let get = |path: &str| http.get(format!("{}{path}", server.url)).send();
    assert_eq!(get("/health/live").await.unwrap().status(), StatusCode::OK);
    assert_eq!(
        get("/health/ready").await.unwrap().status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    let waiting = server.with_token("some-token").send("tools/list", json!({})).await;
    assert_eq!(waiting.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(waiting.headers().contains_key(RETRY_AFTER));

    faults.clear_all();
    server.until_ready().await;
    let mcp = server.client_of(&nextcloud.user, READ).await;
    mcp.call("nc_notes_list_notes", json!({})).await.ok();
}

#[tokio::test]
async fn two_hundred_requests_with_a_new_token_ask_the_provider_once() {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let server = TestServer::oauth(&nextcloud).await;
    let requests = nextcloud.state().requests();
    for (kind, path) in [
        (TokenKind::Opaque, "/apps/oidc/introspect"),
        (TokenKind::Jwt, "/apps/oidc/jwks"),
    ] {
        let login = server.login(&nextcloud.user, READ, kind).await;
        requests.reset();
        let calls = (0..200).map(|_| {
            let mcp = server.with_token(&login.access_token);
            tokio::spawn(async move { mcp.send("tools/list", json!({})).await.status() })
        });
        for call in calls.collect::<Vec<_>>() {
            assert_eq!(call.await.unwrap(), StatusCode::OK);
        }
        let asked = requests.count(path);
        assert!(asked <= 1, "{kind:?}: {asked} requests to {path}");
        assert_eq!(kind == TokenKind::Opaque, asked == 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_slow_answer_delays_no_other_call() {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let server = TestServer::oauth(&nextcloud).await;
    let mcp = server.client_of(&nextcloud.user, ALL).await;
    let other = server.client_of(&nextcloud.other, ALL).await;
    let held = nextcloud.state().faults().hold("/apps/notes/api/v1/settings");
    let slow = {
        let mcp = mcp.clone();
        tokio::spawn(async move { mcp.rpc("resources/read", json!({"uri": "notes://settings"})).await })
    };
    held.arrived(1).await;
    mcp.call("nc_notes_list_notes", json!({})).await.ok();
    other.call("nc_notes_list_notes", json!({})).await.ok();
    assert!(!slow.is_finished());
    held.release();
    assert!(slow.await.unwrap().get("result").is_some());
}

#[tokio::test]
async fn a_single_user_needs_no_token() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::single_user(&nextcloud).await;
    let mcp = server.anonymous();
    assert!(mcp.tool_names().await.contains(&"nc_notes_create_note".to_owned()));
    mcp.call("nc_notes_list_notes", json!({})).await.ok();
    let http = http_client();
    let metadata = format!("{}/.well-known/oauth-protected-resource", server.url);
    assert_eq!(http.get(metadata).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_own_door_sends_logins_on_and_ends_nowhere_else() {
    let nextcloud = TestNextcloud::start().await;
    let allowed = "cli,web|https://app.example/cb";
    let server = TestServer::start(&nextcloud, &[("ALLOWED_MCP_CLIENTS", allowed)]).await;
    server.until_ready().await;
    let http = http_client();
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let good = [
        ("response_type", "code"),
        ("client_id", "web"),
        ("redirect_uri", "https://app.example/cb"),
        ("state", "a b"),
        ("scope", "openid notes:read"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ];
    let ask = |changes: &[(&str, &str)]| {
        let kept = good
            .iter()
            .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let given = kept.chain(changes).filter(|(_, value)| !value.is_empty());
        let mut url = reqwest::Url::parse(&format!("{}/oauth/authorize", server.url)).unwrap();
        url.query_pairs_mut().extend_pairs(given);
        http.get(url).send()
    };

    let sent_on = ask(&[]).await.unwrap();
    assert_eq!(sent_on.status(), StatusCode::FOUND);
    let location = reqwest::Url::parse(sent_on.headers()["location"].to_str().unwrap()).unwrap();
    assert!(location.as_str().starts_with(&nextcloud.url), "{location}");
    let sent: std::collections::BTreeMap<_, _> = location.query_pairs().into_owned().collect();
    assert_eq!(sent["scope"], "openid notes:read", "never widened");
    assert_eq!(sent["state"], "a b");
    assert_eq!(sent["resource"], server.mcp_url());
    assert_eq!(sent["code_challenge"], challenge);
    assert_eq!(sent["client_id"], "web");

    // The client's address is not certain: the person is told, and nothing is sent there.
    for changes in [
        &[("client_id", "stranger")][..],
        &[("client_id", "")],
        &[("redirect_uri", "https://evil.example/cb")],
        &[("redirect_uri", "//evil.example/cb")],
        &[("redirect_uri", "https://app.example@evil.example/cb")],
        &[("redirect_uri", "https://app.example/cb%2f..%2fevil")],
        &[("redirect_uri", "http://localhost.evil.example/")],
        &[("redirect_uri", "")],
    ] {
        let response = ask(changes).await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{changes:?}");
        assert!(!response.headers().contains_key("location"), "{changes:?}");
    }
    // The client is certain: it is told what to mend.
    for (changes, error) in [
        (&[("response_type", "token")][..], "unsupported_response_type"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("resource", "https://other.example/mcp")], "invalid_target"),
    ] {
        let response = ask(changes).await.unwrap();
        let location = response.headers()["location"].to_str().unwrap();
        assert!(location.starts_with("https://app.example/cb?error="), "{location}");
        assert!(location.contains(error) && location.contains("state=a+b"), "{location}");
    }
}
