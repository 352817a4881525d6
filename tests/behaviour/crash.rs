//! `kill -9` at any moment of the start: afterwards the server comes up and works, and what was acknowledged is there.

use std::path::Path;
use std::time::Duration;

use crate::support::process::free_port;
use crate::support::{Login, McpClient, Process, TestNextcloud, TokenKind};
use actors::randomness::{Randomness, SystemRandomness};
use nextcloud_sandbox::SandboxOptions;
use serde_json::json;

/// A server with a database in `data`.
fn start(nextcloud: &TestNextcloud, data: &Path, port: u16) -> Process {
    let url = format!("http://127.0.0.1:{port}");
    let database = data.join("credentials.redb");
    let variables = [
        ("NEXTCLOUD_MCP_SERVER_URL", url.as_str()),
        ("NEXTCLOUD_TOKEN_PASSTHROUGH", "true"),
        ("TOKEN_STORAGE_DB", database.to_str().unwrap()),
    ];
    Process::start(nextcloud, port, &variables)
}

async fn works(nextcloud: &TestNextcloud, process: &Process) {
    let scope = "openid profile email notes:read";
    let login = Login::walk(&process.url, &nextcloud.user, scope, TokenKind::Opaque).await;
    let mcp = McpClient::new(format!("{}/mcp", process.url), Some(&login.access_token));
    mcp.call("nc_notes_list_notes", json!({})).await.ok();
}

#[tokio::test]
async fn killed_at_any_moment_of_the_registration_it_starts_again_and_works() {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let data = tempfile::tempdir().unwrap();
    let port = free_port();
    for _ in 0..15 {
        let process = start(&nextcloud, data.path(), port);
        let mut byte = [0];
        SystemRandomness.fill(&mut byte);
        tokio::time::sleep(Duration::from_millis(u64::from(byte[0]))).await;
        process.kill();
    }
    let process = start(&nextcloud, data.path(), port);
    process.until_ready().await;
    works(&nextcloud, &process).await;
}

#[tokio::test]
async fn a_client_that_was_acknowledged_is_used_again() {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let data = tempfile::tempdir().unwrap();
    let port = free_port();
    let process = start(&nextcloud, data.path(), port);
    process.until_ready().await;
    process.kill();

    let requests = nextcloud.state().requests();
    requests.reset();
    let process = start(&nextcloud, data.path(), port);
    process.until_ready().await;
    assert_eq!(requests.count("/apps/oidc/register"), 0, "the stored client is used");
    works(&nextcloud, &process).await;
}
