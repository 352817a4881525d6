//! Calls of the Deck tools.

use serde_json::{Value, json};

use super::super::world::World;
use super::{ValidCalls, with};
use crate::support::unique;

/// A board of the test's own.
pub(in super::super) struct Deck {
    board: Value,
    stack: Value,
    other_stack: Value,
}

impl ValidCalls for Deck {
    const PREFIX: &'static str = "deck_";

    async fn start(world: &World) -> Self {
        let new = json!({"title": "Bad input", "color": "0082c9"});
        let board = json!({"board_id": world.ok("deck_create_board", new).await["id"]});
        Self {
            stack: stack(world, &board).await,
            other_stack: stack(world, &board).await,
            board,
        }
    }

    async fn arguments(&self, world: &World, tool: &str) -> Value {
        let board = self.board.clone();
        let with_board = |more: Value| with(board.clone(), &more);
        match tool {
            "deck_get_boards" => json!({}),
            "deck_get_board"
            | "deck_get_board_overview"
            | "deck_get_labels"
            | "deck_get_stacks"
            | "deck_get_archived_stacks" => board,
            "deck_create_board" => json!({"title": unique("Board"), "color": "0082c9"}),
            "deck_create_stack" => with_board(json!({"title": "Stack", "order": 3})),
            "deck_create_label" => with_board(json!({"title": unique("Label"), "color": "31CC7C"})),
            "deck_get_label" | "deck_delete_label" => with_board(self.label(world).await),
            "deck_update_label" => with_board(with(self.label(world).await, &json!({"title": unique("New")}))),
            "deck_get_stack" | "deck_get_cards" => with_board(self.stack.clone()),
            "deck_update_stack" => with_board(with(stack(world, &board).await, &json!({"title": "New", "order": 1}))),
            "deck_delete_stack" => with_board(stack(world, &board).await),
            "deck_create_card" => with_board(with(self.stack.clone(), &json!({"title": "Card", "description": "d"}))),
            _ => self.of_a_card(world, tool).await,
        }
    }
}

impl Deck {
    async fn of_a_card(&self, world: &World, tool: &str) -> Value {
        let place = with(self.board.clone(), &self.stack);
        let card = world
            .ok("deck_create_card", with(place.clone(), &json!({"title": "Card"})))
            .await;
        let card = json!({"card_id": card["id"]});
        let placed = with(place, &card);
        let target = &self.other_stack["stack_id"];
        match tool {
            "deck_get_card"
            | "deck_delete_card"
            | "deck_archive_card"
            | "deck_unarchive_card"
            | "deck_list_attachments" => placed,
            "deck_update_card" => with(placed, &json!({"title": "New", "duedate": "2031-09-05"})),
            "deck_reorder_card" => with(placed, &json!({"order": 0, "target_stack_id": target})),
            "deck_move_card_to_board" => json!({"card_id": card["card_id"], "source_board_id": self.board["board_id"],
                "source_stack_id": self.stack["stack_id"], "target_board_id": self.board["board_id"],
                "target_stack_id": target}),
            "deck_assign_label_to_card" => with(placed, &self.label(world).await),
            "deck_remove_label_from_card" => {
                let labelled = with(placed, &self.label(world).await);
                world.ok("deck_assign_label_to_card", labelled.clone()).await;
                labelled
            }
            "deck_assign_user_to_card" => with(placed, &json!({"user_id": world.nextcloud.user.name})),
            "deck_unassign_user_from_card" => {
                let assigned = with(placed, &json!({"user_id": world.nextcloud.user.name}));
                world.ok("deck_assign_user_to_card", assigned.clone()).await;
                assigned
            }
            "deck_attach_note" => with(card, &json!({"note_id": note(world).await})),
            "deck_attach_file" => with(card, &json!({"path": self.attached(world).await["path"]})),
            "deck_delete_attachment" => {
                let note = with(card, &json!({"note_id": note(world).await}));
                let attached = world.ok("deck_attach_note", note).await;
                with(placed, &json!({"attachment_id": attached["attachment_id"]}))
            }
            "deck_get_card_comments" => card,
            "deck_create_card_comment" => with(card, &json!({"message": "hello"})),
            "deck_delete_card_comment" => comment(world, card).await,
            "deck_update_card_comment" => with(comment(world, card).await, &json!({"message": "new"})),
            _ => panic!("{tool} has no call that works"),
        }
    }

    /// A file that is attached to a card of its own: a note.
    async fn attached(&self, world: &World) -> Value {
        let place = with(self.board.clone(), &self.stack);
        let card = world
            .ok("deck_create_card", with(place, &json!({"title": "Card"})))
            .await;
        let note = json!({"card_id": card["id"], "note_id": note(world).await});
        world.ok("deck_attach_note", note).await
    }

    async fn label(&self, world: &World) -> Value {
        let new = with(
            self.board.clone(),
            &json!({"title": unique("Label"), "color": "31CC7C"}),
        );
        json!({"label_id": world.ok("deck_create_label", new).await["id"]})
    }
}

async fn stack(world: &World, board: &Value) -> Value {
    let new = with(board.clone(), &json!({"title": unique("Stack"), "order": 0}));
    json!({"stack_id": world.ok("deck_create_stack", new).await["id"]})
}

async fn comment(world: &World, card: Value) -> Value {
    let new = with(card.clone(), &json!({"message": "hello"}));
    let comment = world.ok("deck_create_card_comment", new).await;
    with(card, &json!({"comment_id": comment["comment"]["id"]}))
}

async fn note(world: &World) -> Value {
    let new = json!({"title": unique("attached"), "content": "text", "category": ""});
    world.ok("nc_notes_create_note", new).await["id"].clone()
}
