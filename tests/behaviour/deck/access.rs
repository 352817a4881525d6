//! What is not there, and what is not the account's.

use super::{Fixture, NOWHERE, SCOPE, deck, merged};
use serde_json::{Value, json};

#[tokio::test]
async fn another_users_board_is_closed_until_it_is_shared() {
    let fixture = Fixture::start().await;
    let card = fixture.card("private").await;
    let theirs = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    let board = json!({"board_id": fixture.board});
    for (tool, arguments) in [
        ("deck_get_board", board.clone()),
        ("deck_get_board_overview", board.clone()),
        ("deck_get_stacks", board.clone()),
        ("deck_get_labels", board.clone()),
        ("deck_get_card", fixture.at(card)),
        ("deck_delete_card", fixture.at(card)),
        ("deck_archive_card", fixture.at(card)),
        ("deck_update_card", fixture.with(card, &json!({"title": "theirs"}))),
        ("deck_get_card_comments", json!({"card_id": card})),
        ("deck_create_card_comment", json!({"card_id": card, "message": "hello"})),
        ("deck_list_attachments", fixture.at(card)),
    ] {
        let error = theirs.call(tool, arguments).await.error();
        assert!(
            error.contains("not allowed") && error.contains("HTTP 403"),
            "{tool}: {error}"
        );
    }
    assert_eq!(fixture.read(card).await["title"], "private");

    let rule = json!({
        "type": 0, "participant": fixture.nextcloud.other.name,
        "permissionEdit": false, "permissionShare": false, "permissionManage": false,
    });
    let path = format!("/boards/{}/acl", fixture.board);
    deck(&fixture.nextcloud, "POST", &path, &rule).await;
    let overview = theirs.call("deck_get_board_overview", board).await.ok();
    assert_eq!(overview["total_cards"], 1);
    let rename = fixture.with(card, &json!({"title": "theirs"}));
    let error = theirs.call("deck_update_card", rename).await.error();
    assert!(error.contains("may not do this on the board"), "{error}");
    let comment = json!({"card_id": card, "message": "from a reader"});
    let comment = theirs.call("deck_create_card_comment", comment).await.ok();
    let edit = json!({"card_id": card, "comment_id": comment["comment"]["id"], "message": "not mine"});
    let error = fixture.error("deck_update_card_comment", edit).await;
    assert!(error.contains("Only its author"), "{error}");
    fixture.end().await;
}

#[tokio::test]
async fn what_does_not_exist_is_explained_by_every_tool() {
    let fixture = Fixture::start().await;
    let card = json!({"board_id": fixture.board, "stack_id": fixture.todo, "card_id": NOWHERE});
    let with = |more: Value| merged(card.clone(), &more);
    let board = json!({"board_id": NOWHERE});
    let stack = json!({"board_id": fixture.board, "stack_id": NOWHERE});
    let label = json!({"board_id": fixture.board, "label_id": NOWHERE});
    for (tool, arguments) in [
        ("deck_get_board", board.clone()),
        ("deck_get_board_overview", board.clone()),
        ("deck_get_stacks", board.clone()),
        ("deck_get_archived_stacks", board.clone()),
        ("deck_get_labels", board.clone()),
        (
            "deck_create_stack",
            json!({"board_id": NOWHERE, "title": "x", "order": 0}),
        ),
        (
            "deck_create_label",
            json!({"board_id": NOWHERE, "title": "x", "color": "000000"}),
        ),
        ("deck_get_stack", stack.clone()),
        ("deck_get_cards", stack.clone()),
        ("deck_delete_stack", stack.clone()),
        (
            "deck_update_stack",
            json!({"board_id": fixture.board, "stack_id": NOWHERE, "title": "x"}),
        ),
        (
            "deck_create_card",
            json!({"board_id": fixture.board, "stack_id": NOWHERE, "title": "x"}),
        ),
        ("deck_get_label", label.clone()),
        ("deck_delete_label", label.clone()),
        (
            "deck_update_label",
            json!({"board_id": fixture.board, "label_id": NOWHERE, "title": "x"}),
        ),
        ("deck_get_card", card.clone()),
        ("deck_update_card", with(json!({"title": "x"}))),
        ("deck_delete_card", card.clone()),
        ("deck_archive_card", card.clone()),
        ("deck_unarchive_card", card.clone()),
        (
            "deck_reorder_card",
            with(json!({"order": 0, "target_stack_id": fixture.done})),
        ),
        ("deck_assign_label_to_card", with(json!({"label_id": NOWHERE}))),
        ("deck_remove_label_from_card", with(json!({"label_id": NOWHERE}))),
        ("deck_assign_user_to_card", with(json!({"user_id": "nosuch"}))),
        ("deck_unassign_user_from_card", with(json!({"user_id": "nosuch"}))),
        ("deck_list_attachments", card.clone()),
        ("deck_delete_attachment", with(json!({"attachment_id": NOWHERE}))),
        ("deck_get_card_comments", json!({"card_id": NOWHERE})),
        ("deck_create_card_comment", json!({"card_id": NOWHERE, "message": "x"})),
    ] {
        let error = fixture.error(tool, arguments).await;
        assert!(
            error.contains(&NOWHERE.to_string()) || error.contains("HTTP 403"),
            "{tool}: {error}"
        );
        assert!(
            error.contains("do not exist") || error.contains("has no") || error.contains("shows no"),
            "{tool}: {error}"
        );
    }
    fixture.end().await;
}
