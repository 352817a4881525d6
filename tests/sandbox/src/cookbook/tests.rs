//! What the recordings do not reach.

use serde_json::{Value, json};

use super::book::{Cookbook, NotWritten, Recipe, text};

fn recipe(document: Value) -> Recipe {
    serde_json::from_value(document).unwrap()
}

#[test]
fn a_new_name_with_the_id_renames_and_without_it_makes_another() {
    let mut cookbook = Cookbook::default();
    let soup = cookbook
        .write("alice", recipe(json!({"name": "Soup", "x": 1})), 0)
        .unwrap();
    let renamed = recipe(json!({"id": soup, "name": "Broth", "x": 1}));
    assert_eq!(cookbook.write("alice", renamed, 1), Ok(soup));
    let stored = &cookbook.of("alice").recipes[&soup];
    assert_eq!((text(stored, "name"), &stored["x"]), ("Broth", &json!(1)));

    let other = cookbook.write("alice", recipe(json!({"name": "Soup"})), 2).unwrap();
    assert_ne!(other, soup);
    let taken = recipe(json!({"id": other.to_string(), "name": "Broth"}));
    assert_eq!(cookbook.write("alice", taken, 3), Err(NotWritten::NameTaken));
    let foreign = recipe(json!({"id": soup, "name": "Mine"}));
    assert_eq!(cookbook.write("bob", foreign, 4), Err(NotWritten::NoSuchId));
}

#[test]
fn names_of_one_folder_are_one_name() {
    let mut cookbook = Cookbook::default();
    cookbook.write("alice", recipe(json!({"name": "a/b"})), 0).unwrap();
    assert_eq!(
        cookbook.write("alice", recipe(json!({"name": "a:b"})), 0),
        Err(NotWritten::NameTaken)
    );
}

#[test]
fn what_cannot_be_read_is_dropped() {
    let mut cookbook = Cookbook::default();
    let document = json!({
        "name": " A  name ", "prepTime": "10 minutes", "cookTime": "P1DT90M", "totalTime": "1:05", "recipeYield": "4 to 6",
        "recipeCategory": "a/b", "keywords": "x, y,,x", "recipeIngredient": ["", " salt "], "nutrition": [],
    });
    let id = cookbook.write("alice", recipe(document), 0).unwrap();
    let stored = &cookbook.of("alice").recipes[&id];
    let fields = [
        "name",
        "prepTime",
        "cookTime",
        "totalTime",
        "recipeYield",
        "recipeCategory",
        "keywords",
        "recipeIngredient",
    ];
    assert_eq!(
        json!(fields.map(|field| stored[field].clone())),
        json!(["A name", null, "PT1H30M0S", "PT1H5M", 6, "a_b", "x,y", ["salt"]])
    );
}
