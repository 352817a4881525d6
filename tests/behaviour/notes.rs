//! The Notes tools and resources, through MCP over HTTP.

use crate::support::{McpClient, TestNextcloud, TestServer, unique};
use http::StatusCode;
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email notes:read notes:write";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        Self { nextcloud, server, mcp }
    }

    /// A note whose title is returned with it.
    async fn note(&self, content: &str) -> (i64, String, String) {
        let title = unique("note");
        let note = self
            .mcp
            .call(
                "nc_notes_create_note",
                json!({"title": title, "content": content, "category": ""}),
            )
            .await
            .ok();
        assert_eq!(note["title"], json!(title));
        (
            note["id"].as_i64().unwrap(),
            title,
            note["etag"].as_str().unwrap().to_owned(),
        )
    }

    async fn read(&self, id: i64) -> Value {
        self.mcp.call("nc_notes_get_note", json!({"note_id": id})).await.ok()
    }

    async fn delete(&self, id: i64) {
        self.mcp.call("nc_notes_delete_note", json!({"note_id": id})).await.ok();
    }
}

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

#[tokio::test]
async fn notes_are_listed_by_category_and_in_pages() {
    let fixture = Fixture::start().await;
    let category = unique("Category");
    let mut ids = Vec::new();
    for number in 0..3 {
        let note = json!({"title": unique("listed"), "content": number.to_string(), "category": category});
        let note = fixture.mcp.call("nc_notes_create_note", note).await.ok();
        ids.push(note["id"].as_i64().unwrap());
    }

    let mut seen = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let arguments = json!({"category": category, "limit": 2, "cursor": cursor});
        let page = fixture.mcp.call("nc_notes_list_notes", arguments).await.ok();
        assert_eq!(page["total_found"], 3);
        for note in page["results"].as_array().unwrap() {
            assert!(note.get("content").is_none());
            seen.push(note["id"].as_i64().unwrap());
        }
        match page.get("next_cursor") {
            Some(next) => cursor = next.clone(),
            None => break,
        }
    }
    seen.sort_unstable();
    ids.sort_unstable();
    assert_eq!(seen, ids);

    let none = json!({"category": unique("Nothing here")});
    let none = fixture.mcp.call("nc_notes_list_notes", none).await.ok();
    assert_eq!(none, json!({"results": [], "total_found": 0}));
    for id in ids {
        fixture.delete(id).await;
    }
}

#[tokio::test]
async fn search_finds_words_in_title_and_content() {
    let fixture = Fixture::start().await;
    let word = unique("word").replace(' ', "");
    let create = |title: String, content: String| json!({"title": title, "content": content, "category": ""});
    let in_title = fixture
        .mcp
        .call("nc_notes_create_note", create(format!("About {word}"), "x".to_owned()))
        .await
        .ok();
    let in_content = fixture
        .mcp
        .call(
            "nc_notes_create_note",
            create(unique("other"), format!("It says {word} here")),
        )
        .await
        .ok();

    let found = fixture
        .mcp
        .call("nc_notes_search_notes", json!({"query": word}))
        .await
        .ok();
    assert_eq!(found["total_found"], 2, "{found}");
    assert_eq!(found["results"][0]["id"], in_title["id"], "a title ranks before a text");
    assert_eq!(found["results"][1]["id"], in_content["id"]);
    let error = fixture
        .mcp
        .call("nc_notes_search_notes", json!({"query": "  "}))
        .await
        .error();
    assert!(error.contains("query"), "{error}");
    for note in [in_title, in_content] {
        fixture.delete(note["id"].as_i64().unwrap()).await;
    }
}

