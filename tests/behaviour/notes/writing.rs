//! Writing notes.

use super::Fixture;
use crate::support::unique;
use serde_json::json;

#[tokio::test]
async fn a_note_lives_from_creation_to_deletion() {
    let fixture = Fixture::start().await;
    let (id, title, etag) = fixture.note("# Hello\n\nwörld ☀").await;

    let note = fixture.read(id).await;
    assert_eq!(note["content"], "# Hello\n\nwörld ☀");
    assert_eq!(note["title"], json!(title));
    assert_eq!(note["etag"], json!(etag));
    let link = note["url"].as_str().unwrap();
    assert_eq!(
        link,
        format!("{}/index.php/apps/notes/note/{id}", fixture.nextcloud.url)
    );

    let changed = fixture
        .mcp
        .call(
            "nc_notes_update_note",
            json!({"note_id": id, "etag": etag, "content": "changed", "category": "Work/Sub"}),
        )
        .await
        .ok();
    assert_eq!(changed["category"], "Work/Sub");
    assert_ne!(changed["etag"], json!(etag));
    let note = fixture.read(id).await;
    assert_eq!((&note["content"], &note["title"]), (&json!("changed"), &json!(title)));

    fixture.delete(id).await;
    let error = fixture
        .mcp
        .call("nc_notes_get_note", json!({"note_id": id}))
        .await
        .error();
    assert!(error.contains(&format!("not found — note {id} (HTTP 404)")), "{error}");
}

#[tokio::test]
async fn a_stale_etag_is_refused_and_nothing_is_lost() {
    let fixture = Fixture::start().await;
    let (id, _, stale) = fixture.note("first").await;
    let update = |etag: &str, content: &str| json!({"note_id": id, "etag": etag, "content": content});
    let current = fixture
        .mcp
        .call("nc_notes_update_note", update(&stale, "second"))
        .await
        .ok();
    let current = current["etag"].as_str().unwrap();

    let error = fixture
        .mcp
        .call("nc_notes_update_note", update(&stale, "third"))
        .await
        .error();
    assert!(error.contains("412") && error.contains(current), "{error}");
    assert!(
        !error.contains("second"),
        "the content of a note is in no error: {error}"
    );
    assert_eq!(fixture.read(id).await["content"], "second");

    let quoted = format!("\"{current}\"");
    fixture
        .mcp
        .call("nc_notes_update_note", update(&quoted, "fourth"))
        .await
        .ok();
    assert_eq!(fixture.read(id).await["content"], "fourth");
    fixture.delete(id).await;
}

#[tokio::test]
async fn an_empty_string_clears_and_what_is_left_out_stays() {
    let fixture = Fixture::start().await;
    let (id, title, etag) = fixture.note("text").await;
    let filed = fixture
        .mcp
        .call(
            "nc_notes_update_note",
            json!({"note_id": id, "etag": etag, "category": "Somewhere", "title": null, "content": null}),
        )
        .await
        .ok();
    let cleared = fixture
        .mcp
        .call(
            "nc_notes_update_note",
            json!({"note_id": id, "etag": filed["etag"], "category": "", "content": ""}),
        )
        .await
        .ok();
    assert_eq!(cleared["category"], "");
    let note = fixture.read(id).await;
    assert_eq!((&note["content"], &note["title"]), (&json!(""), &json!(title)));

    let error = fixture
        .mcp
        .call("nc_notes_update_note", json!({"note_id": id, "etag": note["etag"]}))
        .await
        .error();
    assert!(error.contains("nothing to change"), "{error}");
    fixture.delete(id).await;
}

#[tokio::test]
async fn appending_keeps_what_was_there() {
    let fixture = Fixture::start().await;
    let (id, _, _) = fixture.note("").await;
    let append = |content: &str| json!({"note_id": id, "content": content});
    fixture.mcp.call("nc_notes_append_content", append("one")).await.ok();
    fixture.mcp.call("nc_notes_append_content", append("two")).await.ok();
    assert_eq!(fixture.read(id).await["content"], "one\n---\ntwo");
    fixture.delete(id).await;
}

/// Each append is on what the other wrote: the one whose etag is stale reads the note again.
#[tokio::test]
async fn two_appends_at_once_are_both_there() {
    let fixture = Fixture::start().await;
    let (id, _, _) = fixture.note("").await;
    let append = |content: &str| {
        let arguments = json!({"note_id": id, "content": content});
        fixture.mcp.call("nc_notes_append_content", arguments)
    };
    let (one, other) = tokio::join!(append("one"), append("other"));
    one.ok();
    other.ok();
    let content = fixture.read(id).await["content"].clone();
    assert!(
        ["one\n---\nother", "other\n---\none"].contains(&content.as_str().unwrap()),
        "{content}"
    );
    fixture.delete(id).await;
}

#[tokio::test]
async fn a_taken_title_is_numbered_by_nextcloud() {
    let fixture = Fixture::start().await;
    let (first, title, _) = fixture.note("one").await;
    let second = fixture
        .mcp
        .call(
            "nc_notes_create_note",
            json!({"title": title, "content": "two", "category": ""}),
        )
        .await
        .ok();
    assert_eq!(second["title"], format!("{title} (2)"));
    assert_eq!(fixture.read(first).await["content"], "one");
    fixture.delete(first).await;
    fixture.delete(second["id"].as_i64().unwrap()).await;
}

#[tokio::test]
async fn names_that_no_file_can_have_are_refused() {
    let fixture = Fixture::start().await;
    let (id, _, etag) = fixture.note("kept").await;
    for (argument, name) in [("title", "a\u{7}b"), ("category", "a\u{0}b"), ("title", "a\u{1b}[31m")] {
        let mut created = json!({"title": "t", "content": "x", "category": ""});
        created[argument] = json!(name);
        let answer = fixture.mcp.call("nc_notes_create_note", created).await;
        assert!(answer.error().contains(&format!("`{argument}`")));
        let mut changed = json!({"note_id": id, "etag": etag});
        changed[argument] = json!(name);
        let answer = fixture.mcp.call("nc_notes_update_note", changed).await;
        assert!(answer.error().contains(&format!("`{argument}`")));
    }
    assert_eq!(fixture.read(id).await["etag"], etag);
    fixture.delete(id).await;
}

#[tokio::test]
async fn unusual_titles_are_kept_or_cleaned_by_nextcloud_but_never_misplaced() {
    let fixture = Fixture::start().await;
    for title in ["שלום", "a/b?c#d%20e", "  spaced  ", "<b>&amp;", "🎉", "..", "a\tb"] {
        let title = format!("{title} {}", unique(""));
        let note = fixture
            .mcp
            .call(
                "nc_notes_create_note",
                json!({"title": title, "content": "x", "category": ""}),
            )
            .await
            .ok();
        let id = note["id"].as_i64().unwrap();
        let read = fixture.read(id).await;
        assert_eq!(read["title"], note["title"], "{title}");
        assert_eq!(read["category"], "", "{title}");
        fixture.delete(id).await;
    }
}
