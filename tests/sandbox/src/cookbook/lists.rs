//! Lists: all recipes, those that match, and what they can be found by.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::book::{Book, Recipe, text};
use super::visitor::{Cook, Parameters, Segment};
use crate::{AppState, reply};

/// `GET /recipes`, by name.
pub(crate) async fn all(State(state): State<AppState>, Cook(user): Cook) -> Response {
    listed(state.cookbook().of(&user.uid), true, false, |_| true)
}

/// `GET /search/{query}`: any of the words in name, category or keywords.
pub(crate) async fn search(State(state): State<AppState>, Cook(user): Cook, Segment(query): Segment) -> Response {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    listed(state.cookbook().of(&user.uid), true, true, |recipe| {
        let fields = ["name", "recipeCategory", "keywords"].map(|field| text(recipe, field).to_lowercase());
        words.is_empty() || words.iter().any(|word| fields.iter().any(|field| field.contains(word)))
    })
}

/// `GET /category/{category}`; `_` lists the recipes without one, in the order of their ids.
pub(crate) async fn in_category(
    State(state): State<AppState>,
    Cook(user): Cook,
    Segment(category): Segment,
) -> Response {
    let by_name = category != "_";
    let wanted = if by_name { category.as_str() } else { "" };
    listed(state.cookbook().of(&user.uid), by_name, true, |recipe| {
        text(recipe, "recipeCategory") == wanted
    })
}

/// `PUT /category/{category}` with the new name.
pub(crate) async fn rename_category(
    State(state): State<AppState>,
    Cook(user): Cook,
    Segment(category): Segment,
    Parameters(parameters): Parameters,
) -> Response {
    let name = parameters.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() {
        return reply::json(StatusCode::BAD_REQUEST, &"New category name not found in data");
    }
    for recipe in state.cookbook().of(&user.uid).recipes.values_mut() {
        if text(recipe, "recipeCategory") == category {
            recipe.insert("recipeCategory".to_owned(), json!(name));
        }
    }
    reply::json(StatusCode::OK, &name)
}

/// `GET /tags/{keywords}`: on `SQLite` the query behind it finds nothing, ever.
pub(crate) async fn with_keywords(_: Cook, _: Segment) -> Response {
    reply::json(StatusCode::OK, &json!([]))
}

/// `GET /categories`; `*` counts the recipes without one.
pub(crate) async fn categories(State(state): State<AppState>, Cook(user): Cook) -> Response {
    let mut cookbook = state.cookbook();
    let recipes = cookbook.of(&user.uid).recipes.values();
    let mut counts = counted(recipes.map(|recipe| text(recipe, "recipeCategory").to_owned()));
    let without = counts.remove("").unwrap_or(0);
    let mut list = shown(counts);
    list.push(json!({ "name": "*", "recipe_count": without }));
    reply::json(StatusCode::OK, &list)
}

/// `GET /keywords`.
pub(crate) async fn keywords(State(state): State<AppState>, Cook(user): Cook) -> Response {
    let mut cookbook = state.cookbook();
    let recipes = cookbook.of(&user.uid).recipes.values();
    let all = recipes.flat_map(|recipe| text(recipe, "keywords").split(',').map(ToOwned::to_owned));
    let mut counts = counted(all);
    counts.remove("");
    reply::json(StatusCode::OK, &shown(counts))
}

fn counted(names: impl Iterator<Item = String>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

fn shown(counts: BTreeMap<String, u64>) -> Vec<Value> {
    counts
        .into_iter()
        .map(|(name, count)| json!({ "name": name, "recipe_count": count }))
        .collect()
}

/// The stubs of the recipes that match. Where it was a search, the addresses of their images name a time.
fn listed(book: &Book, by_name: bool, timed: bool, matches: impl Fn(&Recipe) -> bool) -> Response {
    let mut recipes: Vec<(&u64, &Recipe)> = book.recipes.iter().filter(|(_, recipe)| matches(recipe)).collect();
    if by_name {
        recipes.sort_by_key(|(_, recipe)| text(recipe, "name").to_lowercase());
    }
    let stubs: Vec<Value> = recipes
        .into_iter()
        .map(|(id, recipe)| stub(*id, recipe, timed))
        .collect();
    reply::json(StatusCode::OK, &stubs)
}

fn stub(id: u64, recipe: &Recipe, timed: bool) -> Value {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let date = |field: &str| text(recipe, field).replace("+00:00", "+0000");
    let mut keywords: Vec<&str> = text(recipe, "keywords").split(',').collect();
    keywords.sort_unstable();
    let image = format!("/apps/cookbook/webapp/recipes/{id}/image");
    let time = if timed { "t=1795221056&" } else { "" };
    json!({
        "recipe_id": id,
        "name": text(recipe, "name"),
        "keywords": filled(&keywords.join(",")),
        "category": filled(text(recipe, "recipeCategory")),
        "dateCreated": date("dateCreated"),
        "dateModified": date("dateModified"),
        "imageUrl": format!("{image}?{time}size=thumb"),
        "imagePlaceholderUrl": format!("{image}?size=thumb16"),
        "id": id.to_string(),
    })
}
