//! Moving cards: within a board, and to another.

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::api;
use super::super::explain::{self, missing_or_forbidden};
use super::super::listing::{find_stack, label_titles, no_such_stack};
use super::super::model::{Card, Stack};
use super::super::values::{Id, Place};
use super::CardChange;
use super::cards::{changed, read_card};
use super::edit::{refuse_other_stack, whole};
use crate::mcp::{About, ToolError, ToolResult};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ReorderCard {
    pub board_id: Id,
    pub stack_id: Id,
    pub card_id: Id,
    /// From 0 on.
    pub order: u32,
    pub target_stack_id: Id,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct MoveCardToBoard {
    pub source_board_id: Id,
    pub source_stack_id: Id,
    pub card_id: Id,
    pub target_board_id: Id,
    pub target_stack_id: Id,
    #[serde(default)]
    pub order: u32,
}

/// The stack in the URL is the target, and Deck does not look to which board it belongs: both stacks are checked.
pub async fn reorder_card(nextcloud: NextcloudClient, args: ReorderCard) -> ToolResult<CardChange> {
    let target = Place {
        board: args.board_id,
        stack: args.target_stack_id,
        card: args.card_id,
    };
    let stacks = stacks_of(&nextcloud, args.board_id).await?;
    find_card(&stacks, &args)?;
    if !stacks.iter().any(|stack| stack.id == args.target_stack_id.get()) {
        return Err(no_such_stack(&stacks, args.board_id, args.target_stack_id));
    }
    let cards = api::reorder_card(&nextcloud, target, args.order.into())
        .await
        .about_with(target, explain::change)?;
    let moved = cards.into_iter().find(|card| card.id == args.card_id.get());
    arrived(&nextcloud, target, moved)
}

/// Written under a stack of another board a card moves there with its comments, attachments and assignees. Deck gives
/// it the labels of the same titles there, and makes those that are missing if the account manages that board.
pub async fn move_card_to_board(nextcloud: NextcloudClient, args: MoveCardToBoard) -> ToolResult<CardChange> {
    let source = Place {
        board: args.source_board_id,
        stack: args.source_stack_id,
        card: args.card_id,
    };
    let target = Place {
        board: args.target_board_id,
        stack: args.target_stack_id,
        card: args.card_id,
    };
    let (card, here, there) = tokio::join!(
        read_card(&nextcloud, source),
        stacks_of(&nextcloud, source.board),
        stacks_of(&nextcloud, target.board),
    );
    let card = card?;
    find_stack(here?, source.board, source.stack)?;
    find_stack(there?, target.board, target.stack)?;
    refuse_other_stack(&card, source)?;
    let written = api::update_card(&nextcloud, target, &whole(&card, args.order.into()))
        .await
        .about_with(target, explain::change)?;
    let mut change = arrived(&nextcloud, target, Some(written))?;
    // Labels are exchanged after the answer is made; the move has succeeded whether they can be read or not.
    if let Ok(card) = api::card(&nextcloud, target).await {
        change.labels = Some(label_titles(&card.labels));
        change.etag = card.etag;
    }
    Ok(change)
}

async fn stacks_of(nextcloud: &NextcloudClient, board: Id) -> ToolResult<Vec<Stack>> {
    api::stacks(nextcloud, board)
        .await
        .about_with(format_args!("the stacks of board {board}"), missing_or_forbidden)
}

/// The card must be where the caller believes it to be.
fn find_card(stacks: &[Stack], args: &ReorderCard) -> ToolResult<()> {
    let place = Place {
        board: args.board_id,
        stack: args.stack_id,
        card: args.card_id,
    };
    let mut cards = stacks.iter().flat_map(|stack| &stack.cards);
    match cards.find(|card| card.id == args.card_id.get()) {
        Some(card) => refuse_other_stack(card, place),
        None => Err(ToolError::new(
            "not_found",
            format!(
                "board {} shows no card {}. Nothing was changed: it may be archived (unarchive it first), deleted, or \
                 on another board (deck_move_card_to_board).",
                args.board_id, args.card_id
            ),
        )),
    }
}

/// Deck answers 200 to moves that move nothing.
fn arrived(nextcloud: &NextcloudClient, target: Place, card: Option<Card>) -> ToolResult<CardChange> {
    match card {
        Some(card) if card.stack_id == target.stack.get() => Ok(changed(nextcloud, target, card)),
        _ => Err(ToolError::new(
            "unexpected_answer",
            format!(
                "Deck accepted the move of {target}, but does not show it in stack {}: read the card to see where it is",
                target.stack
            ),
        )),
    }
}
