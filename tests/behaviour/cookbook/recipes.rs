//! Single recipes.

use super::{Fixture, ids};
use crate::support::unique;
use serde_json::json;

#[tokio::test]
async fn a_recipe_lives_from_creation_to_deletion() {
    let fixture = Fixture::start().await;
    let name = unique("Leek soup");
    let category = unique("Soups");
    let keyword = unique("winter");
    let id = fixture
        .create(json!({
            "name": name, "description": "Wärmt ☀", "ingredients": ["3 leeks", "salt"], "instructions": ["Cut.", "Boil."],
            "prep_time": "15", "cook_time": "1:05", "total_time": "PT80M", "recipe_yield": 4, "category": category,
            "keywords": format!("{keyword}, vegan"), "url": "https://example.org/soup",
        }))
        .await;

    let recipe = fixture.get(id).await;
    assert_eq!(recipe["id"], json!(id.to_string()));
    for (field, value) in [
        ("name", json!(name)),
        ("description", json!("Wärmt ☀")),
        ("recipeIngredient", json!(["3 leeks", "salt"])),
        ("recipeInstructions", json!(["Cut.", "Boil."])),
        ("prepTime", json!("PT15M")),
        ("cookTime", json!("PT1H5M")),
        ("totalTime", json!("PT1H20M")),
        ("recipeYield", json!(4)),
        ("recipeCategory", json!(category)),
        ("keywords", json!(format!("{keyword},vegan"))),
        ("url", json!("https://example.org/soup")),
    ] {
        assert_eq!(recipe[field], value, "{field}");
    }
    let link = recipe["link"].as_str().unwrap();
    assert_eq!(
        link,
        format!("{}/index.php/apps/cookbook/#/recipe/{id}", fixture.nextcloud.url)
    );

    for (tool, arguments) in [
        ("list_recipes", json!({})),
        ("search_recipes", json!({"query": name})),
        ("get_recipes_in_category", json!({"category": category})),
        (
            "get_recipes_with_keywords",
            json!({"keywords": [keyword.to_uppercase(), "vegan"]}),
        ),
    ] {
        let listed = fixture.every(tool, arguments).await;
        let listed = listed.iter().find(|recipe| recipe["recipe_id"] == json!(id)).unwrap();
        assert_eq!(
            (&listed["name"], &listed["category"]),
            (&json!(name), &json!(category)),
            "{tool}"
        );
        assert_eq!(listed["url"], json!(link), "{tool}");
    }
    let none = fixture
        .ok("get_recipes_with_keywords", json!({"keywords": [keyword, "meat"]}))
        .await;
    assert_eq!(none, json!({"recipes": [], "total_count": 0}));
    for (tool, list, counted) in [
        ("list_categories", "categories", &category),
        ("list_keywords", "keywords", &keyword),
    ] {
        let counts = fixture.ok(tool, json!({})).await;
        assert!(
            counts[list]
                .as_array()
                .unwrap()
                .contains(&json!({"name": counted, "recipe_count": 1})),
            "{counts}"
        );
    }

    let deleted = fixture.ok("delete_recipe", json!({"recipe_id": id})).await;
    assert_eq!(deleted, json!({"deleted_id": id}));
    for tool in ["get_recipe", "delete_recipe"] {
        let error = fixture.error(tool, json!({"recipe_id": id})).await;
        assert!(
            error.contains(&format!("not found — recipe {id} (HTTP 404)")),
            "{error}"
        );
    }
    let error = fixture
        .error("update_recipe", json!({"recipe_id": id, "description": "x"}))
        .await;
    assert!(error.contains("HTTP 404"), "{error}");
}

