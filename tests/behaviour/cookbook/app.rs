//! The import, the settings and the index.

use super::Fixture;
use serde_json::json;

#[tokio::test]
async fn an_import_says_why_it_did_not_work() {
    let fixture = Fixture::start().await;
    let error = fixture
        .error("import_recipe", json!({"url": "http://127.0.0.1/soup"}))
        .await;
    assert!(error.contains("public host names"), "{error}");
    if fixture.nextcloud.is_live() {
        // What the web has to offer is not the test's to rely on.
        return;
    }
    let import = |page: &str| json!({"url": format!("https://recipes.example.org/{page}")});
    let imported = fixture.ok("import_recipe", import("leek-soup")).await;
    let recipe = &imported["recipe"];
    assert_eq!(
        (&recipe["name"], &recipe["cookTime"], &recipe["recipeYield"]),
        (&json!("Leek soup"), &json!("PT25M"), &json!(4))
    );
    assert_eq!(imported["recipe_id"], recipe["id"]);
    for (page, part) in [
        ("leek-soup", "exists already (HTTP 409)"),
        ("about", "no recipe in schema.org form"),
        ("missing", "answered Nextcloud with an error"),
    ] {
        let error = fixture.error("import_recipe", import(page)).await;
        assert!(error.contains(part), "{page}: {error}");
    }
    let error = fixture
        .error("import_recipe", json!({"url": "https://nowhere.invalid/"}))
        .await;
    assert!(error.contains("could not fetch the page"), "{error}");
}

#[tokio::test]
async fn settings_are_changed_one_by_one_and_the_index_is_rebuilt() {
    let fixture = Fixture::start().await;
    let before = fixture.directly("GET", "/config", json!({})).await;
    let interval = before["update_interval"].as_i64().unwrap();
    let changed = fixture.ok("set_config", json!({"update_interval": interval + 7})).await;
    assert_eq!(
        changed,
        json!({"folder": before["folder"], "update_interval": interval + 7, "print_image": before["print_image"]})
    );
    let restored = fixture.ok("set_config", json!({"update_interval": interval})).await;
    assert_eq!(restored["update_interval"], json!(interval));
    fixture.ok("reindex", json!({})).await;
}
