//! Requests to `/mcp`: tokens where none belong, two of them, foreign names, and scopes gone round.

use http::StatusCode;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::bench::Bench;
use crate::support::{McpClient, TestNextcloud, TestServer, http_client};

/// RFC 6750 §2.2 and §2.3 are not offered: addresses end up in logs, and cookies come along unasked.
#[tokio::test]
async fn a_token_counts_in_one_header_only() {
    let bench = Bench::start().await;
    let token = bench.token(&json!({}));
    assert!(bench.admits(&token).await);
    let query = format!("{}?access_token={token}", bench.server.mcp_url());
    let query = McpClient::new(query, None).send("ping", json!({})).await;
    assert_eq!(query.status(), StatusCode::UNAUTHORIZED);

    let ping = || bench.server.anonymous().request("ping", json!({}));
    for (name, value) in [
        (
            "cookie",
            format!("access_token={token}; Authorization=Bearer {token}; token={token}"),
        ),
        ("x-forwarded-authorization", format!("Bearer {token}")),
        ("x-original-authorization", format!("Bearer {token}")),
        ("proxy-authorization", format!("Bearer {token}")),
        ("x-forwarded-user", "alice".to_owned()),
        ("x-remote-user", "alice".to_owned()),
        ("mcp-session-id", token.clone()),
        (AUTHORIZATION.as_str(), format!("Basic {token}")),
        (AUTHORIZATION.as_str(), format!("DPoP {token}")),
    ] {
        let response = ping().header(name, value).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{name}");
    }
    let in_body = json!({"jsonrpc": "2.0", "id": 1, "method": "ping", "access_token": token,
        "params": {"_meta": {"access_token": token, "authorization": format!("Bearer {token}")}}});
    let response = http_client()
        .post(bench.server.mcp_url())
        .json(&in_body)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let form = [("access_token", &token)];
    let response = http_client()
        .post(bench.server.mcp_url())
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn one_authorization_header_with_one_token_and_no_more() {
    let bench = Bench::start().await;
    let (alice, bob) = (bench.token(&json!({})), bench.token(&json!({"sub": "bob"})));
    let ping = || bench.server.anonymous().request("ping", json!({}));
    for (first, second) in [(&alice, &alice), (&alice, &bob)] {
        let twice = ping().bearer_auth(first).bearer_auth(second);
        assert_eq!(twice.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    }
    for (value, status) in [
        (format!("Bearer {alice}, Bearer {bob}"), StatusCode::UNAUTHORIZED),
        (format!("Bearer {alice} {bob}"), StatusCode::UNAUTHORIZED),
        (format!("Bearer\t{alice}"), StatusCode::UNAUTHORIZED),
        (format!("Bearer \"{alice}\""), StatusCode::UNAUTHORIZED),
        (format!("Bearer={alice}"), StatusCode::UNAUTHORIZED),
        (alice.clone(), StatusCode::UNAUTHORIZED),
        ("Bearer".to_owned(), StatusCode::BAD_REQUEST),
        ("Bearer  ".to_owned(), StatusCode::BAD_REQUEST),
    ] {
        let response = ping().header(AUTHORIZATION, &value).send().await.unwrap();
        assert_eq!(response.status(), status, "{value:.40}");
    }
    let bytes = reqwest::header::HeaderValue::from_bytes(b"Bearer \xff\xfe").unwrap();
    let response = ping().header(AUTHORIZATION, bytes).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_header_without_measure_ends_its_own_connection_only() {
    let bench = Bench::start().await;
    for length in [20_000, 200_000, 5_000_000] {
        // The connection may be closed under the rest of it.
        let request = bench.server.with_token(&"x".repeat(length)).request("ping", json!({}));
        if let Ok(response) = request.send().await {
            let status = response.status();
            let refused = [StatusCode::UNAUTHORIZED, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE];
            assert!(refused.contains(&status), "{length}: {status}");
        }
        assert!(bench.admits(&bench.token(&json!({"jti": length}))).await);
    }
}

#[tokio::test]
async fn foreign_hosts_and_pages_are_refused_before_anything_else() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mcp = server.anonymous();
    for (name, value) in [
        ("host", "evil.example"),
        ("host", "127.0.0.1.evil.example"),
        ("host", "localhost.evil.example"),
        ("host", "evil.example@localhost"),
        ("origin", "https://evil.example"),
        ("origin", "http://localhost.evil.example"),
        ("origin", "http://localhost@evil.example"),
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

/// What a browser would send that was told that evil.example is 127.0.0.1: in front of a single user that is all it takes.
#[tokio::test]
async fn a_rebound_name_reaches_nobody() {
    let nextcloud = TestNextcloud::sandbox(nextcloud_sandbox::SandboxOptions::new()).await;
    let server = TestServer::single_user(&nextcloud).await;
    let own = server.url.strip_prefix("http://").unwrap();
    assert_eq!(status_of(own, "POST /mcp HTTP/1.1", &["Host: localhost"]).await, 200);
    for (line, headers) in [
        ("POST /mcp HTTP/1.1", &["Host: evil.example"][..]),
        ("POST /mcp HTTP/1.1", &["Host: localhost", "Host: evil.example"]),
        ("POST /mcp HTTP/1.1", &["Host: localhost, evil.example"]),
        (
            "POST /mcp HTTP/1.1",
            &["Host: localhost", "Origin: http://evil.example"],
        ),
        (
            "POST /mcp HTTP/1.1",
            &[
                "Host: localhost",
                "Origin: http://localhost",
                "Origin: http://evil.example",
            ],
        ),
        (
            "POST /mcp HTTP/1.1",
            &["Host: evil.example", "X-Forwarded-Host: localhost"],
        ),
        ("POST /mcp HTTP/1.1", &["Host:"]),
        ("POST /mcp HTTP/1.0", &[]),
        ("POST http://evil.example/mcp HTTP/1.1", &["Host: localhost"]),
    ] {
        let status = status_of(own, line, headers).await;
        assert!(matches!(status, 400 | 403), "{line} {headers:?}: {status}");
    }
}

/// The status of a `ping` with exactly this request line and these headers.
async fn status_of(address: &str, line: &str, headers: &[&str]) -> u16 {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}).to_string();
    let mut head = vec![line.to_owned()];
    head.extend(headers.iter().map(|header| (*header).to_owned()));
    head.push("Accept: application/json, text/event-stream".to_owned());
    head.push("Content-Type: application/json".to_owned());
    head.push(format!("Content-Length: {}", body.len()));
    head.push("Connection: close".to_owned());
    let request = format!("{}\r\n\r\n{body}", head.join("\r\n"));
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).unwrap_or_else(|| panic!("{answer}"));
    status.parse().unwrap()
}

/// A client that believed a name out of a request would log in somewhere else.
#[tokio::test]
async fn no_header_changes_what_this_server_calls_itself() {
    let bench = Bench::start().await;
    for name in [
        "host",
        "x-forwarded-host",
        "forwarded",
        "x-forwarded-proto",
        "x-original-url",
    ] {
        for path in [
            "/.well-known/oauth-protected-resource/mcp",
            "/mcp",
            "/",
            "/oauth/callback?state=x",
        ] {
            let request = http_client().get(format!("{}{path}", bench.server.url));
            let response = request.header(name, "evil.example").send().await.unwrap();
            let headers = format!("{:?}", response.headers());
            let body = response.text().await.unwrap();
            assert!(
                !headers.contains("evil.example") && !body.contains("evil.example"),
                "{name} {path}"
            );
        }
    }
}

/// Every reader of a request has to see the same tool in it, or the scopes of one would open another.
#[tokio::test]
async fn a_tool_without_its_scope_is_not_called_however_it_is_named() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let reader = server
        .client_of(&nextcloud.user, "openid profile email notes:read")
        .await;
    let title = crate::support::unique("smuggled");
    let arguments = json!({"title": title, "content": "", "category": ""}).to_string();
    let write = format!(r#""name":"nc_notes_create_note","arguments":{arguments}"#);
    let read = r#""name":"nc_notes_list_notes""#;
    let call = |params: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{{params}}}}}"#);
    let bodies = [
        call(&write),
        call(&format!("{read},{write}")),
        call(&format!("{write},{read}")),
        call(&write.replace("nc_notes", "nc\\u005fnotes")),
        call(&write).replacen("\"method\"", "\"method\":\"ping\",\"method\"", 1),
        call(&write).replacen("}}", "},\"method\":\"ping\"}", 1),
        call(&write).replacen("\"params\"", &format!("\"params\":{{{read}}},\"params\""), 1),
        format!("[{}]", call(&write)),
        format!("\u{feff}{}", call(&write)),
        format!("{}\n{}", call(read), call(&write)),
    ];
    for era in [reader.clone(), reader.clone().modern()] {
        for body in &bodies {
            // Headers that say something harmless, as the modern protocol has them.
            let request = era.request("tools/call", json!({"name": "nc_notes_list_notes"}));
            let response = request.body(body.clone()).send().await.unwrap();
            let refused = !response.status().is_success();
            let answer = response.text().await.unwrap();
            let failed = refused || answer.contains("\"error\"") || answer.contains("\"isError\":true");
            assert!(failed, "{body}: {answer}");
        }
    }
    let list = reader.call("nc_notes_list_notes", json!({})).await.ok();
    assert!(!list.to_string().contains(&title), "{list}");
}

/// A session id is no credential: the token says who it is, in each request.
#[tokio::test]
async fn somebody_elses_session_id_gives_nothing_away() {
    let bench = Bench::delegating().await;
    bench.provision("alice", 3600).await;
    bench.provision("bob", 3600).await;
    let initialize = json!({"protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"}});
    let response = bench.client_of("alice").send("initialize", initialize).await;
    let given = response.headers().get("mcp-session-id").cloned();
    assert_eq!(given, None, "there are none to steal");
    for id in ["alice", "1", "../alice"] {
        let request = bench
            .client_of("bob")
            .request("tools/call", json!({"name": "nc_notes_list_notes", "arguments": {}}))
            .header("mcp-session-id", id);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let text = answer.to_string();
        assert!(text.contains("bob") && !text.contains("alice"), "{text}");
    }
}
