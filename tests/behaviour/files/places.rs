//! Folders, moving and copying.

use serde_json::json;

use super::Fixture;

#[tokio::test]
async fn files_are_moved_and_copied_without_replacing_others() {
    let fixture = Fixture::start().await;
    fixture.write("a.txt", "a").await;
    let b = fixture.write("b.txt", "b").await;
    let transfer =
        |from: &str, to: &str| json!({"source_path": fixture.path(from), "destination_path": fixture.path(to)});
    let error = fixture.call("copy_resource", transfer("a.txt", "b.txt")).await.error();
    assert!(error.contains("exists already"), "{error}");
    let copied = fixture
        .call("copy_resource", transfer("a.txt", "c%2F é.txt"))
        .await
        .ok();
    assert_eq!(copied["overwritten"], false);
    assert_eq!(fixture.read("c%2F é.txt").await["content"], "a");

    let mut replace = transfer("a.txt", "b.txt");
    replace["if_destination_match"] = json!("0123456789abcdef");
    let error = fixture.call("move_resource", replace.clone()).await.error();
    assert!(error.contains("was changed since"), "{error}");
    replace["if_destination_match"] = b["etag"].clone();
    let moved = fixture.call("move_resource", replace).await.ok();
    assert_eq!(moved["overwritten"], true);
    assert_eq!(fixture.read("b.txt").await["content"], "a");
    let error = fixture.call("move_resource", transfer("a.txt", "z.txt")).await.error();
    assert!(error.contains("not found") && error.contains("a.txt"), "{error}");
    let error = fixture
        .call("move_resource", transfer("b.txt", "no/b.txt"))
        .await
        .error();
    assert!(error.contains("create it first"), "{error}");
    let error = fixture
        .call(
            "move_resource",
            json!({"source_path": fixture.folder, "destination_path": fixture.path("inside")}),
        )
        .await
        .error();
    assert!(error.contains("inside it"), "{error}");
    let again = fixture
        .call("create_directory", json!({"path": fixture.folder}))
        .await
        .ok();
    assert_eq!(again["created"], false);
    let error = fixture
        .call("create_directory", json!({"path": fixture.path("b.txt")}))
        .await
        .error();
    assert!(error.contains("is a file"), "{error}");
    fixture.clean().await;
}
