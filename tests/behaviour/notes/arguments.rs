//! Arguments that no request can be made of.

use super::Fixture;
use serde_json::json;

#[tokio::test]
async fn bad_arguments_are_explained_and_change_nothing() {
    let fixture = Fixture::start().await;
    let (id, _, etag) = fixture.note("kept").await;
    let long = "x".repeat(300);
    for (tool, arguments, part) in [
        ("nc_notes_get_note", json!({}), "missing field `note_id`"),
        ("nc_notes_get_note", json!({"note_id": "abc"}), "argument `note_id`"),
        ("nc_notes_get_note", json!({"note_id": [1]}), "argument `note_id`"),
        ("nc_notes_get_note", json!({"note_id": 0}), "not found"),
        ("nc_notes_get_note", json!({"note_id": -1}), "note -1"),
        ("nc_notes_get_note", json!({"id": 1}), "no argument `id`"),
        ("nc_notes_create_note", json!({"title": "t"}), "missing field"),
        (
            "nc_notes_update_note",
            json!({"note_id": id, "content": "x"}),
            "missing field `etag`",
        ),
        (
            "nc_notes_update_note",
            json!({"note_id": id, "etag": "", "content": "x"}),
            "etag",
        ),
        (
            "nc_notes_update_note",
            json!({"note_id": id, "etag": "a\r\nX-Injected: 1", "content": "x"}),
            "etag",
        ),
        (
            "nc_notes_update_note",
            json!({"note_id": id, "etag": "0123456789abcdef", "content": "x"}),
            "412",
        ),
        ("nc_notes_list_notes", json!({"cursor": long}), "cursor"),
        ("nc_notes_list_notes", json!({"limit": 0}), "limit"),
        ("nc_notes_list_notes", json!({"limit": -1}), "limit"),
        ("nc_notes_search_notes", json!({"query": " "}), "query"),
        ("nc_notes_search_notes", json!({"query": 5}), "query"),
        (
            "nc_notes_append_content",
            json!({"note_id": id}),
            "missing field `content`",
        ),
        (
            "nc_notes_append_content",
            json!({"note_id": id, "content": {}}),
            "content",
        ),
        ("nc_notes_delete_note", json!({"note_id": "all"}), "note_id"),
        (
            "nc_notes_delete_note",
            json!({"note_id": 1, "force": true}),
            "no argument `force`",
        ),
        (
            "nc_notes_get_attachment",
            json!({"note_id": id, "attachment_filename": "../../etc/passwd"}),
            "attachment_filename",
        ),
        (
            "nc_notes_get_attachment",
            json!({"note_id": id, "attachment_filename": "none.png"}),
            "not found",
        ),
    ] {
        let error = fixture.mcp.call(tool, arguments.clone()).await.error();
        assert!(error.contains(part), "{tool} {arguments}: {error}");
        assert!(error.starts_with(&format!("{tool} failed: ")), "{error}");
    }
    let note = fixture.read(id).await;
    assert_eq!((&note["content"], &note["etag"]), (&json!("kept"), &json!(etag)));
    fixture.delete(id).await;
}
