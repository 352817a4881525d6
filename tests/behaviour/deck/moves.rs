//! Moving cards.

use super::{Fixture, delete_board, id, new_board, new_stack, titles};
use serde_json::json;

#[tokio::test]
async fn a_card_moves_within_its_board_and_never_by_accident() {
    let fixture = Fixture::start().await;
    let (first, second) = (fixture.card("first").await, fixture.card("second").await);
    let to =
        |card: i64, target: i64, order: u32| fixture.with(card, &json!({"target_stack_id": target, "order": order}));
    fixture.ok("deck_reorder_card", to(second, fixture.todo, 0)).await;
    let stack = json!({"board_id": fixture.board, "stack_id": fixture.todo});
    let cards = fixture.ok("deck_get_cards", stack).await;
    assert_eq!(titles(&cards["cards"]), ["second", "first"]);

    let moved = fixture.ok("deck_reorder_card", to(first, fixture.done, 0)).await;
    assert_eq!(moved["stack_id"], fixture.done);
    assert_eq!(fixture.read(first).await["stackId"], fixture.done);

    let error = fixture.error("deck_reorder_card", to(first, fixture.done, 0)).await;
    assert!(error.contains(&format!("is in stack {}", fixture.done)), "{error}");
    let other = new_board(&fixture.mcp).await;
    let abroad = new_stack(&fixture.mcp, other, "Abroad", 0).await;
    let error = fixture.error("deck_reorder_card", to(second, abroad, 0)).await;
    assert!(error.contains(&format!("has no stack {abroad}")), "{error}");
    fixture.ok("deck_archive_card", fixture.at(second)).await;
    let error = fixture.error("deck_reorder_card", to(second, fixture.done, 0)).await;
    assert!(error.contains("it may be archived"), "{error}");
    delete_board(&fixture.nextcloud, other).await;
    fixture.end().await;
}

#[tokio::test]
async fn a_card_moves_to_another_board_with_all_it_has() {
    let fixture = Fixture::start().await;
    let other = new_board(&fixture.mcp).await;
    let there = new_stack(&fixture.mcp, other, "There", 0).await;
    let card = fixture.card("travels").await;
    let fields = json!({"description": "text", "done": "2031-01-01", "duedate": "2031-02-01"});
    fixture.ok("deck_update_card", fixture.with(card, &fields)).await;
    let label = json!({"board_id": fixture.board, "title": "Mine only", "color": "ff0000"});
    let label = id(&fixture.ok("deck_create_label", label).await);
    fixture
        .ok(
            "deck_assign_label_to_card",
            fixture.with(card, &json!({"label_id": label})),
        )
        .await;
    let comment = json!({"card_id": card, "message": "comes along"});
    fixture.ok("deck_create_card_comment", comment).await;

    let journey = json!({
        "source_board_id": fixture.board, "source_stack_id": fixture.todo, "card_id": card,
        "target_board_id": other, "target_stack_id": there,
    });
    let mut wrong = journey.clone();
    wrong["target_stack_id"] = json!(fixture.done);
    let error = fixture.error("deck_move_card_to_board", wrong).await;
    assert!(
        error.contains(&format!("board {other} has no stack {}", fixture.done)),
        "{error}"
    );

    let moved = fixture.ok("deck_move_card_to_board", journey).await;
    assert_eq!((&moved["board_id"], &moved["stack_id"]), (&json!(other), &json!(there)));
    assert_eq!(moved["labels"], json!(["Mine only"]));
    let read = fixture
        .ok(
            "deck_get_card",
            json!({"board_id": other, "stack_id": there, "card_id": card}),
        )
        .await;
    assert_eq!(
        (&read["description"], &read["commentsCount"]),
        (&json!("text"), &json!(1))
    );
    assert_eq!(read["done"], "2031-01-01T00:00:00+00:00");
    assert_eq!(read["duedate"], "2031-02-01T00:00:00+00:00");
    delete_board(&fixture.nextcloud, other).await;
    fixture.end().await;
}
