//! Lists, the search, and notes by URI.

use super::{Fixture, SCOPE};
use crate::support::{TestNextcloud, TestServer, unique};
use serde_json::{Value, json};

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
