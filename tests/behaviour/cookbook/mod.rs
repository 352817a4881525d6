//! The Cookbook tools and resources, through MCP over HTTP.
//!
//! | | tried with | except |
//! |---|---|---|
//! | not found, another account's | every tool that takes an id; the others find and count nothing of another account: [`access`] | settings, index and import, which are the account's own |
//! | forbidden | as not found: Cookbook shows an account its own folder only | |
//! | conflict | create, rename and import with a name that is taken: [`recipes`], [`app`] | what reads; delete, settings and index: Cookbook has neither etags nor locks |
//! | invalid | every tool: [`access`], [`arguments`] | |

mod access;
mod app;
mod arguments;
mod lists;
mod recipes;

use crate::support::calls::{self, Calls};
use crate::support::{McpClient, TestNextcloud, TestServer};
use nextcloud_sandbox::SandboxOptions;
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email cookbook:read cookbook:write";

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

    /// Every recipe of a list, however many pages it has.
    async fn every(&self, tool: &str, arguments: Value) -> Vec<Value> {
        let tool = format!("nc_cookbook_{tool}");
        self.mcp.every(&tool, &arguments, "recipes").await
    }

    async fn delete(&self, id: i64) {
        self.ok("delete_recipe", json!({"recipe_id": id})).await;
    }

    /// One call for every tool, about the recipe with this id where one is needed.
    async fn calls(&self, id: i64) -> Calls {
        let calls = vec![
            (
                "nc_cookbook_import_recipe",
                json!({"url": "https://recipes.example.org/leek-soup"}),
            ),
            ("nc_cookbook_list_recipes", json!({})),
            ("nc_cookbook_get_recipe", json!({"recipe_id": id})),
            ("nc_cookbook_create_recipe", json!({"name": "x"})),
            (
                "nc_cookbook_update_recipe",
                json!({"recipe_id": id, "description": "x"}),
            ),
            ("nc_cookbook_delete_recipe", json!({"recipe_id": id})),
            ("nc_cookbook_search_recipes", json!({"query": "x"})),
            ("nc_cookbook_list_categories", json!({})),
            ("nc_cookbook_get_recipes_in_category", json!({"category": "x"})),
            ("nc_cookbook_list_keywords", json!({})),
            ("nc_cookbook_get_recipes_with_keywords", json!({"keywords": ["x"]})),
            ("nc_cookbook_set_config", json!({"update_interval": 5})),
            ("nc_cookbook_reindex", json!({})),
        ];
        calls::offered(&self.mcp, "nc_cookbook_", calls).await
    }

    /// Asks Nextcloud itself, as another program of the user would.
    async fn directly(&self, method: &str, path: &str, body: Value) -> Value {
        let path = format!("/cookbook/api/v1{path}");
        self.nextcloud.ask(&self.nextcloud.user, method, &path, &body).await
    }
}

fn ids(recipes: &[Value]) -> Vec<i64> {
    recipes
        .iter()
        .map(|recipe| recipe["recipe_id"].as_i64().unwrap())
        .collect()
}
