//! Recipes to look at in a new sandbox.

use serde_json::{Value, json};

use super::Cookbook;

const DAY: u64 = 24 * 60 * 60;

/// Writes the recipes of those of `users` that have any.
pub(crate) fn seed(cookbook: &mut Cookbook, users: &[&str], now: u64) {
    for (uid, days, recipe) in samples() {
        if let (true, Value::Object(recipe)) = (users.contains(&uid), recipe) {
            // Fails only for a name that is taken, and all differ.
            let _ = cookbook.write(uid, recipe, now.saturating_sub(days * DAY));
        }
    }
}

fn samples() -> [(&'static str, u64, Value); 4] {
    [
        (
            "alice",
            40,
            json!({
                "name": "Rye bread", "description": "Needs a day, most of it waiting.", "recipeCategory": "Baking",
                "keywords": "vegan,bread", "prepTime": "PT30M", "cookTime": "PT1H", "totalTime": "PT25H30M",
                "recipeYield": 12, "tool": ["loaf tin"],
                "recipeIngredient": ["500 g rye flour", "400 ml water", "100 g sourdough", "12 g salt"],
                "recipeInstructions": ["Mix and leave for a day.", "Bake at 220 °C, then 180 °C."],
            }),
        ),
        (
            "alice",
            11,
            json!({
                "name": "Crème brûlée", "recipeCategory": "Dessert", "keywords": "sweet,french", "prepTime": "PT20M",
                "cookTime": "PT40M", "recipeYield": 6,
                "recipeIngredient": ["500 ml cream", "5 egg yolks", "80 g sugar", "1 vanilla pod"],
                "recipeInstructions": ["Heat cream and vanilla.", "Stir into yolks and sugar.", "Bake in a water bath.", "Burn sugar on top."],
                "nutrition": { "@type": "NutritionInformation", "calories": "420 kcal" },
            }),
        ),
        (
            "alice",
            4,
            json!({
                "name": "Bob's tomato sauce 1/2", "description": "Half of Bob's amounts.", "keywords": "vegan,quick",
                "totalTime": "PT25M", "recipeYield": 2, "recipeIngredient": ["400 g tomatoes", "1 onion", "basil"],
                "recipeInstructions": ["Fry the onion.", "Add tomatoes.", "Simmer."],
            }),
        ),
        (
            "bob",
            9,
            json!({
                "name": "Tomato sauce", "recipeCategory": "Basics", "keywords": "vegan", "totalTime": "PT25M",
                "recipeYield": 4, "recipeIngredient": ["800 g tomatoes", "2 onions", "basil"],
                "recipeInstructions": ["Fry the onions.", "Add tomatoes.", "Simmer."],
            }),
        ),
    ]
}
