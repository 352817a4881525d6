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
    let pages = fixture
        .mcp
        .pages("nc_cookbook_get_recipes_with_keywords", &arguments)
        .await;
    let pages: Vec<(i64, Vec<i64>)> = pages
        .iter()
        .map(|page| {
            (
                page["total_count"].as_i64().unwrap(),
                ids(page["recipes"].as_array().unwrap()),
            )
        })
        .collect();
    assert_eq!(pages, [(3, vec![created[1], created[2]]), (3, vec![created[0]])]);
    for id in created {
        fixture.delete(id).await;
    }
}
