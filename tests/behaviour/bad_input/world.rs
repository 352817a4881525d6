//! One sandbox with one server in front of it, for one user.

use std::time::Duration;

use nextcloud_sandbox::SandboxOptions;
use serde_json::{Value, json};

use super::answer::Answer;
use crate::support::{McpClient, TestNextcloud, TestServer, http_client};

/// A guard against a call that never ends, not a measurement: every tool answers long before.
const HANG: Duration = Duration::from_mins(1);

/// A tool, as `tools/list` describes it.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) schema: Value,
    pub(super) read_only: bool,
}

pub(super) struct World {
    pub(super) nextcloud: TestNextcloud,
    pub(super) mcp: McpClient,
    _server: TestServer,
}

impl World {
    pub(super) async fn start() -> Self {
        Self::with(SandboxOptions::new(), &[]).await
    }

    /// A world with other options and more variables for the server.
    pub(super) async fn with(options: SandboxOptions, variables: &[(&str, &str)]) -> Self {
        let nextcloud = TestNextcloud::sandbox(options).await;
        let user = nextcloud.user.clone();
        let login = [
            ("NEXTCLOUD_USERNAME", user.name.as_str()),
            ("NEXTCLOUD_PASSWORD", user.password.as_str()),
        ];
        let server = TestServer::start(&nextcloud, &[&login, variables].concat()).await;
        Self {
            mcp: server.anonymous(),
            nextcloud,
            _server: server,
        }
    }

    /// The tools whose names begin so.
    pub(super) async fn tools(&self, prefix: &str) -> Vec<Listed> {
        let list = self.mcp.result("tools/list", json!({})).await;
        let tools = list["tools"].as_array().unwrap().iter();
        tools
            .map(|tool| Listed {
                name: tool["name"].as_str().unwrap().to_owned(),
                schema: tool["inputSchema"].clone(),
                read_only: tool["annotations"]["readOnlyHint"] == json!(true),
            })
            .filter(|tool| tool.name.starts_with(prefix))
            .collect()
    }

    /// What a tool gives for arguments that are right.
    pub(super) async fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.mcp.call(tool, arguments).await.ok()
    }

    /// Calls a tool with `arguments`, which is text so that it can be anything.
    pub(super) async fn call(&self, tool: &str, arguments: &str) -> Answer {
        call(&self.mcp, tool, arguments).await
    }

    /// Another server for the same user, in front of what is at `nextcloud_url`.
    pub(super) async fn server(&self, nextcloud_url: &str, variables: &[(&str, &str)]) -> TestServer {
        let user = &self.nextcloud.user;
        let login = [
            ("NEXTCLOUD_USERNAME", user.name.as_str()),
            ("NEXTCLOUD_PASSWORD", user.password.as_str()),
        ];
        let data = tempfile::tempdir().unwrap();
        TestServer::start_at(nextcloud_url, &[&login, variables].concat(), data).await
    }

    /// Asks Nextcloud itself, as its own pages would.
    pub(super) async fn directly(&self, method: &str, path: &str, body: Value) -> Value {
        let user = &self.nextcloud.user;
        let response = http_client()
            .request(method.parse().unwrap(), format!("{}{path}", self.nextcloud.url))
            .basic_auth(&user.name, Some(&user.password))
            .header("OCS-APIRequest", "true")
            .json(&body)
            .send()
            .await
            .unwrap();
        response.error_for_status().unwrap().json().await.unwrap()
    }
}

/// Calls a tool with `arguments`, which is text so that it can be anything.
pub(super) async fn call(mcp: &McpClient, tool: &str, arguments: &str) -> Answer {
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}}}}}"#
    );
    let request = mcp
        .http
        .post(&mcp.url)
        .header("accept", "application/json, text/event-stream")
        .header("content-type", "application/json")
        .header("mcp-protocol-version", "2025-11-25")
        .body(body);
    let answer = async {
        let response = request.send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    };
    let Ok((status, text)) = tokio::time::timeout(HANG, answer).await else {
        panic!("{tool} does not answer");
    };
    Answer::new(status, &text)
}
