//! The Cookbook app: `/index.php/apps/cookbook/api/v1`.

mod api;
mod check;
mod differences;
mod duration;
mod import;
mod lists;
mod model;
mod recipe;
mod tools;

use std::fmt::Display;

use actors::nextcloud::{NextcloudClient, NextcloudError};

use crate::mcp::{About, App, AppTools, ToolResult};

pub(crate) use differences::DIFFERENCES;

/// Fields of listed recipes that others may have written: a recipe is often imported, or shared with its folder.
const LISTED: &[&str] = &["recipes[].name", "recipes[].category", "recipes[].keywords"];

/// The table of tools and resources.
#[expect(clippy::too_many_lines, reason = "a table has a row for each tool")]
pub fn tools() -> AppTools {
    AppTools::new(App::Cookbook)
        .write(
            "nc_cookbook_import_recipe",
            "Import a schema.org recipe from a web page.",
            tools::import_recipe,
        )
        .calls(&["POST /index.php/apps/cookbook/api/v1/import"])
        .untrusted(&["recipe"])
        .read("nc_cookbook_list_recipes", "List recipes by name.", lists::list_recipes)
        .calls(&["GET /index.php/apps/cookbook/api/v1/recipes"])
        .untrusted(LISTED)
        .read(
            "nc_cookbook_get_recipe",
            "Read a recipe with ingredients and instructions.",
            tools::get_recipe,
        )
        .calls(&["GET /index.php/apps/cookbook/api/v1/recipes/{id}"])
        .untrusted(&[
            "name",
            "description",
            "recipeIngredient",
            "recipeInstructions",
            "keywords",
        ])
        .write(
            "nc_cookbook_create_recipe",
            "Create a recipe with a new name.",
            tools::create_recipe,
        )
        .calls(&["POST /index.php/apps/cookbook/api/v1/recipes"])
        .write(
            "nc_cookbook_update_recipe",
            "Change or rename a recipe; what is left out stays, an empty value clears.",
            tools::update_recipe,
        )
        .calls(&[
            "GET /index.php/apps/cookbook/api/v1/recipes/{id}",
            "PUT /index.php/apps/cookbook/api/v1/recipes/{id}",
        ])
        .write(
            "nc_cookbook_delete_recipe",
            "Delete a recipe; its folder goes to the trash bin.",
            tools::delete_recipe,
        )
        .destructive()
        .idempotent()
        .calls(&[
            "GET /index.php/apps/cookbook/api/v1/recipes/{id}",
            "DELETE /index.php/apps/cookbook/api/v1/recipes/{id}",
        ])
        .read(
            "nc_cookbook_search_recipes",
            "Find recipes by words in name, category or keywords.",
            lists::search_recipes,
        )
        .calls(&["GET /index.php/apps/cookbook/api/v1/search/{query}"])
        .untrusted(LISTED)
        .read(
            "nc_cookbook_list_categories",
            "List categories with their number of recipes; `*` counts those without one.",
            lists::list_categories,
        )
        .calls(&["GET /index.php/apps/cookbook/api/v1/categories"])
        .untrusted(&["categories[].name"])
        .read(
            "nc_cookbook_get_recipes_in_category",
            "List the recipes of a category.",
            lists::get_recipes_in_category,
        )
        .calls(&["GET /index.php/apps/cookbook/api/v1/category/{category}"])
        .untrusted(LISTED)
        .read(
            "nc_cookbook_list_keywords",
            "List keywords with their number of recipes.",
            lists::list_keywords,
        )
        .calls(&["GET /index.php/apps/cookbook/api/v1/keywords"])
        .untrusted(&["keywords[].name"])
        .read(
            "nc_cookbook_get_recipes_with_keywords",
            "List the recipes that have all of the keywords.",
            lists::get_recipes_with_keywords,
        )
        .calls(&["GET /index.php/apps/cookbook/api/v1/recipes"])
        .untrusted(LISTED)
        .write(
            "nc_cookbook_set_config",
            "Change Cookbook's settings; what is left out stays.",
            tools::set_config,
        )
        .calls(&[
            "POST /index.php/apps/cookbook/api/v1/config",
            "GET /index.php/apps/cookbook/api/v1/config",
        ])
        .write(
            "nc_cookbook_reindex",
            "Read recipe files again that were changed elsewhere.",
            tools::reindex,
        )
        .calls(&["POST /index.php/apps/cookbook/api/v1/reindex"])
        .resource(
            "cookbook://version",
            "Cookbook version",
            "Versions of the app and of its API.",
            tools::read_version,
        )
        .resource(
            "cookbook://config",
            "Cookbook settings",
            "Where recipes are kept and how often they are looked for.",
            tools::read_config,
        )
        .resource(
            "nc://Cookbook/{recipe_id}",
            "Recipe",
            "A recipe with ingredients and instructions.",
            tools::read_recipe,
        )
}

/// Cookbook crashes where other apps ask for a login, and when something was deleted in the middle of a request.
fn explain<T>(result: Result<T, NextcloudError>, subject: impl Display) -> ToolResult<T> {
    result.about_with(subject, |status| {
        (status == 500).then_some(
            "Cookbook also answers so when the login has ended or the recipe was deleted meanwhile: look again before \
             repeating.",
        )
    })
}

fn link(nextcloud: &NextcloudClient, id: i64) -> Option<String> {
    nextcloud.deep_link(&format!("/index.php/apps/cookbook/#/recipe/{id}"))
}
