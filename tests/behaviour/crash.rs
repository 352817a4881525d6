//! `kill -9` at any moment of the start: afterwards the server comes up and works, and what was acknowledged is there.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::{Login, McpClient, TestNextcloud, TokenKind, http_client};
use actors::randomness::{Randomness, SystemRandomness};
use http::StatusCode;
use nextcloud_sandbox::SandboxOptions;
use serde_json::json;

/// The real binary with a database in `data`.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    fn start(nextcloud: &TestNextcloud, data: &Path, port: u16) -> Self {
        let url = format!("http://127.0.0.1:{port}");
        let child = Command::new(env!("CARGO_BIN_EXE_nextcloud-mcp-server"))
            .env_clear()
            .env("NEXTCLOUD_HOST", &nextcloud.url)
            .env("NEXTCLOUD_MCP_SERVER_URL", &url)
            .env("NEXTCLOUD_MCP_PORT", port.to_string())
            .env("NEXTCLOUD_TOKEN_PASSTHROUGH", "true")
            .env("TOKEN_STORAGE_DB", data.join("credentials.redb"))
            .env("METRICS_ENABLED", "false")
            .env("LOG_LEVEL", "error")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, url }
    }

    async fn until_ready(&self) {
        let http = http_client();
        for _ in 0..600 {
            let answer = http.get(format!("{}/health/ready", self.url)).send().await;
            if answer.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the server does not become ready");
    }

    /// SIGKILL: nothing of the process runs after it.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
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
        let process = Process::start(&nextcloud, data.path(), port);
        let mut byte = [0];
        SystemRandomness.fill(&mut byte);
        tokio::time::sleep(Duration::from_millis(u64::from(byte[0]))).await;
        process.kill();
    }
    let process = Process::start(&nextcloud, data.path(), port);
    process.until_ready().await;
    works(&nextcloud, &process).await;
}

#[tokio::test]
async fn a_client_that_was_acknowledged_is_used_again() {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let data = tempfile::tempdir().unwrap();
    let port = free_port();
    let process = Process::start(&nextcloud, data.path(), port);
    process.until_ready().await;
    process.kill();

    let requests = nextcloud.state().requests();
    requests.reset();
    let process = Process::start(&nextcloud, data.path(), port);
    process.until_ready().await;
    assert_eq!(requests.count("/apps/oidc/register"), 0, "the stored client is used");
    works(&nextcloud, &process).await;
}
