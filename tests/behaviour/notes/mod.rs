//! The Notes tools and resources, through MCP over HTTP.

mod access;
mod arguments;
mod finding;
mod writing;

use crate::support::{McpClient, TestNextcloud, TestServer, unique};
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email notes:read notes:write";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        Self { nextcloud, server, mcp }
    }

    /// A note whose title is returned with it.
    async fn note(&self, content: &str) -> (i64, String, String) {
        let title = unique("note");
        let note = self
            .mcp
            .call(
                "nc_notes_create_note",
                json!({"title": title, "content": content, "category": ""}),
            )
            .await
            .ok();
        assert_eq!(note["title"], json!(title));
        (
            note["id"].as_i64().unwrap(),
            title,
            note["etag"].as_str().unwrap().to_owned(),
        )
    }

    async fn read(&self, id: i64) -> Value {
        self.mcp.call("nc_notes_get_note", json!({"note_id": id})).await.ok()
    }

    async fn delete(&self, id: i64) {
        self.mcp.call("nc_notes_delete_note", json!({"note_id": id})).await.ok();
    }
}
