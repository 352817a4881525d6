//! The door of `/mcp`: metadata, challenges, tokens, scopes, hosts and bodies.

use std::time::Duration;

use crate::support::{TestNextcloud, TestServer, TokenKind, challenge, http_client};
use http::StatusCode;
use http::header::RETRY_AFTER;
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