#[tokio::test]
async fn an_update_changes_what_was_asked_and_nothing_else() {
    let fixture = Fixture::start().await;
    let name = unique("Bread");
    let id = fixture
        .directly(
            "POST",
            "/recipes",
            json!({
                "name": name, "description": "old", "prepTime": "PT10M", "cookTime": "PT1H", "recipeYield": 3, "tool": ["tin"],
                "recipeIngredient": ["rye"], "recipeInstructions": ["bake"], "keywords": "a,b", "recipeCategory": "Baking",
                "nutrition": {"@type": "NutritionInformation", "calories": "200 kcal"},
                "aggregateRating": {"@type": "AggregateRating", "ratingValue": 4}, "x-mine": [1, {"two": null}],
            }),
        )
        .await;
    let id = id.as_i64().unwrap();
    let path = format!("/recipes/{id}");
    let before = fixture.directly("GET", &path, json!({})).await;
    assert_eq!(before["x-mine"], json!([1, {"two": null}]));

    let written = fixture
        .ok(
            "update_recipe",
            json!({"recipe_id": id, "description": "new", "cook_time": "45 min"}),
        )
        .await;
    assert_eq!(written["id"], json!(id));
    let mut after = fixture.directly("GET", &path, json!({})).await;
    assert_eq!(
        (&after["description"], &after["cookTime"]),
        (&json!("new"), &json!("PT0H45M0S"))
    );
    for changed in ["description", "cookTime", "dateModified"] {
        after[changed] = before[changed].clone();
    }
    assert_eq!(after, before);

    // Empty values clear.
    fixture
        .ok(
            "update_recipe",
            json!({"recipe_id": id, "description": "", "prep_time": "", "ingredients": [], "keywords": "", "category": ""}),
        )
        .await;
    let cleared = fixture.get(id).await;
    for field in ["description", "prepTime", "keywords", "recipeCategory"] {
        assert_eq!(cleared.get(field), None, "{field}");
    }
    assert_eq!(cleared["recipeIngredient"], json!([]));
    assert_eq!((&cleared["name"], &cleared["recipeYield"]), (&json!(name), &json!(3)));
    for uncategorised in ["_", "*", ""] {
        let list = fixture
            .every("get_recipes_in_category", json!({"category": uncategorised}))
            .await;
        assert!(ids(&list).contains(&id), "{uncategorised}");
    }
    fixture.delete(id).await;
}

#[tokio::test]
async fn a_new_name_renames_and_never_duplicates() {
    let fixture = Fixture::start().await;
    let (old, new, taken) = (unique("Old"), unique("New"), unique("Taken"));
    let id = fixture.create(json!({"name": old, "description": "mine"})).await;
    let other = fixture.create(json!({"name": taken})).await;

    let renamed = fixture.ok("update_recipe", json!({"recipe_id": id, "name": new})).await;
    assert_eq!(renamed["id"], json!(id));
    let recipe = fixture.get(id).await;
    assert_eq!((&recipe["name"], &recipe["description"]), (&json!(new), &json!("mine")));
    let list = fixture.every("list_recipes", json!({})).await;
    let named = |name: &str| list.iter().filter(|recipe| recipe["name"] == name).count();
    assert_eq!((named(&old), named(&new)), (0, 1));

    let error = fixture
        .error("update_recipe", json!({"recipe_id": id, "name": taken}))
        .await;
    assert!(error.contains("409") && error.contains(&taken), "{error}");
    let error = fixture.error("create_recipe", json!({"name": taken})).await;
    assert!(
        error.contains("409") && error.contains("Nothing was created"),
        "{error}"
    );
    assert_eq!(fixture.get(id).await["name"], json!(new));
    assert_eq!(fixture.get(other).await["name"], json!(taken));
    fixture.delete(id).await;
    fixture.delete(other).await;
}

#[tokio::test]
async fn names_with_awkward_characters_work() {
    let fixture = Fixture::start().await;
    let token = unique("x").replace(' ', "");
    for awkward in [
        "half 1/2 & half",
        "100% rye",
        "C# or F? + more",
        "مرق الخضار",
        "Ünï 🥖",
        "a'b\"c",
    ] {
        let name = format!("{awkward} {token}");
        let id = fixture.create(json!({"name": name})).await;
        assert_eq!(fixture.get(id).await["name"], json!(name));
        for query in [name.as_str(), token.as_str()] {
            let found = fixture.every("search_recipes", json!({"query": query})).await;
            assert!(ids(&found).contains(&id), "{query}");
        }
        let renamed = format!("{awkward} again {token}");
        fixture
            .ok("update_recipe", json!({"recipe_id": id, "name": renamed}))
            .await;
        assert_eq!(fixture.get(id).await["name"], json!(renamed));
        fixture.delete(id).await;
    }
}

#[tokio::test]
async fn recipes_settings_and_version_are_resources() {
    let fixture = Fixture::start().await;
    let name = unique("Readable");
    let id = fixture.create(json!({"name": name})).await;
    for (uri, part) in [
        (format!("nc://Cookbook/{id}"), name.as_str()),
        ("cookbook://config".to_owned(), "update_interval"),
        ("cookbook://version".to_owned(), "api_version"),
    ] {
        let resource = fixture.mcp.result("resources/read", json!({"uri": uri})).await;
        let text = resource["contents"][0]["text"].as_str().unwrap();
        assert!(text.contains(part), "{uri}: {text}");
    }
    fixture.delete(id).await;
}
