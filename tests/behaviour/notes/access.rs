//! Notes of others, and a Nextcloud in trouble.

use super::{Fixture, SCOPE};
use crate::support::{TestNextcloud, TestServer};
use http::StatusCode;
use serde_json::json;

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
