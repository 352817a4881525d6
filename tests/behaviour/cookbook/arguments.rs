//! Arguments that no request can be made of.

use super::Fixture;
use serde_json::json;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "most of it is a table")]
async fn bad_arguments_are_refused_before_anything_is_sent() {
    let fixture = Fixture::start().await;
    let long = "x".repeat(70_000);
    for (tool, arguments, part) in [
        ("get_recipe", json!({}), "recipe_id"),
        ("get_recipe", json!({"recipe_id": "soup"}), "recipe_id"),
        ("get_recipe", json!({"recipe_id": -1}), "positive"),
        ("get_recipe", json!({"recipe_id": 1, "recipeid": 2}), "did you mean"),
        ("delete_recipe", json!({"recipe_id": 0}), "positive"),
        ("delete_recipe", json!({"recipe_id": "1/../2"}), "recipe_id"),
        ("create_recipe", json!({}), "name"),
        ("create_recipe", json!({"name": "  "}), "needs a name"),
        ("create_recipe", json!({"name": long}), "too long"),
        ("create_recipe", json!({"name": "x".repeat(129)}), "128 bytes"),
        ("create_recipe", json!({"name": "a\nb"}), "control characters"),
        ("create_recipe", json!({"name": "a\u{0}b"}), "control characters"),
        (
            "create_recipe",
            json!({"name": "n", "prep_time": "a while"}),
            "prep_time",
        ),
        ("create_recipe", json!({"name": "n", "cook_time": "P1Y"}), "PT1H30M"),
        ("create_recipe", json!({"name": "n", "total_time": -5}), "total_time"),
        ("create_recipe", json!({"name": "n", "recipe_yield": 0}), "recipe_yield"),
        (
            "create_recipe",
            json!({"name": "n", "recipe_yield": "four"}),
            "recipe_yield",
        ),
        (
            "create_recipe",
            json!({"name": "n", "url": "javascript:alert(1)"}),
            "http://",
        ),
        (
            "create_recipe",
            json!({"name": "n", "url": "https://a.example/\r\nX: y"}),
            "http://",
        ),
        ("create_recipe", json!({"name": "n", "category": "a/b"}), "category"),
        (
            "create_recipe",
            json!({"name": "n", "category": "c".repeat(65)}),
            "64 characters",
        ),
        (
            "create_recipe",
            json!({"name": "n", "keywords": format!("ok,{}", "k".repeat(65))}),
            "64 characters",
        ),
        (
            "create_recipe",
            json!({"name": "n", "ingredients": "flour"}),
            "ingredients",
        ),
        ("create_recipe", json!({"name": "n", "ingredients": [long]}), "64 KiB"),
        (
            "create_recipe",
            json!({"name": "n", "instructions": vec!["x"; 1001]}),
            "1000 entries",
        ),
        (
            "create_recipe",
            json!({"name": "n", "description": "a\u{1b}[0m"}),
            "control characters",
        ),
        ("update_recipe", json!({"recipe_id": 1}), "nothing to change"),
        ("update_recipe", json!({"recipe_id": 1, "name": ""}), "needs a name"),
        (
            "update_recipe",
            json!({"recipe_id": -4, "description": "x"}),
            "positive",
        ),
        ("search_recipes", json!({"query": " "}), "query"),
        ("search_recipes", json!({"query": "q".repeat(257)}), "256"),
        ("search_recipes", json!({"query": "a\r\nb"}), "control"),
        ("search_recipes", json!({"query": "a", "limit": 0}), "limit"),
        ("list_recipes", json!({"cursor": "nonsense"}), "cursor"),
        ("list_recipes", json!({"limit": -1}), "limit"),
        (
            "get_recipes_in_category",
            json!({"category": "c".repeat(65)}),
            "64 characters",
        ),
        (
            "get_recipes_in_category",
            json!({"category": "a\u{7}"}),
            "control characters",
        ),
        ("get_recipes_with_keywords", json!({"keywords": []}), "keywords"),
        ("get_recipes_with_keywords", json!({"keywords": [" ", ","]}), "keywords"),
        ("import_recipe", json!({"url": ""}), "http://"),
        ("import_recipe", json!({"url": "file:///etc/passwd"}), "http://"),
        ("import_recipe", json!({"url": "recipes.example.org/soup"}), "http://"),
        ("set_config", json!({}), "nothing to change"),
        ("set_config", json!({"folder": "../other"}), "folder"),
        ("set_config", json!({"folder": "/"}), "folder"),
        ("set_config", json!({"update_interval": 0}), "update_interval"),
        ("set_config", json!({"print_image": "perhaps"}), "print_image"),
        ("reindex", json!({"force": true}), "takes none"),
    ] {
        let shown: String = arguments.to_string().chars().take(120).collect();
        let error = fixture.error(tool, arguments).await;
        assert!(error.contains(part), "{tool} {shown}: {error}");
        assert!(error.len() < 600, "{tool} {shown}: {} bytes", error.len());
    }
}