#[tokio::test]
async fn search_downloads_no_contents() {
    let nextcloud = TestNextcloud::sandbox(nextcloud_sandbox::SandboxOptions::new()).await;
    let server = TestServer::oauth(&nextcloud).await;
    let mcp = server.client_of(&nextcloud.user, SCOPE).await;
    let requests = nextcloud.state().requests();
    requests.reset();
    mcp.call("nc_notes_search_notes", json!({"query": "welcome"}))
        .await
        .ok();
    assert_eq!(requests.count("/apps/notes/api/v1/notes"), 1);
    assert_eq!(requests.count("/ocs/v2.php/search/providers/notes/search"), 1);
    assert_eq!(requests.count_under("/apps/notes/api/v1/notes/"), 0);
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
async fn notes_of_others_are_not_there() {
    let fixture = Fixture::start().await;
    let (id, _, etag) = fixture.note("private").await;
    let other = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    for (tool, arguments) in [
        ("nc_notes_get_note", json!({"note_id": id})),
        ("nc_notes_append_content", json!({"note_id": id, "content": "x"})),
        (
            "nc_notes_update_note",
            json!({"note_id": id, "etag": etag, "content": "x"}),
        ),
        ("nc_notes_delete_note", json!({"note_id": id})),
        (
            "nc_notes_get_attachment",
            json!({"note_id": id, "attachment_filename": "a.png"}),
        ),
    ] {
        let error = other.call(tool, arguments).await.error();
        assert!(error.contains("not found"), "{tool}: {error}");
    }
    assert_eq!(fixture.read(id).await["content"], "private");
    fixture.delete(id).await;
}

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

#[tokio::test]
async fn unusual_titles_are_kept_or_cleaned_by_nextcloud_but_never_misplaced() {
    let fixture = Fixture::start().await;
    for title in ["שלום", "a/b?c#d%20e", "  spaced  ", "<b>&amp;", "🎉", "..", "a\u{7}b"] {
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

#[tokio::test]
async fn resources_read_the_same_notes() {
    let fixture = Fixture::start().await;
    let (id, title, _) = fixture.note("by uri").await;
    let uri = format!("nc://Notes/{id}");
    let result = fixture.mcp.result("resources/read", json!({"uri": uri})).await;
    let contents = &result["contents"][0];
    assert_eq!(contents["uri"], json!(uri));
    assert_eq!(contents["mimeType"], "application/json");
    let note: Value = serde_json::from_str(contents["text"].as_str().unwrap()).unwrap();
    assert_eq!((&note["title"], &note["content"]), (&json!(title), &json!("by uri")));

    let settings = fixture
        .mcp
        .result("resources/read", json!({"uri": "notes://settings"}))
        .await;
    assert!(settings["contents"][0]["text"].as_str().unwrap().contains("notesPath"));
    fixture.delete(id).await;

    let gone = fixture.mcp.rpc("resources/read", json!({"uri": uri})).await;
    assert_eq!(gone["error"]["code"], -32002, "{gone}");
    let modern = fixture.mcp.clone().modern();
    let gone: Value = modern
        .send("resources/read", json!({"uri": uri}))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(gone["error"]["code"], -32602, "{gone}");
    let listed = fixture.mcp.result("resources/templates/list", json!({})).await;
    assert!(listed["resourceTemplates"].to_string().contains("nc://Notes/{note_id}"));
}

#[tokio::test]
async fn a_failing_nextcloud_is_a_tool_error_that_says_so() {
    use nextcloud_sandbox::faults::Fault;
    let nextcloud = TestNextcloud::sandbox(nextcloud_sandbox::SandboxOptions::new()).await;
    let server = TestServer::oauth(&nextcloud).await;
    let mcp = server.client_of(&nextcloud.user, SCOPE).await;
    let faults = nextcloud.state().faults();
    for (fault, part) in [
        (Fault::Html, "HTML page"),
        (Fault::Empty, "empty body"),
        (Fault::Close, "Nextcloud"),
        (Fault::Status(StatusCode::SERVICE_UNAVAILABLE), "HTTP 503"),
        (Fault::Status(StatusCode::INTERNAL_SERVER_ERROR), "HTTP 500"),
    ] {
        let what = format!("{fault:?}");
        faults.set("/apps/notes", fault);
        let error = mcp.call("nc_notes_get_note", json!({"note_id": 1})).await.error();
        assert!(error.contains(part), "{what}: {error}");
        faults.clear_all();
    }
}
