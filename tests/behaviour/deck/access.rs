//! What is not there, what is not the account's, and a Nextcloud that is none.

use super::calls::{OWN, Things, calls};
use super::{Fixture, NOWHERE, SCOPE, deck};
use crate::support::calls::survive_hostile_answers;
use serde_json::json;

#[tokio::test]
async fn a_board_of_another_account_is_closed_to_every_tool() {
    let fixture = Fixture::start().await;
    let things = Things::make(&fixture).await;
    let before = things.state(&fixture).await;
    let theirs = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    for (tool, arguments) in calls(&fixture, &things).await {
        if tool == "deck_get_boards" {
            let boards = theirs.call(tool, arguments).await.ok();
            let mut boards = boards["boards"].as_array().unwrap().iter();
            assert!(boards.all(|board| board["id"] != fixture.board));
        } else if tool != "deck_create_board" {
            let error = theirs.call(tool, arguments).await.error();
            let own = if OWN.contains(&tool) { "HTTP 404" } else { "HTTP 403" };
            assert!(error.contains(own), "{tool}: {error}");
            assert!(!error.contains("of all trades"), "{tool}: {error}");
        }
    }
    assert_eq!(things.state(&fixture).await, before);
    things.end(fixture).await;
}

#[tokio::test]
async fn a_board_shared_to_read_can_be_read_and_commented_on() {
    let fixture = Fixture::start().await;
    let things = Things::make(&fixture).await;
    let rule = json!({
        "type": 0, "participant": fixture.nextcloud.other.name,
        "permissionEdit": false, "permissionShare": false, "permissionManage": false,
    });
    let path = format!("/boards/{}/acl", fixture.board);
    deck(&fixture.nextcloud, "POST", &path, &rule).await;
    let before = things.state(&fixture).await;
    let theirs = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    for (tool, arguments) in calls(&fixture, &things).await {
        if OWN.contains(&tool) || tool == "deck_create_card_comment" {
            continue;
        }
        if tool == "deck_attach_file" {
            // The file is the other account's: not found.
            assert!(theirs.call(tool, arguments).await.error().contains("Check the path"));
            continue;
        }
        let outcome = theirs.call(tool, arguments).await;
        if tool.starts_with("deck_get") || tool.starts_with("deck_list") {
            outcome.ok();
            continue;
        }
        let error = outcome.error();
        let reason = if tool.ends_with("_comment") {
            "Only its author"
        } else {
            "may not do this on the board"
        };
        assert!(error.contains("HTTP 403") && error.contains(reason), "{tool}: {error}");
    }
    assert_eq!(things.state(&fixture).await, before);

    let comment = json!({"card_id": things.card, "message": "from a reader"});
    let comment = theirs.call("deck_create_card_comment", comment).await.ok();
    let edit = json!({"card_id": things.card, "comment_id": comment["comment"]["id"], "message": "not mine"});
    let error = fixture.error("deck_update_card_comment", edit).await;
    assert!(error.contains("Only its author"), "{error}");
    things.end(fixture).await;
}

#[tokio::test]
async fn what_does_not_exist_is_explained_by_every_tool() {
    let fixture = Fixture::start().await;
    let things = Things::make(&fixture).await;
    let before = things.state(&fixture).await;
    for (tool, mut arguments) in calls(&fixture, &things).await {
        // The one that says what the call is about; of the others Deck looks at few.
        let mut ids = [
            "note_id",
            "comment_id",
            "attachment_id",
            "card_id",
            "label_id",
            "stack_id",
            "board_id",
        ]
        .into_iter();
        let Some(name) = ids.find(|name| arguments.get(name).is_some()) else {
            continue;
        };
        arguments[name] = json!(NOWHERE);
        let error = fixture.error(tool, arguments).await;
        assert!(error.contains(&NOWHERE.to_string()), "{tool}: {error}");
        let explained = ["do not exist", "has no", "shows no", "Check the"];
        assert!(explained.iter().any(|part| error.contains(part)), "{tool}: {error}");
    }
    for (tool, arguments) in [
        (
            "deck_assign_label_to_card",
            fixture.with(things.card, &json!({"label_id": NOWHERE})),
        ),
        (
            "deck_assign_user_to_card",
            fixture.with(things.card, &json!({"user_id": "no such user"})),
        ),
        (
            "deck_attach_file",
            json!({"card_id": things.card, "path": "/no such/file"}),
        ),
    ] {
        let error = fixture.error(tool, arguments).await;
        assert!(
            error.contains("no such") || error.contains(&NOWHERE.to_string()),
            "{tool}: {error}"
        );
    }
    assert_eq!(things.state(&fixture).await, before);
    things.end(fixture).await;
}

#[tokio::test]
async fn hostile_answers_do_no_harm() {
    let fixture = Fixture::sandbox().await;
    let things = Things::make(&fixture).await;
    let before = things.state(&fixture).await;
    let calls = calls(&fixture, &things).await;
    let paths = [
        "/apps/deck",
        "/ocs/v2.php/apps/deck",
        "/ocs/v2.php/apps/files_sharing",
        "/apps/notes",
    ];
    survive_hostile_answers(&fixture.nextcloud, &fixture.mcp, &paths, &calls).await;
    assert_eq!(things.state(&fixture).await, before);
}
