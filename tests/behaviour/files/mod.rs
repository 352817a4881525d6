//! The Files tools, through MCP over HTTP.

mod access;
mod annotations;
mod arguments;
mod contents;
mod finding;
mod hostile;
mod names;
mod overwriting;
mod places;
mod refusals;

use crate::support::{McpClient, Outcome, TestNextcloud, TestServer, unique};
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email files:read files:write";

/// A server and a folder of its own in the user's files, removed by [`Fixture::clean`].
struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
    folder: String,
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        let folder = unique("files test");
        mcp.call("nc_webdav_create_directory", json!({"path": folder}))
            .await
            .ok();
        Self {
            nextcloud,
            server,
            mcp,
            folder,
        }
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    async fn call(&self, tool: &str, arguments: Value) -> Outcome {
        self.mcp.call(&format!("nc_webdav_{tool}"), arguments).await
    }

    async fn write(&self, name: &str, content: &str) -> Value {
        let written = self
            .call("write_file", json!({"path": self.path(name), "content": content}))
            .await;
        written.ok()
    }

    async fn read(&self, name: &str) -> Value {
        self.call("read_file", json!({"path": self.path(name)})).await.ok()
    }

    async fn clean(self) {
        self.call("delete_resource", json!({"path": self.folder})).await.ok();
    }
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["name"].as_str().unwrap())
        .collect()
}
