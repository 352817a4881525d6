//! Arguments that cannot be carried out.

use crate::support::unique;
use serde_json::{Value, json};

use super::Fixture;

/// Makes a tool's arguments with this path in them.
type ArgumentsFor = fn(&str) -> Value;

#[tokio::test]
async fn bad_input_is_refused_before_anything_happens() {
    let fixture = Fixture::start().await;
    let long = "x/".repeat(3000);
    let paths = ["../etc/passwd", "a/./b", "a\0b", "a\r\nDestination: /x", "a\\b", &long];
    let tools: [(&str, ArgumentsFor); 12] = [
        ("list_directory", |path| json!({"path": path})),
        ("read_file", |path| json!({"path": path})),
        ("write_file", |path| json!({"path": path, "content": "x"})),
        ("append_file", |path| json!({"path": path, "content": "x"})),
        ("create_directory", |path| json!({"path": path})),
        ("delete_resource", |path| json!({"path": path})),
        ("list_comments", |path| json!({"path": path})),
        ("list_versions", |path| json!({"path": path})),
        ("get_file_tags", |path| json!({"path": path})),
        ("tag_file", |path| json!({"path": path, "tag": "t"})),
        (
            "move_resource",
            |path| json!({"source_path": "a", "destination_path": path}),
        ),
        ("search_files", |path| json!({"scope": path})),
    ];
    for (tool, arguments) in tools {
        for path in paths {
            let error = fixture.call(tool, arguments(path)).await.error();
            assert!(error.contains("argument `"), "{tool} {path:?}: {error}");
        }
    }
    let file = fixture.path("x.txt");
    let refused = [
        ("read_file", json!({"path": file, "length": 0})),
        ("read_file", json!({"path": file, "length": 99_999_999})),
        ("read_file", json!({"path": file, "parse_document": "html"})),
        ("read_file", json!({"path": file, "page_start": 1})),
        ("read_file", json!({"path": ""})),
        ("read_file", json!({})),
        (
            "write_file",
            json!({"path": file, "content": "%%%", "content_type": "image/png;base64"}),
        ),
        ("write_file", json!({"path": file, "content": 5})),
        (
            "write_file",
            json!({"path": file, "content": "x", "content_type": "text/plain\r\nX: y"}),
        ),
        ("delete_resource", json!({"path": "/"})),
        ("find_by_name", json!({"pattern": " "})),
        ("find_by_type", json!({"mime_type": ""})),
        ("search_files", json!({"modified_after": "yesterday"})),
        ("search_files", json!({"min_size": 5, "max_size": 1})),
        ("list_trash", json!({"cursor": "%"})),
        ("restore_from_trash", json!({"entry_id": "../x"})),
        ("restore_version", json!({"path": file, "version_id": "../1"})),
        ("tag_file", json!({"path": file, "tag": "\u{1}"})),
        ("upload_part", json!({"path": file, "content": "x", "part": 0})),
        ("upload_part", json!({"path": file, "content": "x", "part": 2})),
        (
            "upload_part",
            json!({"path": file, "content": "x", "part": 2, "upload_id": "../../files"}),
        ),
    ];
    for (tool, arguments) in refused {
        let error = fixture.call(tool, arguments.clone()).await.error();
        assert!(error.contains("argument"), "{tool} {arguments}: {error}");
    }
    for (tool, mut arguments) in [
        ("read_file", json!({})),
        ("list_directory", json!({})),
        ("list_comments", json!({})),
        ("list_versions", json!({})),
        ("get_file_tags", json!({})),
        ("delete_resource", json!({})),
        ("append_file", json!({"content": "x"})),
        ("create_comment", json!({"message": "x"})),
        ("tag_file", json!({"tag": unique("t")})),
    ] {
        arguments["path"] = json!(fixture.path("nothing here"));
        let error = fixture.call(tool, arguments).await.error();
        assert!(
            error.contains("not found") && error.contains("nothing here"),
            "{tool}: {error}"
        );
    }
    let listing = fixture
        .call("list_directory", json!({"path": fixture.folder}))
        .await
        .ok();
    assert_eq!(listing["total_count"], 0, "nothing was written");
    fixture.clean().await;
}
