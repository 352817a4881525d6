//! One call for every tool of Deck's, and a board on which they would all succeed.

use super::{Fixture, delete_board, id, new_board, new_stack};
use crate::support::calls::{self, Calls};
use crate::support::unique;
use serde_json::{Value, json};

/// What the calls are about, beside the fixture's board.
pub struct Things {
    pub card: i64,
    /// On the card.
    pub label: i64,
    /// On no card.
    pub spare_label: i64,
    comment: i64,
    attachment: i64,
    note: i64,
    path: String,
    /// Another board, and a stack of it.
    elsewhere: (i64, i64),
}

impl Things {
    pub async fn make(fixture: &Fixture) -> Self {
        let card = fixture.card("of all trades").await;
        let label = json!({"board_id": fixture.board, "title": "Thing", "color": "ff0000"});
        let label = id(&fixture.ok("deck_create_label", label).await);
        let spare = json!({"board_id": fixture.board, "title": "Spare", "color": "00ff00"});
        let spare_label = id(&fixture.ok("deck_create_label", spare).await);
        let label_on_card = fixture.with(card, &json!({"label_id": label}));
        fixture.ok("deck_assign_label_to_card", label_on_card).await;
        let comment = json!({"card_id": card, "message": "first"});
        let comment = id(&fixture.ok("deck_create_card_comment", comment).await["comment"]);
        let note = json!({"title": unique("thing"), "content": "text", "category": ""});
        let note = id(&fixture.ok("nc_notes_create_note", note).await);
        let attached = json!({"card_id": card, "note_id": note});
        let attached = fixture.ok("deck_attach_note", attached).await;
        let board = new_board(&fixture.mcp).await;
        Self {
            card,
            label,
            spare_label,
            comment,
            attachment: attached["attachment_id"].as_i64().unwrap(),
            note,
            path: attached["path"].as_str().unwrap().to_owned(),
            elsewhere: (board, new_stack(&fixture.mcp, board, "Elsewhere", 0).await),
        }
    }

    /// Everything that a call could have changed.
    pub async fn state(&self, fixture: &Fixture) -> Value {
        let board = json!({"board_id": fixture.board});
        json!({
            "stacks": fixture.ok("deck_get_stacks", json!({"board_id": fixture.board, "status": "all"})).await,
            "labels": fixture.ok("deck_get_labels", board).await,
            "card": fixture.read(self.card).await,
            "comments": fixture.ok("deck_get_card_comments", json!({"card_id": self.card})).await,
            "elsewhere": fixture.ok("deck_get_stacks", json!({"board_id": self.elsewhere.0})).await,
        })
    }

    pub async fn end(self, fixture: Fixture) {
        fixture.ok("nc_notes_delete_note", json!({"note_id": self.note})).await;
        delete_board(&fixture.nextcloud, self.elsewhere.0).await;
        fixture.end().await;
    }
}

/// Tools that need no board, or are about the account's own notes before they are about a card.
pub const OWN: [&str; 3] = ["deck_get_boards", "deck_create_board", "deck_attach_note"];

/// One call for every tool that this Deck offers.
pub async fn calls(fixture: &Fixture, things: &Things) -> Calls {
    let board = json!({"board_id": fixture.board});
    let on_board = |more: Value| super::merged(board.clone(), &more);
    let stack = on_board(json!({"stack_id": fixture.todo}));
    let in_stack = |more: Value| super::merged(stack.clone(), &more);
    let label = on_board(json!({"label_id": things.label}));
    let card = in_stack(json!({"card_id": things.card}));
    let of_card = |more: Value| super::merged(card.clone(), &more);
    let by_card = |more: Value| super::merged(json!({"card_id": things.card}), &more);
    let (there, their_stack) = things.elsewhere;
    let other = json!({
        "source_board_id": fixture.board, "source_stack_id": fixture.todo, "card_id": things.card,
        "target_board_id": there, "target_stack_id": their_stack,
    });
    let me = &fixture.nextcloud.user.name;
    let calls = vec![
        ("deck_get_boards", json!({})),
        ("deck_get_board", board.clone()),
        ("deck_get_board_overview", board.clone()),
        ("deck_create_board", json!({"title": "x", "color": "000000"})),
        ("deck_get_labels", board.clone()),
        ("deck_get_label", label.clone()),
        ("deck_create_label", on_board(json!({"title": "x", "color": "000000"}))),
        (
            "deck_update_label",
            on_board(json!({"label_id": things.label, "title": "x"})),
        ),
        ("deck_delete_label", label.clone()),
        ("deck_get_stacks", board.clone()),
        ("deck_get_archived_stacks", board.clone()),
        ("deck_get_stack", stack.clone()),
        ("deck_create_stack", on_board(json!({"title": "x", "order": 9}))),
        ("deck_update_stack", in_stack(json!({"title": "x"}))),
        ("deck_delete_stack", stack.clone()),
        ("deck_get_cards", stack.clone()),
        ("deck_get_card", card.clone()),
        ("deck_create_card", in_stack(json!({"title": "x"}))),
        ("deck_update_card", of_card(json!({"title": "x"}))),
        ("deck_delete_card", card.clone()),
        ("deck_archive_card", card.clone()),
        ("deck_unarchive_card", card.clone()),
        (
            "deck_reorder_card",
            of_card(json!({"order": 0, "target_stack_id": fixture.done})),
        ),
        ("deck_move_card_to_board", other),
        (
            "deck_assign_label_to_card",
            of_card(json!({"label_id": things.spare_label})),
        ),
        (
            "deck_remove_label_from_card",
            of_card(json!({"label_id": things.label})),
        ),
        ("deck_assign_user_to_card", of_card(json!({"user_id": me}))),
        ("deck_unassign_user_from_card", of_card(json!({"user_id": me}))),
        ("deck_assign_dependent_card", of_card(json!({"dependent_card_id": 1}))),
        ("deck_remove_dependent_card", of_card(json!({"dependent_card_id": 1}))),
        ("deck_get_card_comments", by_card(json!({}))),
        ("deck_create_card_comment", by_card(json!({"message": "x"}))),
        (
            "deck_update_card_comment",
            by_card(json!({"comment_id": things.comment, "message": "x"})),
        ),
        (
            "deck_delete_card_comment",
            by_card(json!({"comment_id": things.comment})),
        ),
        ("deck_attach_file", by_card(json!({"path": things.path}))),
        ("deck_attach_note", by_card(json!({"note_id": things.note}))),
        ("deck_list_attachments", card.clone()),
        (
            "deck_delete_attachment",
            of_card(json!({"attachment_id": things.attachment})),
        ),
    ];
    calls::offered(&fixture.mcp, "deck_", calls).await
}
