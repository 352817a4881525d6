//! Notes that are not there, not the account's, not to be written; and a Nextcloud in trouble.

use super::{Fixture, NOWHERE, SCOPE};
use crate::support::calls::survive_hostile_answers;
use futures_util::future::join_all;
use http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn notes_of_others_are_not_there() {
    let fixture = Fixture::start().await;
    let (id, title, etag) = fixture.note("private").await;
    let other = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    for (tool, mut arguments) in fixture.calls(id, &etag).await {
        if arguments.get("note_id").is_none() {
            continue;
        }
        let error = other.call(tool, arguments.clone()).await.error();
        assert!(error.contains("not found"), "{tool}: {error}");
        arguments["note_id"] = json!(NOWHERE);
        let error = fixture.mcp.call(tool, arguments).await.error();
        assert!(
            error.contains("HTTP 404") && error.contains("note 2000000000"),
            "{tool}: {error}"
        );
    }
    let title = json!({"query": title});
    let found = other.call("nc_notes_search_notes", title).await.ok();
    assert!(found["results"].as_array().unwrap().iter().all(|note| note["id"] != id));
    let list = other.every("nc_notes_list_notes", &json!({}), "results").await;
    assert!(list.iter().all(|note| note["id"] != id));
    assert_eq!(fixture.read(id).await["content"], "private");
    fixture.delete(id).await;
}

#[tokio::test]
async fn a_failing_nextcloud_is_a_tool_error_that_says_so() {
    use nextcloud_sandbox::faults::Fault;
    let fixture = Fixture::sandbox().await;
    let faults = fixture.nextcloud.state().faults();
    for (fault, part) in [
        (Fault::Html, "HTML page"),
        (Fault::Empty, "empty body"),
        (Fault::Close, "Nextcloud"),
        (Fault::Status(StatusCode::SERVICE_UNAVAILABLE), "HTTP 503"),
        (Fault::Status(StatusCode::INTERNAL_SERVER_ERROR), "HTTP 500"),
    ] {
        let what = format!("{fault:?}");
        faults.set("/apps/notes", fault);
        let get = json!({"note_id": 1});
        let error = fixture.mcp.call("nc_notes_get_note", get).await.error();
        assert!(error.contains(part), "{what}: {error}");
        faults.clear_all();
    }
}

/// Notes are files: one that is shared to read can be neither changed nor deleted.
#[tokio::test]
async fn a_note_that_is_not_to_be_written_stays_as_it_is() {
    let fixture = Fixture::sandbox().await;
    let (id, _, _) = fixture.note("kept").await;
    let state = fixture.nextcloud.state();
    assert!(state.set_note_readonly(&fixture.nextcloud.user.name, id.unsigned_abs(), true));
    let etag = fixture.read(id).await["etag"].as_str().unwrap().to_owned();
    for (tool, arguments) in fixture.calls(id, &etag).await {
        if [
            "nc_notes_append_content",
            "nc_notes_update_note",
            "nc_notes_delete_note",
        ]
        .contains(&tool)
        {
            let error = fixture.mcp.call(tool, arguments).await.error();
            assert!(
                error.contains("not allowed") && error.contains("HTTP 403"),
                "{tool}: {error}"
            );
        }
    }
    let note = fixture.read(id).await;
    assert_eq!((&note["content"], &note["readonly"]), (&json!("kept"), &json!(true)));
}

/// Nextcloud refuses a write to a folder that another request is writing to. Tried again it works; when the lock stays,
/// that is what the tool says.
#[tokio::test]
async fn a_locked_folder_is_waited_for_and_then_told_of() {
    let fixture = Fixture::sandbox().await;
    let (id, _, etag) = fixture.note("kept").await;
    let (state, user) = (fixture.nextcloud.state(), &fixture.nextcloud.user.name);
    state.lock_notes(user, 1);
    let append = json!({"note_id": id, "content": "later"});
    fixture.mcp.call("nc_notes_append_content", append).await.ok();
    assert_eq!(fixture.read(id).await["content"], "kept\n---\nlater");

    state.lock_notes(user, u32::MAX);
    let etag = fixture.read(id).await["etag"].as_str().map_or(etag, ToOwned::to_owned);
    let calls = fixture.calls(id, &etag).await;
    let writes = calls.into_iter().filter(|(tool, _)| {
        [
            "nc_notes_create_note",
            "nc_notes_append_content",
            "nc_notes_update_note",
            "nc_notes_delete_note",
        ]
        .contains(tool)
    });
    let outcomes = writes.map(async |(tool, arguments)| (tool, fixture.mcp.call(tool, arguments).await));
    for (tool, outcome) in join_all(outcomes).await {
        let error = outcome.error();
        assert!(
            error.contains("it is locked") && error.contains("HTTP 423"),
            "{tool}: {error}"
        );
    }
    assert_eq!(fixture.read(id).await["content"], "kept\n---\nlater");
}

#[tokio::test]
async fn hostile_answers_do_no_harm() {
    let fixture = Fixture::sandbox().await;
    let (id, _, etag) = fixture.note("kept").await;
    let calls = fixture.calls(id, &etag).await;
    let paths = ["/apps/notes", "/ocs/v2.php/search"];
    survive_hostile_answers(&fixture.nextcloud, &fixture.mcp, &paths, &calls).await;
    let note = fixture.read(id).await;
    assert_eq!((&note["content"], &note["etag"]), (&json!("kept"), &json!(etag)));
}
