//! The Cookbook tools and resources, through MCP over HTTP.

mod app;
mod arguments;
mod lists;
mod recipes;

use crate::support::{McpClient, TestNextcloud, TestServer};
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email cookbook:read cookbook:write";

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

    async fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.mcp.call(&format!("nc_cookbook_{tool}"), arguments).await.ok()
    }

    async fn error(&self, tool: &str, arguments: Value) -> String {
        self.mcp.call(&format!("nc_cookbook_{tool}"), arguments).await.error()
    }

    async fn create(&self, recipe: Value) -> i64 {
        self.ok("create_recipe", recipe).await["id"].as_i64().unwrap()
    }

    async fn get(&self, id: i64) -> Value {
        self.ok("get_recipe", json!({"recipe_id": id})).await
    }

    async fn delete(&self, id: i64) {
        self.ok("delete_recipe", json!({"recipe_id": id})).await;
    }

    /// Asks Nextcloud itself, as another program of the user would.
    async fn directly(&self, method: &str, path: &str, body: Value) -> Value {
        let path = format!("/cookbook/api/v1{path}");
        self.nextcloud.ask(&self.nextcloud.user, method, &path, &body).await
    }
}

fn ids(list: &Value) -> Vec<i64> {
    list["recipes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|recipe| recipe["recipe_id"].as_i64().unwrap())
        .collect()
}
