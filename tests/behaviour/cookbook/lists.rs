//! Lists of recipes.

use super::{Fixture, ids};
use crate::support::unique;
use serde_json::json;

#[tokio::test]
async fn long_lists_come_in_pages() {
    let fixture = Fixture::start().await;
    let keyword = unique("paged");
    let mut created = Vec::new();
    for letter in ["C", "a", "B"] {
        let name = unique(letter);
        created.push(fixture.create(json!({"name": name, "keywords": keyword})).await);
    }
    let arguments = json!({"keywords": [keyword], "limit": 2});
    let first = fixture.ok("get_recipes_with_keywords", arguments.clone()).await;
    assert_eq!(
        (first["total_count"].as_i64(), ids(&first)),
        (Some(3), vec![created[1], created[2]])
    );
    let mut next = arguments;
    next["cursor"] = first["next_cursor"].clone();
    let second = fixture.ok("get_recipes_with_keywords", next).await;
    assert_eq!((ids(&second), second.get("next_cursor")), (vec![created[0]], None));
    for id in created {
        fixture.delete(id).await;
    }
}
