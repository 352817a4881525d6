//! What the recordings do not reach.

use http::StatusCode;
use serde_json::json;

use crate::test_client::TestClient;
use crate::{SandboxOptions, User};

const NOTES: &str = "/index.php/apps/notes/api/v1/notes";

async fn start(seed: bool) -> TestClient {
    TestClient::start(SandboxOptions::new().seed(seed)).await
}

#[tokio::test]
async fn a_new_sandbox_has_notes_of_both_users() {
    let notes = start(true).await;
    for (user, at_least) in [(User::alice(), 5), (User::bob(), 2)] {
        let (status, list) = notes.send("GET", NOTES, &user, None).await;
        assert_eq!(status, StatusCode::OK);
        assert!(list.as_array().unwrap().len() >= at_least, "{list}");
    }
}

#[tokio::test]
async fn a_locked_folder_refuses_writes_and_a_retry_works() {
    let (notes, alice) = (start(false).await, User::alice());
    notes.sandbox.state().lock_notes("alice", 1);
    let (status, body) = notes.send("POST", NOTES, &alice, Some(json!({ "title": "a" }))).await;
    assert_eq!(
        (status, body),
        (StatusCode::LOCKED, json!({ "errorType": "OCP\\Lock\\LockedException" }))
    );
    let (status, note) = notes.send("POST", NOTES, &alice, Some(json!({ "title": "a" }))).await;
    assert_eq!((status, &note["title"]), (StatusCode::OK, &json!("a")));
}

#[tokio::test]
async fn a_readonly_note_can_be_read_only() {
    let (notes, alice) = (start(false).await, User::alice());
    let (_, note) = notes.send("POST", NOTES, &alice, Some(json!({ "title": "a" }))).await;
    let id = note["id"].as_u64().unwrap();
    assert!(notes.sandbox.state().set_note_readonly("alice", id, true));
    let path = format!("{NOTES}/{id}");
    assert_eq!(notes.send("GET", &path, &alice, None).await.1["readonly"], json!(true));
    for (method, body) in [("PUT", Some(json!({ "content": "x" }))), ("DELETE", None)] {
        let (status, body) = notes.send(method, &path, &alice, body).await;
        assert_eq!(
            (status, body),
            (
                StatusCode::FORBIDDEN,
                json!({ "errorType": "OCA\\Notes\\Service\\NoteNotWritableException" })
            )
        );
    }
    assert!(
        !notes.sandbox.state().set_note_readonly("bob", id, true),
        "bob has no such note"
    );
}

#[tokio::test]
async fn the_old_api_names_a_note_by_its_text() {
    let (notes, alice) = (start(false).await, User::alice());
    let path = "/apps/notes/api/v0.2/notes";
    let (_, note) = notes
        .send("POST", path, &alice, Some(json!({ "content": "# First\nline" })))
        .await;
    assert_eq!(note["title"], "First");
    let (_, note) = notes
        .send(
            "PUT",
            &format!("{path}/{}", note["id"]),
            &alice,
            Some(json!({ "content": "Other" })),
        )
        .await;
    assert_eq!(
        (&note["title"], &note["internalPath"]),
        (&json!("Other"), &json!("/Notes/Other.md"))
    );
}

#[tokio::test]
async fn unknown_paths_are_400_for_get_and_405_for_the_rest() {
    let (notes, alice) = (start(false).await, User::alice());
    for path in [
        "/apps/notes/api/v1/notes/abc",
        "/apps/notes/api/v1/nothing",
        "/apps/notes/api/v1.9/notes",
    ] {
        assert_eq!(
            notes.send("GET", path, &alice, None).await,
            (StatusCode::BAD_REQUEST, json!([])),
            "{path}"
        );
        assert_eq!(
            notes.send("DELETE", path, &alice, None).await.0,
            StatusCode::METHOD_NOT_ALLOWED,
            "{path}"
        );
    }
}

#[tokio::test]
async fn search_finds_words_in_title_category_and_text() {
    let (notes, alice) = (start(true).await, User::alice());
    let search = |term: &'static str| format!("/ocs/v2.php/search/providers/notes/search?format=json&term={term}");
    let (status, found) = notes.send("GET", &search("release+checklist"), &alice, None).await;
    assert_eq!(status, StatusCode::OK);
    let entries = found["ocs"]["data"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{found}");
    assert_eq!(entries[0]["title"], "Release checklist");
    let id = entries[0]["resourceUrl"].as_str().unwrap().rsplit('/').next().unwrap();
    assert_eq!(
        notes.send("GET", &format!("{NOTES}/{id}"), &alice, None).await.0,
        StatusCode::OK
    );
    let (_, found) = notes.send("GET", &search("tomatoes"), &alice, None).await;
    assert_eq!(found["ocs"]["data"]["entries"], json!([]), "bob's notes are bob's");
}

#[tokio::test]
async fn a_note_keeps_its_suffix_until_it_is_renamed() {
    let (notes, alice) = (start(false).await, User::alice());
    let (_, note) = notes.send("POST", NOTES, &alice, Some(json!({ "title": "a" }))).await;
    notes
        .send(
            "PUT",
            "/apps/notes/api/v1/settings",
            &alice,
            Some(json!({ "fileSuffix": ".txt" })),
        )
        .await;
    let path = format!("{NOTES}/{}", note["id"]);
    let (_, note) = notes.send("PUT", &path, &alice, Some(json!({ "content": "x" }))).await;
    assert_eq!(note["internalPath"], "/Notes/a.md");
    let (_, note) = notes.send("PUT", &path, &alice, Some(json!({ "title": "b" }))).await;
    assert_eq!(note["internalPath"], "/Notes/b.txt");
}
