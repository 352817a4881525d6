//! A recipe between Cookbook and a model: what is shown of it, and what a write changes in it.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::api::StoredRecipe;
use super::duration::{Span, SpanArgument};
use super::model::{CreateRecipe, UpdateRecipe};

/// A recipe with all that Cookbook's own pages show.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are those of schema.org")]
pub struct Recipe {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where the recipe is from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub image: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub keywords: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prep_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cook_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipe_yield: Option<i64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub recipe_category: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool: Vec<String>,
    pub recipe_ingredient: Vec<String>,
    pub recipe_instructions: Vec<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub nutrition: Map<String, Value>,
    /// Opens the recipe: `url` is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Recipe {
    /// What is there, in whatever shape an importer left it; nothing is required.
    pub fn of(stored: &StoredRecipe) -> Self {
        let text = |key: &str| plain(stored.get(key)).unwrap_or_default();
        let filled = |key: &str| plain(stored.get(key)).filter(|text| !text.is_empty());
        let duration = |key: &str| filled(key).map(|text| Span::parse(&text).map_or(text, |span| span.to_string()));
        let nutrition = stored.get("nutrition").and_then(Value::as_object);
        Self {
            id: text("id"),
            name: text("name"),
            description: text("description"),
            url: text("url"),
            image: text("image"),
            keywords: text("keywords"),
            date_created: filled("dateCreated"),
            date_modified: filled("dateModified"),
            prep_time: duration("prepTime"),
            cook_time: duration("cookTime"),
            total_time: duration("totalTime"),
            recipe_yield: filled("recipeYield").and_then(|text| text.parse().ok()),
            recipe_category: text("recipeCategory"),
            tool: texts(stored.get("tool")),
            recipe_ingredient: texts(stored.get("recipeIngredient")),
            recipe_instructions: texts(stored.get("recipeInstructions")),
            nutrition: nutrition
                .into_iter()
                .flatten()
                .filter(|(key, value)| *key != "@type" && !value.is_null())
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
            link: None,
        }
    }
}

fn plain(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Texts of a list; of a `HowToStep` its text.
fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items
        .filter_map(|item| plain(Some(item)).or_else(|| plain(item.get("text"))))
        .collect()
}

/// What a write sets; `None` leaves a field as it is, an empty value clears it.
#[derive(Debug, Default)]
pub struct RecipeChanges {
    pub name: Option<String>,
    pub description: Option<String>,
    pub ingredients: Option<Vec<String>>,
    pub instructions: Option<Vec<String>>,
    pub url: Option<String>,
    pub prep_time: Option<SpanArgument>,
    pub cook_time: Option<SpanArgument>,
    pub total_time: Option<SpanArgument>,
    pub recipe_yield: Option<i64>,
    pub category: Option<String>,
    pub keywords: Option<String>,
}

impl From<CreateRecipe> for RecipeChanges {
    fn from(args: CreateRecipe) -> Self {
        Self {
            name: Some(args.name),
            description: args.description,
            ingredients: args.ingredients,
            instructions: args.instructions,
            url: args.url,
            prep_time: args.prep_time,
            cook_time: args.cook_time,
            total_time: args.total_time,
            recipe_yield: args.recipe_yield,
            category: args.category,
            keywords: args.keywords,
        }
    }
}

impl From<UpdateRecipe> for RecipeChanges {
    fn from(args: UpdateRecipe) -> Self {
        Self {
            name: args.name,
            description: args.description,
            ingredients: args.ingredients,
            instructions: args.instructions,
            url: args.url,
            prep_time: args.prep_time,
            cook_time: args.cook_time,
            total_time: args.total_time,
            recipe_yield: args.recipe_yield,
            category: args.category,
            keywords: args.keywords,
        }
    }
}

