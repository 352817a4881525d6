//! A token lacks a scope, and another login does not bring it: the person, or the provider, grants less than was asked.

use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde_json::json;

use crate::support::{McpClient, TestNextcloud, TestServer, TokenKind, challenge};

const SCOPE: &str = "openid profile email notes:read offline_access";

/// The challenge to a call that needs `notes:write`.
async fn refusal(mcp: &McpClient) -> http::HeaderMap {
    let arguments = json!({"title": "never", "content": "", "category": ""});
    let call = json!({"name": "nc_notes_create_note", "arguments": arguments});
    let response = mcp.send("tools/call", call).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    response.headers().clone()
}

/// How often to ask is for the client to decide ("clients SHOULD implement retry limits"). What it needs from us is a
/// challenge that says the same as long as nothing has changed, in the same bytes: that is how it sees that another login
/// brought nothing.
#[tokio::test]
async fn the_challenge_stays_the_same_until_more_is_granted() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let first = server.login(&nextcloud.user, SCOPE, TokenKind::Jwt).await;
    let mcp = server.with_token(&first.access_token);
    let told = refusal(&mcp).await;
    assert_eq!(refusal(&mcp).await[WWW_AUTHENTICATE], told[WWW_AUTHENTICATE]);

    // The client asks for what the challenge names, and gets what it had.
    let asked = challenge(&told)["scope"].clone();
    assert_eq!(asked, "email notes:read notes:write openid profile");
    let second = server.login(&nextcloud.user, SCOPE, TokenKind::Jwt).await;
    assert_ne!(second.access_token, first.access_token);
    let again = refusal(&server.with_token(&second.access_token)).await;
    assert_eq!(again[WWW_AUTHENTICATE], told[WWW_AUTHENTICATE]);

    // Asking for exactly that is enough.
    let third = server.login(&nextcloud.user, &asked, TokenKind::Jwt).await;
    let tools = server.with_token(&third.access_token).tool_names().await;
    assert!(tools.contains(&"nc_notes_create_note".to_owned()), "{tools:?}");
}
