//! Changes that something else stands in the way of: nothing is written, and the tool says what is in the way.

use super::calls::Things;
use super::{Fixture, deck, delete_board, new_board, new_stack};
use serde_json::json;

/// Deck goes by the last id of a request alone: what names the wrong board or stack would change something else than
/// the caller believes.
#[tokio::test]
async fn who_is_wrong_about_where_a_thing_is_may_not_change_it() {
    let fixture = Fixture::start().await;
    let things = Things::make(&fixture).await;
    let before = things.state(&fixture).await;
    let other = new_board(&fixture.mcp).await;
    let there = new_stack(&fixture.mcp, other, "There", 0).await;
    let wrong_stack = |more| {
        let card = json!({"board_id": fixture.board, "stack_id": fixture.done, "card_id": things.card});
        super::merged(card, &more)
    };
    let journey = json!({
        "source_board_id": fixture.board, "source_stack_id": fixture.done, "card_id": things.card,
        "target_board_id": other, "target_stack_id": there,
    });
    let is_elsewhere = format!("is in stack {}", fixture.todo);
    for (tool, arguments) in [
        ("deck_update_card", wrong_stack(json!({"title": "stolen"}))),
        ("deck_delete_card", wrong_stack(json!({}))),
        (
            "deck_reorder_card",
            wrong_stack(json!({"order": 0, "target_stack_id": fixture.done})),
        ),
        ("deck_move_card_to_board", journey),
    ] {
        let error = fixture.error(tool, arguments).await;
        assert!(error.contains(&is_elsewhere), "{tool}: {error}");
    }
    for (tool, more) in [
        ("deck_update_label", json!({"title": "stolen"})),
        ("deck_delete_label", json!({})),
    ] {
        let label = json!({"board_id": other, "label_id": things.label});
        let error = fixture.error(tool, super::merged(label, &more)).await;
        assert!(
            error.contains(&format!("board {other} has no label")),
            "{tool}: {error}"
        );
    }
    assert_eq!(things.state(&fixture).await, before);
    delete_board(&fixture.nextcloud, other).await;
    things.end(fixture).await;
}

#[tokio::test]
async fn what_is_archived_takes_no_changes() {
    let fixture = Fixture::start().await;
    let things = Things::make(&fixture).await;
    let archived = json!({"title": "Archived", "color": "000000", "archived": true});
    let path = format!("/boards/{}", fixture.board);
    deck(&fixture.nextcloud, "PUT", &path, &archived).await;
    let board = json!({"board_id": fixture.board});
    let in_board = |more| super::merged(board.clone(), &more);
    let card = |more| fixture.with(things.card, &more);
    for (tool, arguments) in [
        ("deck_create_stack", in_board(json!({"title": "x", "order": 9}))),
        (
            "deck_create_card",
            in_board(json!({"stack_id": fixture.todo, "title": "x"})),
        ),
        ("deck_update_card", card(json!({"title": "x"}))),
        ("deck_delete_card", card(json!({}))),
        ("deck_archive_card", card(json!({}))),
        (
            "deck_reorder_card",
            card(json!({"order": 0, "target_stack_id": fixture.done})),
        ),
        (
            "deck_assign_label_to_card",
            card(json!({"label_id": things.spare_label})),
        ),
        ("deck_create_label", in_board(json!({"title": "x", "color": "000000"}))),
        (
            "deck_update_label",
            in_board(json!({"label_id": things.label, "title": "x"})),
        ),
        ("deck_delete_label", in_board(json!({"label_id": things.label}))),
    ] {
        let error = fixture.error(tool, arguments).await;
        assert!(error.contains("unarchive first"), "{tool}: {error}");
        assert!(error.contains("archived."), "{tool} says what Deck said: {error}");
    }
    assert_eq!(fixture.read(things.card).await["title"], "of all trades");
    things.end(fixture).await;
}

/// Deleting or undoing twice, as when an answer was lost: the second time says that it is done already.
#[tokio::test]
async fn what_is_done_already_is_told() {
    let fixture = Fixture::start().await;
    let things = Things::make(&fixture).await;
    let label = json!({"board_id": fixture.board, "label_id": things.label});
    for (tool, arguments) in [
        ("deck_delete_label", label),
        ("deck_delete_card", fixture.at(things.card)),
    ] {
        fixture.ok(tool, arguments.clone()).await;
        let error = fixture.error(tool, arguments).await;
        assert!(
            error.contains("HTTP 403") && error.contains("were deleted"),
            "{tool}: {error}"
        );
    }
    let label = fixture.with(things.card, &json!({"label_id": things.spare_label}));
    let error = fixture
        .error("deck_update_card", fixture.with(things.card, &json!({"title": "back"})))
        .await;
    assert!(error.contains("were deleted"), "a change would restore it: {error}");
    let error = fixture.error("deck_assign_label_to_card", label).await;
    assert!(error.contains("were deleted"), "{error}");
    things.end(fixture).await;
}

/// Deck shows a deleted stack to those who know its id, takes cards into it that nobody sees, and takes the stack out of
/// the trash when it is changed.
#[tokio::test]
async fn a_deleted_stack_is_gone_and_stays_so() {
    let fixture = Fixture::start().await;
    let (inside, outside) = (fixture.card("inside").await, fixture.card("outside").await);
    let move_out = json!({"target_stack_id": fixture.done, "order": 0});
    fixture.ok("deck_reorder_card", fixture.with(outside, &move_out)).await;
    let stack = json!({"board_id": fixture.board, "stack_id": fixture.todo});
    for _ in 0..2 {
        fixture.ok("deck_delete_stack", stack.clone()).await;
    }
    let other = new_board(&fixture.mcp).await;
    let there = new_stack(&fixture.mcp, other, "There", 0).await;
    let outside = json!({"board_id": fixture.board, "stack_id": fixture.done, "card_id": outside});
    let with = |more| super::merged(stack.clone(), &more);
    for (tool, arguments) in [
        ("deck_get_stack", stack.clone()),
        ("deck_get_cards", stack.clone()),
        ("deck_update_stack", with(json!({"title": "back"}))),
        ("deck_create_card", with(json!({"title": "unseen"}))),
        (
            "deck_reorder_card",
            super::merged(outside.clone(), &json!({"target_stack_id": fixture.todo, "order": 0})),
        ),
        (
            "deck_move_card_to_board",
            json!({
                "source_board_id": fixture.board, "source_stack_id": fixture.todo, "card_id": inside,
                "target_board_id": other, "target_stack_id": there,
            }),
        ),
    ] {
        let error = fixture.error(tool, arguments).await;
        assert!(
            error.contains(&format!("has no stack {}", fixture.todo)),
            "{tool}: {error}"
        );
    }
    let stacks = fixture.ok("deck_get_stacks", json!({"board_id": fixture.board})).await;
    assert_eq!(super::titles(&stacks["stacks"]), ["Done"]);
    assert_eq!(super::titles(&stacks["stacks"][0]["cards"]), ["outside"]);

    let foreign = json!({"board_id": fixture.board, "stack_id": there, "title": "x"});
    let error = fixture.error("deck_create_card", foreign).await;
    assert!(error.contains(&format!("has no stack {there}")), "{error}");
    delete_board(&fixture.nextcloud, other).await;
    fixture.end().await;
}
