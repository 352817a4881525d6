//! Arguments that no request can be made of.

use super::Fixture;
use super::calls::{Things, calls};
use crate::support::calls::refuse_wrong_arguments;
use serde_json::{Value, json};

#[tokio::test]
async fn bad_arguments_are_refused_before_anything_is_sent() {
    let fixture = Fixture::start().await;
    let card = fixture.card("untouched").await;
    let title = |text: &str| json!({"board_id": fixture.board, "stack_id": fixture.todo, "title": text});
    let update = |name: &str, value: Value| fixture.with(card, &json!({name: value}));
    let long = "é".repeat(256);
    for (tool, arguments, argument) in [
        ("deck_get_board", json!({}), "board_id"),
        ("deck_get_board", json!({"board_id": "abc"}), "board_id"),
        ("deck_get_board", json!({"board_id": -1}), "board_id"),
        ("deck_get_board", json!({"board_id": 0}), "board_id"),
        ("deck_get_board", json!({"board_id": 1.5}), "board_id"),
        ("deck_get_board", json!({"board": 1}), "did you mean `board_id`"),
        ("deck_get_stacks", json!({"board_id": 1, "status": "later"}), "status"),
        (
            "deck_get_cards",
            json!({"board_id": 1, "stack_id": 1, "detail": "most"}),
            "detail",
        ),
        ("deck_create_board", json!({"title": "", "color": "000000"}), "title"),
        (
            "deck_create_board",
            json!({"title": "é".repeat(101), "color": "000000"}),
            "title",
        ),
        ("deck_create_board", json!({"title": "x", "color": "red"}), "color"),
        ("deck_create_board", json!({"title": "x", "color": "##ff000"}), "color"),
        (
            "deck_create_board",
            json!({"title": "x", "color": "ff0000\r\nX: y"}),
            "color",
        ),
        (
            "deck_create_stack",
            json!({"board_id": 1, "title": "x", "order": -1}),
            "order",
        ),
        ("deck_create_card", title("  "), "title"),
        ("deck_create_card", title(&long), "title"),
        ("deck_create_card", title("a\u{0}b"), "title"),
        ("deck_create_card", title("a\r\nb"), "title"),
        ("deck_update_card", update("duedate", json!("not a date")), "duedate"),
        ("deck_update_card", update("done", json!("2031-02-30")), "done"),
        (
            "deck_update_card",
            update("startdate", json!("1969-12-31")),
            "startdate",
        ),
        ("deck_update_card", update("color", json!("blue")), "color"),
        ("deck_update_card", update("owner", json!(" ")), "owner"),
        ("deck_update_card", update("archived", json!("perhaps")), "archived"),
        ("deck_update_card", update("description", json!(["a"])), "description"),
        ("deck_assign_user_to_card", update("user_id", json!("")), "user_id"),
        ("deck_get_card_comments", json!({"card_id": card, "limit": 0}), "limit"),
        (
            "deck_get_card_comments",
            json!({"card_id": card, "limit": 201}),
            "limit",
        ),
        (
            "deck_create_card_comment",
            json!({"card_id": card, "message": " \n"}),
            "message",
        ),
        (
            "deck_update_card_comment",
            json!({"card_id": card, "comment_id": 1, "message": "x".repeat(1001)}),
            "message",
        ),
        (
            "deck_attach_file",
            json!({"card_id": card, "path": "/a/../../etc/passwd"}),
            "path",
        ),
        ("deck_attach_file", json!({"card_id": card, "path": "a\u{0}"}), "path"),
        (
            "deck_delete_attachment",
            update("attachment_type", json!("folder")),
            "attachment_id",
        ),
    ] {
        let shown = arguments.to_string();
        let error = fixture.error(tool, arguments).await;
        assert!(error.contains(argument), "{tool} {shown}: {error}");
        assert!(!error.contains("HTTP"), "{tool} {shown} was sent: {error}");
    }
    assert_eq!(fixture.read(card).await["title"], "untouched");
    fixture.end().await;
}

#[tokio::test]
async fn ids_are_positive_numbers_and_nothing_unknown_is_taken() {
    let fixture = Fixture::start().await;
    let things = Things::make(&fixture).await;
    let before = things.state(&fixture).await;
    refuse_wrong_arguments(&fixture.mcp, &calls(&fixture, &things).await).await;
    assert_eq!(things.state(&fixture).await, before);
    things.end(fixture).await;
}
