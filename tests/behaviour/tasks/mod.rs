//! The tools for tasks, through MCP over HTTP.

mod access;
mod arguments;
mod life;
mod lists;

use crate::support::{McpClient, TestNextcloud, TestServer, unique};
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email calendar:read calendar:write todo:read todo:write";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
    /// A list of this test's own.
    list: String,
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        let made = json!({"action": "create", "display_name": unique("Tasks")});
        let made = mcp.call("nc_calendar_manage_calendar", made).await.ok();
        let list = made["calendar"]["name"].as_str().unwrap().to_owned();
        Self {
            nextcloud,
            server,
            mcp,
            list,
        }
    }

    async fn finish(self) {
        let purge = json!({"action": "delete_permanently", "calendar_name": self.list});
        self.call("manage_calendar", purge).await;
    }

    async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.mcp.call(&format!("nc_calendar_{tool}"), arguments).await.ok()
    }

    async fn error(&self, tool: &str, arguments: Value) -> String {
        self.mcp.call(&format!("nc_calendar_{tool}"), arguments).await.error()
    }

    fn with(&self, fields: &Value) -> Value {
        let mut arguments = json!({"calendar_name": self.list});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        arguments
    }

    async fn task(&self, fields: Value) -> Value {
        self.call("create_todo", self.with(&fields)).await
    }

    async fn one(&self, uid: &Value) -> Value {
        let list = self.call("list_todos", self.with(&json!({}))).await;
        let todos = list["todos"].as_array().unwrap().iter();
        todos.clone().find(|todo| todo["uid"] == *uid).unwrap().clone()
    }
}
