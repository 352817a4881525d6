//! Single recipes, the import, and the app's settings.

use actors::nextcloud::{NextcloudClient, NextcloudError};

use super::model::{
    Config, CreateRecipe, DeletedRecipe, Done, GetRecipe, ImportRecipe, NoArguments, SetConfig, UpdateRecipe,
    WrittenRecipe,
};
use super::recipe::{Recipe, RecipeChanges};
use super::{api, check, explain, import, link};
use crate::mcp::{About, ResourceBody, ToolError, ToolResult, UriParameters};

/// Longest update interval that is taken, in minutes: a year.
const LONGEST_INTERVAL: i64 = 366 * 24 * 60;

pub async fn get_recipe(nextcloud: NextcloudClient, args: GetRecipe) -> ToolResult<Recipe> {
    check::id(args.recipe_id)?;
    let stored = explain(api::read(&nextcloud, args.recipe_id).await, subject(args.recipe_id))?;
    let mut recipe = Recipe::of(&stored);
    recipe.link = link(&nextcloud, args.recipe_id);
    Ok(recipe)
}

pub async fn create_recipe(nextcloud: NextcloudClient, args: CreateRecipe) -> ToolResult<WrittenRecipe> {
    let name = args.name.clone();
    let changes = RecipeChanges::from(args);
    check::changes(&changes)?;
    match api::create(&nextcloud, &changes.into_new()).await {
        Err(error) if is_conflict(&error) => Err(name_taken(&name, "Nothing was created")),
        result => Ok(written(&nextcloud, explain(result, "the new recipe")?)),
    }
}

/// Cookbook has neither `ETags` nor partial updates: the recipe is read, changed and written back whole.
pub async fn update_recipe(nextcloud: NextcloudClient, args: UpdateRecipe) -> ToolResult<WrittenRecipe> {
    let id = args.recipe_id;
    check::id(id)?;
    let changes = RecipeChanges::from(args);
    if changes.is_empty() {
        return Err(ToolError::invalid("nothing to change: give at least one field"));
    }
    check::changes(&changes)?;
    let stored = explain(api::read(&nextcloud, id).await, subject(id))?;
    let recipe = changes.merge_into(stored, id);
    let written_to = match api::replace(&nextcloud, id, &recipe).await {
        Err(error) if is_conflict(&error) => {
            let name = recipe
                .get("name")
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default();
            return Err(name_taken(name, "Nothing was changed"));
        }
        result => explain(result, subject(id))?,
    };
    if written_to != id {
        return Err(ToolError::new(
            "unexpected_answer",
            format!(
                "Cookbook wrote the changes of recipe {id} to recipe {written_to} instead; recipe {id} is as it was. \
                 Compare the two and delete the one that is not wanted."
            ),
        ));
    }
    Ok(written(&nextcloud, id))
}

/// Cookbook deletes whatever in its folder has the id, a picture too, and reports success for none at all: so the
/// recipe is looked up first.
pub async fn delete_recipe(nextcloud: NextcloudClient, args: GetRecipe) -> ToolResult<DeletedRecipe> {
    check::id(args.recipe_id)?;
    explain(api::read(&nextcloud, args.recipe_id).await, subject(args.recipe_id))?;
    explain(api::delete(&nextcloud, args.recipe_id).await, subject(args.recipe_id))?;
    Ok(DeletedRecipe {
        deleted_id: args.recipe_id,
    })
}

pub async fn import_recipe(nextcloud: NextcloudClient, args: ImportRecipe) -> ToolResult<import::Imported> {
    import::run(&nextcloud, &args.url).await
}

pub async fn set_config(nextcloud: NextcloudClient, args: SetConfig) -> ToolResult<Config> {
    if args.folder.is_none() && args.update_interval.is_none() && args.print_image.is_none() {
        return Err(ToolError::invalid(
            "nothing to change: give folder, update_interval or print_image",
        ));
    }
    if let Some(folder) = &args.folder {
        check::folder(folder)?;
    }
    if args
        .update_interval
        .is_some_and(|minutes| !(1..=LONGEST_INTERVAL).contains(&minutes))
    {
        return Err(ToolError::invalid(
            "argument `update_interval`: minutes from 1 to 527040 (a year)",
        ));
    }
    explain(api::set_config(&nextcloud, &args).await, SETTINGS)?;
    explain(api::config(&nextcloud).await, SETTINGS)
}

pub async fn reindex(nextcloud: NextcloudClient, _: NoArguments) -> ToolResult<Done> {
    explain(api::reindex(&nextcloud).await, "the index of recipes")?;
    Ok(Done {
        message: "the index was rebuilt from the recipe files",
    })
}

pub async fn read_recipe(nextcloud: NextcloudClient, parameters: UriParameters) -> ToolResult<ResourceBody> {
    let recipe_id = parameters.number("recipe_id")?;
    ResourceBody::json(&get_recipe(nextcloud, GetRecipe { recipe_id }).await?)
}

pub async fn read_config(nextcloud: NextcloudClient, _: UriParameters) -> ToolResult<ResourceBody> {
    ResourceBody::json(&explain(api::config(&nextcloud).await, SETTINGS)?)
}

pub async fn read_version(nextcloud: NextcloudClient, _: UriParameters) -> ToolResult<ResourceBody> {
    ResourceBody::json(&api::version(&nextcloud).await.about("the version of Cookbook")?)
}

const SETTINGS: &str = "the settings of Cookbook";

fn subject(id: i64) -> String {
    format!("recipe {id}")
}

fn is_conflict(error: &NextcloudError) -> bool {
    error.status() == Some(http::StatusCode::CONFLICT)
}

/// Cookbook keeps each recipe in a folder named after it, with `/ : ? ! " \ ' | & ^ #` all made `_`.
fn name_taken(name: &str, consequence: &str) -> ToolError {
    ToolError::new(
        "conflict",
        format!(
            "there is another recipe named \"{}\", or so alike that its folder would be the same (HTTP 409). \
             {consequence}: take another name, or change that recipe instead.",
            name.escape_debug()
        ),
    )
}

fn written(nextcloud: &NextcloudClient, id: i64) -> WrittenRecipe {
    WrittenRecipe {
        id,
        url: link(nextcloud, id),
    }
}
