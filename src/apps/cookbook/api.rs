//! The HTTP calls of the Cookbook API.

use std::time::Duration;

use actors::nextcloud::{NextcloudClient, NextcloudError, NextcloudResponse};
use http::StatusCode;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::model::{Config, Count, ListedRecipe, SetConfig};

/// How long an import may take: Cookbook fetches the page, and its image, before it answers.
const IMPORT_TIMEOUT: Duration = Duration::from_mins(2);
/// Every recipe file is read again.
const REINDEX_TIMEOUT: Duration = Duration::from_mins(2);

/// A recipe as Cookbook stores and shows it: schema.org's `Recipe`, with whatever else was put in.
pub type StoredRecipe = Map<String, Value>;

pub async fn version(nextcloud: &NextcloudClient) -> Result<Value, NextcloudError> {
    nextcloud
        .get("/index.php/apps/cookbook/api/version")
        .send()
        .await?
        .json()
        .await
}

pub async fn config(nextcloud: &NextcloudClient) -> Result<Config, NextcloudError> {
    nextcloud
        .get("/index.php/apps/cookbook/api/v1/config")
        .send()
        .await?
        .json()
        .await
}

pub async fn set_config(nextcloud: &NextcloudClient, changes: &SetConfig) -> Result<(), NextcloudError> {
    nextcloud
        .post("/index.php/apps/cookbook/api/v1/config")
        .timeout(REINDEX_TIMEOUT)
        .json(changes)
        .send()
        .await?
        .json::<IgnoredAny>()
        .await
        .map(drop)
}

pub async fn reindex(nextcloud: &NextcloudClient) -> Result<(), NextcloudError> {
    nextcloud
        .post("/index.php/apps/cookbook/api/v1/reindex")
        .timeout(REINDEX_TIMEOUT)
        .send()
        .await?
        .json::<IgnoredAny>()
        .await
        .map(drop)
}

/// All recipes, without ingredients and instructions.
pub async fn list(nextcloud: &NextcloudClient) -> Result<Vec<ListedRecipe>, NextcloudError> {
    nextcloud
        .get("/index.php/apps/cookbook/api/v1/recipes")
        .send()
        .await?
        .json()
        .await
}

/// Recipes with any of the query's words in name, category or keywords.
pub async fn search(nextcloud: &NextcloudClient, query: &str) -> Result<Vec<ListedRecipe>, NextcloudError> {
    nextcloud
        .get("/index.php/apps/cookbook/api/v1/search/{query}")
        .segment(query)
        .send()
        .await?
        .json()
        .await
}

/// `_` stands for the recipes without a category.
pub async fn in_category(nextcloud: &NextcloudClient, category: &str) -> Result<Vec<ListedRecipe>, NextcloudError> {
    nextcloud
        .get("/index.php/apps/cookbook/api/v1/category/{category}")
        .segment(category)
        .send()
        .await?
        .json()
        .await
}

pub async fn categories(nextcloud: &NextcloudClient) -> Result<Vec<Count>, NextcloudError> {
    nextcloud
        .get("/index.php/apps/cookbook/api/v1/categories")
        .send()
        .await?
        .json()
        .await
}

pub async fn keywords(nextcloud: &NextcloudClient) -> Result<Vec<Count>, NextcloudError> {
    nextcloud
        .get("/index.php/apps/cookbook/api/v1/keywords")
        .send()
        .await?
        .json()
        .await
}

pub async fn read(nextcloud: &NextcloudClient, id: i64) -> Result<StoredRecipe, NextcloudError> {
    let response = nextcloud
        .get("/index.php/apps/cookbook/api/v1/recipes/{id}")
        .segment(id)
        .send()
        .await?;
    recipe(response).await
}

/// Gives the id of the new recipe.
pub async fn create(nextcloud: &NextcloudClient, recipe: &StoredRecipe) -> Result<i64, NextcloudError> {
    let response = nextcloud
        .post("/index.php/apps/cookbook/api/v1/recipes")
        .json(recipe)
        .send()
        .await?;
    let status = response.status();
    bare_id(status, &response.json().await?)
}

/// Writes a whole recipe and gives the id it was written to. Cookbook goes by the `id` in the body and ignores the one
/// in the path: without it, this creates another recipe.
pub async fn replace(nextcloud: &NextcloudClient, id: i64, recipe: &StoredRecipe) -> Result<i64, NextcloudError> {
    let response = nextcloud
        .put("/index.php/apps/cookbook/api/v1/recipes/{id}")
        .segment(id)
        .json(recipe)
        .send()
        .await?;
    let status = response.status();
    bare_id(status, &response.json().await?)
}

/// Answers 200 whether or not there was such a recipe.
pub async fn delete(nextcloud: &NextcloudClient, id: i64) -> Result<(), NextcloudError> {
    nextcloud
        .delete("/index.php/apps/cookbook/api/v1/recipes/{id}")
        .segment(id)
        .send()
        .await?
        .json::<IgnoredAny>()
        .await
        .map(drop)
}

/// Gives the recipe that was found on the page.
pub async fn import(nextcloud: &NextcloudClient, url: &str) -> Result<StoredRecipe, NextcloudError> {
    let response = nextcloud
        .post("/index.php/apps/cookbook/api/v1/import")
        .timeout(IMPORT_TIMEOUT)
        .json(&json!({"url": url}))
        .send()
        .await?;
    recipe(response).await
}

/// A recipe as Cookbook answers with it. It has a name always: what has none is no recipe, and writing it back would
/// make the stored one as empty.
async fn recipe(response: NextcloudResponse) -> Result<StoredRecipe, NextcloudError> {
    let status = response.status();
    let recipe: StoredRecipe = response.json().await?;
    match recipe.get("name").and_then(Value::as_str) {
        Some(name) if !name.is_empty() => Ok(recipe),
        _ => Err(NextcloudError::Unexpected {
            status,
            what: "JSON without a name".to_owned(),
            expected: "a recipe",
        }),
    }
}

/// Writes answer with an id that stands alone: `296`.
fn bare_id(status: StatusCode, answer: &Value) -> Result<i64, NextcloudError> {
    let id = match answer {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    id.ok_or_else(|| NextcloudError::Unexpected {
        status,
        what: "something else".to_owned(),
        expected: "the recipe's id",
    })
}
