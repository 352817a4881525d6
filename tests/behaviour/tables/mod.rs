//! The Tables tools, through MCP over HTTP.
//!
//! | | tried with | except |
//! |---|---|---|
//! | not found | every tool that takes an id: [`access`] | the list of tables |
//! | forbidden | every tool, on a table of another account and on one shared to read and add rows: [`access`] | |
//! | conflict | a row that was deleted meanwhile: [`rows`] | all else: Tables has neither etags nor locks, and the last write to a cell stays |
//! | invalid | every tool: [`access`], [`arguments`]; every kind of column: [`rows`] | |

mod access;
mod arguments;
mod reading;
mod rows;

use crate::support::calls::{self, Calls};
use crate::support::{McpClient, TestNextcloud, TestServer, unique};
use nextcloud_sandbox::SandboxOptions;
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email tables:read tables:write";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
}

/// A table of the test's own.
struct Table {
    id: i64,
    title: String,
    /// The ids of [`columns`], in order.
    columns: Vec<i64>,
}

/// Titles and definitions of the columns of a [`Table`].
fn columns() -> Value {
    json!([
        {"type": "text", "subtype": "line", "title": "Name", "mandatory": true, "textMaxLength": 20},
        {"type": "number", "title": "Amount", "mandatory": false, "numberMin": 0, "numberMax": 100, "numberDecimals": 2},
        {"type": "datetime", "subtype": "date", "title": "When", "mandatory": false},
        {"type": "selection", "title": "State", "mandatory": false,
            "selectionOptions": "[{\"id\": 0, \"label\": \"open\"}, {\"id\": 1, \"label\": \"done ☑\"}]"},
        {"type": "selection", "subtype": "check", "title": "Ok", "mandatory": false},
        {"type": "selection", "subtype": "multi", "title": "Tags", "mandatory": false,
            "selectionOptions": "[{\"id\": 0, \"label\": \"a\"}, {\"id\": 1, \"label\": \"b\"}]"},
        {"type": "datetime", "title": "At", "mandatory": false},
        {"type": "number", "subtype": "stars", "title": "Stars", "mandatory": false},
    ])
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

    async fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.mcp.call(&format!("nc_tables_{tool}"), arguments).await.ok()
    }

    async fn error(&self, tool: &str, arguments: Value) -> String {
        self.mcp.call(&format!("nc_tables_{tool}"), arguments).await.error()
    }

    /// Asks Nextcloud itself, as its own pages would.
    async fn directly(&self, method: &str, path: &str, body: Value) -> Value {
        let path = format!("/tables/api/1{path}");
        self.nextcloud.ask(&self.nextcloud.user, method, &path, &body).await
    }

    async fn table(&self) -> Table {
        let title = unique("Stock");
        let table = self
            .directly(
                "POST",
                "/tables",
                json!({"title": title, "emoji": "📦", "template": "custom"}),
            )
            .await;
        let id = table["id"].as_i64().unwrap();
        let mut made = Vec::new();
        for column in columns().as_array().unwrap() {
            let column = self
                .directly("POST", &format!("/tables/{id}/columns"), column.clone())
                .await;
            made.push(column["id"].as_i64().unwrap());
        }
        Table {
            id,
            title,
            columns: made,
        }
    }

    /// One call for every tool, about this table and this row of it.
    async fn calls(&self, table: &Table, row: i64) -> Calls {
        let calls = vec![
            ("nc_tables_list_tables", json!({})),
            ("nc_tables_get_schema", json!({"table_id": table.id})),
            ("nc_tables_read_table", json!({"table_id": table.id})),
            (
                "nc_tables_insert_row",
                json!({"table_id": table.id, "data": {"Name": "x"}}),
            ),
            ("nc_tables_update_row", json!({"row_id": row, "data": {"Name": "x"}})),
            ("nc_tables_delete_row", json!({"row_id": row})),
        ];
        calls::offered(&self.mcp, "nc_tables_", calls).await
    }

    /// Adds a row, and gives its id.
    async fn insert(&self, table: &Table, data: Value) -> i64 {
        let row = json!({"table_id": table.id, "data": data});
        self.ok("insert_row", row).await["id"].as_i64().unwrap()
    }

    async fn rows(&self, table: &Table) -> Vec<Value> {
        let read = self.ok("read_table", json!({"table_id": table.id})).await;
        read["rows"].as_array().unwrap().clone()
    }

    async fn remove(&self, table: &Table) {
        let path = format!("/tables/{}", table.id);
        self.directly("DELETE", &path, json!({})).await;
    }
}
