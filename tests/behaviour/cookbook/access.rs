//! Recipes that are not there or not the account's, and a Nextcloud that is none.

use super::{Fixture, SCOPE};
use crate::support::calls::{refuse_wrong_arguments, survive_hostile_answers};
use crate::support::unique;
use serde_json::json;

/// An id that no file has.
const NOWHERE: i64 = 2_000_000_000;

#[tokio::test]
async fn recipes_of_others_are_not_found_and_stay() {
    let fixture = Fixture::start().await;
    let (name, keyword, category) = (unique("Private"), unique("secret"), unique("Hidden"));
    let recipe = json!({"name": name, "keywords": keyword, "category": category});
    let id = fixture.create(recipe).await;
    let stranger = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    for (tool, mut arguments) in fixture.calls(id).await {
        if arguments.get("recipe_id").is_some() {
            let error = stranger.call(tool, arguments.clone()).await.error();
            assert!(error.contains(&format!("recipe {id} (HTTP 404)")), "{tool}: {error}");
            arguments["recipe_id"] = json!(NOWHERE);
            let error = fixture.mcp.call(tool, arguments).await.error();
            assert!(error.contains("recipe 2000000000 (HTTP 404)"), "{tool}: {error}");
        }
    }
    for (tool, arguments) in [
        ("search_recipes", json!({"query": keyword.replace(' ', "")})),
        ("get_recipes_in_category", json!({"category": category})),
        ("get_recipes_with_keywords", json!({"keywords": [keyword]})),
    ] {
        let found = stranger.call(&format!("nc_cookbook_{tool}"), arguments).await.ok();
        assert_eq!(found["recipes"], json!([]), "{tool}");
    }
    let list = stranger.every("nc_cookbook_list_recipes", &json!({}), "recipes").await;
    assert!(list.iter().all(|recipe| recipe["recipe_id"] != id));
    for (tool, hidden) in [("list_categories", &category), ("list_keywords", &keyword)] {
        let names = stranger.call(&format!("nc_cookbook_{tool}"), json!({})).await.ok();
        assert!(!names.to_string().contains(hidden.as_str()), "{tool}");
    }
    assert_eq!(fixture.get(id).await["name"], json!(name));
    fixture.delete(id).await;
}

#[tokio::test]
async fn ids_are_positive_numbers_and_nothing_unknown_is_taken() {
    let fixture = Fixture::start().await;
    let id = fixture.create(json!({"name": unique("Kept")})).await;
    let before = fixture.get(id).await;
    refuse_wrong_arguments(&fixture.mcp, &fixture.calls(id).await).await;
    assert_eq!(fixture.get(id).await, before);
    fixture.delete(id).await;
}

#[tokio::test]
async fn hostile_answers_do_no_harm() {
    let fixture = Fixture::sandbox().await;
    let id = fixture
        .create(json!({"name": unique("Kept"), "ingredients": ["salt"]}))
        .await;
    let before = fixture.get(id).await;
    let calls = fixture.calls(id).await;
    survive_hostile_answers(&fixture.nextcloud, &fixture.mcp, &["/apps/cookbook"], &calls).await;
    assert_eq!(fixture.get(id).await, before);
}
