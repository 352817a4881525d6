//! Comments and versions.

use serde_json::json;

use super::Fixture;

#[tokio::test]
async fn comments_and_versions_are_kept() {
    let fixture = Fixture::start().await;
    let first = fixture.write("notes.txt", "first").await;
    let path = fixture.path("notes.txt");
    for message in ["one", "two <&> ☀"] {
        let comment = fixture
            .call("create_comment", json!({"path": path, "message": message}))
            .await
            .ok();
        assert_eq!(comment["file_id"], first["file_id"]);
    }
    let comments = fixture
        .call("list_comments", json!({"path": path, "limit": 1}))
        .await
        .ok();
    assert_eq!(comments["count"], 1);
    let comments = fixture.call("list_comments", json!({"path": path})).await.ok();
    let mut messages: Vec<&str> = comments["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|comment| comment["message"].as_str().unwrap())
        .collect();
    messages.sort_unstable();
    assert_eq!(messages, ["one", "two <&> ☀"]);
    for bad in [String::new(), "x".repeat(1001)] {
        let error = fixture
            .call("create_comment", json!({"path": path, "message": bad}))
            .await
            .error();
        assert!(error.contains("argument `message`"), "{error}");
    }

    let write = json!({"path": path, "content": "second version", "if_match": first["etag"]});
    fixture.call("write_file", write).await.ok();
    let versions = fixture.call("list_versions", json!({"path": path})).await.ok();
    let oldest = versions["versions"].as_array().unwrap().last().unwrap();
    assert_eq!((&versions["total_count"], &oldest["size"]), (&json!(2), &json!(5)));
    let restore = json!({"path": path, "version_id": oldest["version_id"]});
    fixture.call("restore_version", restore).await.ok();
    assert_eq!(fixture.read("notes.txt").await["content"], "first");
    let error = fixture
        .call("restore_version", json!({"path": path, "version_id": "12345"}))
        .await
        .error();
    assert!(error.contains("not found"), "{error}");
    fixture.clean().await;
}
