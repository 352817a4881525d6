//! What tests do to recipes behind the API's back.

use serde_json::{Value, json};

use crate::AppState;

impl AppState {
    /// Gives this user `count` more recipes of this category; two each have a name that differs in its case only.
    pub fn fill_cookbook(&self, uid: &str, category: &str, count: usize) {
        let now = self.clock().unix();
        let mut cookbook = self.cookbook();
        for number in 0..count {
            let word = if number % 2 == 0 { "Recipe" } else { "recipe" };
            let name = format!("{word} {:05}", number / 2 * 7919 % count);
            let recipe = json!({ "name": name, "recipeCategory": category, "keywords": "many" });
            if let Value::Object(recipe) = recipe {
                cookbook.store(uid, None, recipe, now);
            }
        }
    }
}
