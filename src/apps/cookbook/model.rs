//! Types of the Cookbook API, and what the tools take and give.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::duration::SpanArgument;

/// A recipe in a list.
#[derive(Debug, Clone, Deserialize)]
pub struct ListedRecipe {
    #[serde(deserialize_with = "whole_number")]
    pub recipe_id: i64,
    #[serde(default)]
    pub name: String,
    /// Separated by commas, in no order.
    pub keywords: Option<String>,
    pub category: Option<String>,
    #[serde(rename = "dateCreated")]
    pub date_created: Option<String>,
    #[serde(rename = "dateModified")]
    pub date_modified: Option<String>,
}

/// A category or keyword, and how many recipes have it. Recipes without a category count as `*`.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
pub struct Count {
    #[serde(deserialize_with = "text")]
    pub name: String,
    #[serde(deserialize_with = "whole_number")]
    pub recipe_count: i64,
}

/// The user's settings of Cookbook.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
pub struct Config {
    pub folder: String,
    /// Minutes between looks at the folder.
    #[serde(deserialize_with = "whole_number")]
    pub update_interval: i64,
    #[serde(default)]
    pub print_image: bool,
}

/// Numbers come as text from some databases.
fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = match &value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| serde::de::Error::custom("not a whole number"))
}

/// PHP makes numbers of keys that look like one.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("not a text")),
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct NoArguments {}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ImportRecipe {
    pub url: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetRecipe {
    pub recipe_id: i64,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateRecipe {
    pub name: String,
    pub description: Option<String>,
    pub ingredients: Option<Vec<String>>,
    /// One step each.
    pub instructions: Option<Vec<String>>,
    pub url: Option<String>,
    /// PT1H30M, 1:30 or minutes.
    pub prep_time: Option<SpanArgument>,
    pub cook_time: Option<SpanArgument>,
    pub total_time: Option<SpanArgument>,
    /// Servings.
    pub recipe_yield: Option<i64>,
    pub category: Option<String>,
    /// Separated by commas.
    pub keywords: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateRecipe {
    pub recipe_id: i64,
    pub name: Option<String>,
    pub description: Option<String>,
    pub ingredients: Option<Vec<String>>,
    pub instructions: Option<Vec<String>>,
    pub url: Option<String>,
    /// PT1H30M, 1:30 or minutes.
    pub prep_time: Option<SpanArgument>,
    pub cook_time: Option<SpanArgument>,
    pub total_time: Option<SpanArgument>,
    pub recipe_yield: Option<i64>,
    pub category: Option<String>,
    pub keywords: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListRecipes {
    #[serde(default = "default_limit")]
    pub limit: u32,
    pub cursor: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct SearchRecipes {
    pub query: String,
    #[serde(default = "default_limit")]
    pub limit: u32,
    pub cursor: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct RecipesInCategory {
    /// `_` for recipes without one.
    pub category: String,
    #[serde(default = "default_limit")]
    pub limit: u32,
    pub cursor: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct RecipesWithKeywords {
    pub keywords: Vec<String>,
    #[serde(default = "default_limit")]
    pub limit: u32,
    pub cursor: Option<String>,
}

fn default_limit() -> u32 {
    100
}

/// Settings to change; what is `None` stays.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
pub struct SetConfig {
    /// Such as `/Recipes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_interval: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub print_image: Option<bool>,
}

/// A recipe in a list of results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecipeSummary {
    pub id: String,
    pub recipe_id: i64,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keywords: Option<String>,
    #[serde(rename = "dateCreated", skip_serializing_if = "Option::is_none")]
    pub date_created: Option<String>,
    #[serde(rename = "dateModified", skip_serializing_if = "Option::is_none")]
    pub date_modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct RecipeList {
    pub recipes: Vec<RecipeSummary>,
    pub total_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct FoundRecipes {
    pub recipes: Vec<RecipeSummary>,
    pub total_found: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Categories {
    pub categories: Vec<Count>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Keywords {
    pub keywords: Vec<Count>,
}

/// A recipe after a write.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WrittenRecipe {
    pub id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedRecipe {
    pub deleted_id: i64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Done {
    pub message: &'static str,
}
