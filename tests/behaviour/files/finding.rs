//! Searching, and tags.

use crate::support::unique;
use serde_json::{Value, json};

use super::{Fixture, names};

#[tokio::test]
async fn searches_find_by_name_type_size_date_and_tag() {
    let fixture = Fixture::start().await;
    fixture.write("report alpha.md", "1234567890").await;
    fixture.write("report beta.txt", "12345").await;
    fixture.write("picture.png", "not a picture").await;
    let scope = fixture.folder.clone();
    let search = |mut arguments: Value| {
        arguments["scope"] = json!(scope);
        arguments
    };
    let found = fixture
        .call("search_files", search(json!({"name_pattern": "report%"})))
        .await
        .ok();
    let mut found_names = names(&found["results"]);
    found_names.sort_unstable();
    assert_eq!(found_names, ["report alpha.md", "report beta.txt"]);
    let page = fixture
        .call("search_files", search(json!({"name_pattern": "report%", "limit": 1})))
        .await
        .ok();
    assert_eq!((names(&page["results"]).len(), &page["total_found"]), (1, &json!(2)));
    let rest = json!({"name_pattern": "report%", "limit": 1, "cursor": page["next_cursor"]});
    let rest = fixture.call("search_files", search(rest)).await.ok();
    assert_ne!(rest["results"][0]["name"], page["results"][0]["name"]);

    let by_name = fixture
        .call("find_by_name", json!({"pattern": "*BETA*", "scope": scope}))
        .await
        .ok();
    assert_eq!(names(&by_name["results"]), ["report beta.txt"]);
    let by_type = fixture
        .call("find_by_type", json!({"mime_type": "image", "scope": scope}))
        .await
        .ok();
    assert_eq!(names(&by_type["results"]), ["picture.png"]);
    let by_size = fixture
        .call("search_files", search(json!({"min_size": 6, "max_size": 10})))
        .await
        .ok();
    assert_eq!(names(&by_size["results"]), ["report alpha.md"]);
    let later = fixture
        .call("search_files", search(json!({"modified_after": "2200-01-01"})))
        .await
        .ok();
    assert_eq!(later["total_found"], 0);
    let favorites = fixture.call("list_favorites", json!({"scope": scope})).await.ok();
    assert_eq!(favorites["total_found"], 0);
    let injected = json!({"name_pattern": "</d:literal><d:x>&\"'"});
    assert_eq!(
        fixture.call("search_files", search(injected)).await.ok()["total_found"],
        0
    );

    let tag = unique("tag");
    let path = fixture.path("report alpha.md");
    let tagged = fixture.call("tag_file", json!({"path": path, "tag": tag})).await.ok();
    assert_eq!(tagged["assigned"], true);
    fixture.call("tag_file", json!({"path": path, "tag": tag})).await.ok();
    let of_file = fixture.call("get_file_tags", json!({"path": path})).await.ok();
    assert_eq!(of_file["tags"][0]["name"], json!(tag));
    assert!(names(&fixture.call("list_tags", json!({})).await.ok()["tags"]).contains(&tag.as_str()));
    let by_tag = fixture.call("find_by_tag_name", json!({"tag": tag})).await.ok();
    assert_eq!(
        (names(&by_tag["files"]), &by_tag["tag_id"]),
        (vec!["report alpha.md"], &tagged["tag_id"])
    );
    let by_tag = fixture
        .call(
            "search_files",
            search(json!({"tag": tag, "name_pattern": "%.md", "min_size": 1})),
        )
        .await
        .ok();
    assert_eq!(names(&by_tag["results"]), ["report alpha.md"]);
    let untagged = fixture.call("untag_file", json!({"path": path, "tag": tag})).await.ok();
    assert_eq!(untagged["assigned"], false);
    let by_tag = fixture.call("find_by_tag_name", json!({"tag": tag})).await.ok();
    assert_eq!(by_tag["total_count"], 0);
    let error = fixture
        .call("find_by_tag_name", json!({"tag": unique("none")}))
        .await
        .error();
    assert!(error.contains("there is no tag"), "{error}");
    fixture.clean().await;
}
