//! Calls of the Cookbook tools.

use serde_json::{Value, json};

use super::super::world::World;
use super::{ValidCalls, with};
use crate::support::unique;

pub(in super::super) struct Cookbook;

impl ValidCalls for Cookbook {
    const PREFIX: &'static str = "nc_cookbook_";

    async fn start(world: &World) -> Self {
        world.ok("nc_cookbook_create_recipe", new_recipe()).await;
        Self
    }

    async fn arguments(&self, world: &World, tool: &str) -> Value {
        match tool {
            "nc_cookbook_list_recipes" => json!({"limit": 5}),
            "nc_cookbook_search_recipes" => json!({"query": "soup", "limit": 5}),
            "nc_cookbook_list_categories" | "nc_cookbook_list_keywords" | "nc_cookbook_reindex" => json!({}),
            "nc_cookbook_get_recipes_in_category" => json!({"category": "Soups"}),
            "nc_cookbook_get_recipes_with_keywords" => json!({"keywords": ["winter"]}),
            "nc_cookbook_set_config" => json!({"folder": "/Recipes", "update_interval": 10, "print_image": true}),
            "nc_cookbook_import_recipe" => {
                forget(world, "Leek soup").await;
                json!({"url": "https://recipes.example.org/leek-soup"})
            }
            "nc_cookbook_create_recipe" => new_recipe(),
            "nc_cookbook_get_recipe" | "nc_cookbook_delete_recipe" => recipe(world).await,
            "nc_cookbook_update_recipe" => with(recipe(world).await, &json!({"description": "new"})),
            _ => panic!("{tool} has no call that works"),
        }
    }
}

fn new_recipe() -> Value {
    json!({"name": unique("Soup"), "description": "d", "ingredients": ["water"], "instructions": ["Boil."],
        "prep_time": "PT10M", "recipe_yield": 2, "category": "Soups", "keywords": "winter"})
}

async fn recipe(world: &World) -> Value {
    let made = world.ok("nc_cookbook_create_recipe", new_recipe()).await;
    json!({"recipe_id": made["id"]})
}

/// What is imported once cannot be imported again while it is there.
async fn forget(world: &World, name: &str) {
    let found = world.ok("nc_cookbook_search_recipes", json!({"query": name})).await;
    for recipe in found["recipes"].as_array().unwrap() {
        if recipe["name"] == name {
            let id = json!({"recipe_id": recipe["recipe_id"]});
            world.ok("nc_cookbook_delete_recipe", id).await;
        }
    }
}
