//! The Notes tools and resources, through MCP over HTTP.
//!
//! | | tried with | except |
//! |---|---|---|
//! | not found, another account's | every tool that takes an id: [`access`]; the others show no note of another account | a new note |
//! | forbidden | append, update and delete on a note shared to read; only the sandbox makes such a note: [`access`] | a new note; what reads |
//! | conflict | update with a stale etag, two appends at once, a taken title: [`writing`]; a locked folder: [`access`] | what reads |
//! | invalid | every tool: [`arguments`] | |

mod access;
mod arguments;
mod finding;
mod writing;

use crate::support::calls::{self, Calls};
use crate::support::{McpClient, TestNextcloud, TestServer, unique};
use nextcloud_sandbox::SandboxOptions;
use serde_json::{Value, json};

/// An id that no file has.
const NOWHERE: i64 = 2_000_000_000;

const SCOPE: &str = "openid profile email notes:read notes:write";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
}

impl Fixture {
    async fn start() -> Self {
        Self::before(TestNextcloud::start().await).await
    }

    /// In front of a sandbox even where the environment names a real Nextcloud: for tests that break things.
    async fn sandbox() -> Self {
        Self::before(TestNextcloud::sandbox(SandboxOptions::new()).await).await
    }

    async fn before(nextcloud: TestNextcloud) -> Self {
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

    /// One call for every tool, about the note with this id.
    async fn calls(&self, id: i64, etag: &str) -> Calls {
        let calls = vec![
            (
                "nc_notes_create_note",
                json!({"title": "x", "content": "x", "category": ""}),
            ),
            ("nc_notes_list_notes", json!({})),
            ("nc_notes_search_notes", json!({"query": "x"})),
            ("nc_notes_get_note", json!({"note_id": id})),
            (
                "nc_notes_get_attachment",
                json!({"note_id": id, "attachment_filename": "x.png"}),
            ),
            ("nc_notes_append_content", json!({"note_id": id, "content": "x"})),
            (
                "nc_notes_update_note",
                json!({"note_id": id, "etag": etag, "content": "x"}),
            ),
            ("nc_notes_delete_note", json!({"note_id": id})),
        ];
        calls::offered(&self.mcp, "nc_notes_", calls).await
    }

    async fn delete(&self, id: i64) {
        self.mcp.call("nc_notes_delete_note", json!({"note_id": id})).await.ok();
    }
}