impl RecipeChanges {
    /// The fields to set, by their names in the recipe.
    fn fields(self) -> impl Iterator<Item = (&'static str, Value)> {
        let duration = |time: Option<SpanArgument>| time.map(|time| json!(time.0.map(Span::to_cookbook)));
        [
            ("name", self.name.map(Value::from)),
            ("description", self.description.map(Value::from)),
            ("recipeIngredient", self.ingredients.map(Value::from)),
            ("recipeInstructions", self.instructions.map(Value::from)),
            ("url", self.url.map(Value::from)),
            ("prepTime", duration(self.prep_time)),
            ("cookTime", duration(self.cook_time)),
            ("totalTime", duration(self.total_time)),
            ("recipeYield", self.recipe_yield.map(Value::from)),
            ("recipeCategory", self.category.map(Value::from)),
            ("keywords", self.keywords.map(Value::from)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }

    /// Whether there is nothing to set.
    pub fn is_empty(&self) -> bool {
        let Self {
            name,
            description,
            ingredients,
            instructions,
            url,
            prep_time,
            cook_time,
            total_time,
            recipe_yield,
            category,
            keywords,
        } = self;
        let texts = [name, description, url, category, keywords];
        let lists = [ingredients, instructions];
        let times = [prep_time, cook_time, total_time];
        texts.iter().all(|text| text.is_none())
            && lists.iter().all(|list| list.is_none())
            && times.iter().all(|time| time.is_none())
            && recipe_yield.is_none()
    }

    /// A new recipe.
    pub fn into_new(self) -> StoredRecipe {
        let mut recipe = StoredRecipe::new();
        recipe.insert("@type".to_owned(), json!("Recipe"));
        recipe.extend(self.fields().map(|(name, value)| (name.to_owned(), value)));
        recipe
    }

    /// The recipe that was read, with the changes in place and everything else as it was. The `id` in it is what tells
    /// Cookbook which recipe to write.
    pub fn merge_into(self, mut recipe: StoredRecipe, id: i64) -> StoredRecipe {
        // Added by the answer, not part of what is stored.
        for shown_only in ["imageUrl", "imagePlaceholderUrl", "printImage"] {
            recipe.remove(shown_only);
        }
        recipe.extend(self.fields().map(|(name, value)| (name.to_owned(), value)));
        recipe.insert("id".to_owned(), json!(id));
        recipe
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Recipe, RecipeChanges, Span, SpanArgument};
    use crate::apps::cookbook::api::StoredRecipe;

    fn stored(recipe: Value) -> StoredRecipe {
        serde_json::from_value(recipe).unwrap()
    }

    #[test]
    fn a_merge_keeps_what_it_does_not_know() {
        let recipe = stored(json!({
            "@type": "Recipe", "id": "296", "name": "Soup", "recipeYield": 4, "image": "/a.jpg", "aggregateRating": {"ratingValue": 4},
            "prepTime": "PT0H10M0S", "cookTime": null, "printImage": true, "imageUrl": "/x", "nutrition": {"calories": "1"},
        }));
        let changes = RecipeChanges {
            description: Some(String::new()),
            cook_time: Some(SpanArgument(Span::parse("1:30"))),
            ingredients: Some(vec!["leek".to_owned()]),
            ..RecipeChanges::default()
        };
        assert_eq!(
            Value::Object(changes.merge_into(recipe, 296)),
            json!({
                "@type": "Recipe", "id": 296, "name": "Soup", "recipeYield": 4, "image": "/a.jpg", "aggregateRating": {"ratingValue": 4},
                "prepTime": "PT0H10M0S", "cookTime": "PT1H30M0S", "nutrition": {"calories": "1"}, "description": "",
                "recipeIngredient": ["leek"],
            })
        );
    }

    #[test]
    fn a_duration_is_cleared_by_null() {
        let changes = RecipeChanges {
            prep_time: Some(SpanArgument(None)),
            ..RecipeChanges::default()
        };
        assert!(!changes.is_empty() && RecipeChanges::default().is_empty());
        let merged = changes.merge_into(stored(json!({"prepTime": "PT0H10M0S"})), 1);
        assert_eq!(merged["prepTime"], Value::Null);
    }

    #[test]
    fn a_recipe_in_any_shape_is_shown() {
        let shown = Recipe::of(&stored(json!({
            "id": 7, "name": "Soup", "recipeYield": "4", "prepTime": "PT0H10M0S", "cookTime": "a while", "totalTime": null,
            "recipeInstructions": [{"@type": "HowToStep", "text": "stir"}, "serve", 3, null, ["x"]],
            "recipeIngredient": "salt", "nutrition": [], "tool": null, "keywords": ["a"],
        })));
        assert_eq!(
            serde_json::to_value(shown).unwrap(),
            json!({
                "id": "7", "name": "Soup", "recipeYield": 4, "prepTime": "PT10M", "cookTime": "a while",
                "recipeIngredient": [], "recipeInstructions": ["stir", "serve", "3"],
            })
        );
    }
}
