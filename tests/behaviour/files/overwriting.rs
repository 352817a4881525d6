//! What is there is only replaced by who has read it.

use serde_json::{Value, json};

use super::Fixture;

#[tokio::test]
async fn nothing_is_overwritten_by_accident() {
    let fixture = Fixture::start().await;
    let first = fixture.write("a.txt", "one").await;
    let path = fixture.path("a.txt");
    let write = |content: &str, if_match: &Value| json!({"path": path, "content": content, "if_match": if_match});

    let error = fixture
        .call("write_file", json!({"path": path, "content": "x"}))
        .await
        .error();
    assert!(error.contains("exists already"), "{error}");
    let second = fixture.call("write_file", write("two", &first["etag"])).await.ok();
    assert_eq!(second["created"], false);
    assert_ne!(second["etag"], first["etag"], "same size, written right after");
    let error = fixture.call("write_file", write("x", &first["etag"])).await.error();
    assert!(
        error.contains("was changed since it was read") && error.contains("412"),
        "{error}"
    );
    assert_eq!(fixture.read("a.txt").await["content"], "two");
    let weak = json!(format!("W/\"{}\"", second["etag"].as_str().unwrap()));
    fixture.call("write_file", write("three", &weak)).await.ok();
    fixture.call("write_file", write("four", &json!("*"))).await.ok();
    assert_eq!(fixture.read("a.txt").await["content"], "four");

    let missing = fixture.path("missing.txt");
    let error = fixture
        .call("write_file", json!({"path": missing, "content": "x", "if_match": "*"}))
        .await
        .error();
    assert!(error.contains("not found"), "{error}");
    let error = fixture
        .call(
            "write_file",
            json!({"path": fixture.path("no/such/x.txt"), "content": "x"}),
        )
        .await
        .error();
    assert!(error.contains("nc_webdav_create_directory"), "{error}");
    let error = fixture
        .call(
            "write_file",
            json!({"path": fixture.folder, "content": "x", "if_match": "*"}),
        )
        .await
        .error();
    assert!(error.contains("is a folder"), "{error}");
    fixture.clean().await;
}

#[tokio::test]
async fn two_writes_of_one_size_in_one_second_keep_both_contents_known() {
    let fixture = Fixture::start().await;
    // Whoever writes second in a second has to get another etag, or the first is lost without a word.
    let mut etag = fixture.write("log.txt", "000").await["etag"].clone();
    for round in 1..4 {
        let content = format!("{round:03}");
        let arguments = json!({"path": fixture.path("log.txt"), "content": content, "if_match": etag});
        let next = fixture.call("write_file", arguments).await.ok()["etag"].clone();
        assert_ne!(next, etag);
        let stale = json!({"path": fixture.path("log.txt"), "content": "bad", "if_match": etag});
        fixture.call("write_file", stale).await.error();
        let file = fixture.read("log.txt").await;
        assert_eq!((&file["content"], &file["etag"]), (&json!(content), &next));
        etag = next;
    }
    fixture.clean().await;
}

#[tokio::test]
async fn the_etag_of_a_text_that_can_be_compressed_is_good_for_writing() {
    let fixture = Fixture::start().await;
    // From this length on web servers compress for who asks, and spoil the tag: ours does not ask.
    let text = "t".repeat(600);
    fixture.write("long.txt", &text).await;
    let read = fixture.read("long.txt").await;
    assert_eq!(read["content"], json!(text));
    let mut etag = read["etag"].as_str().unwrap().to_owned();
    // Other clients show what they were told by nginx, Apache or nobody.
    for spelling in ["\"…\"", "W/\"…\"", "\"…-gzip\"", "…"] {
        let spelt = spelling.replace('…', &etag);
        let arguments = json!({"path": fixture.path("long.txt"), "content": text, "if_match": spelt});
        let written = fixture.call("write_file", arguments).await.ok();
        written["etag"].as_str().unwrap().clone_into(&mut etag);
    }
    fixture.clean().await;
}
