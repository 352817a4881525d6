//! Stacks: listing with their cards, creating, changing, deleting.

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::api;
use super::super::explain::{self, missing_or_forbidden};
use super::super::links;
use super::super::listing::{Detail, ListedCard, Listing, MOST_CARDS, Status, deleted_stack};
use super::super::model::Stack;
use super::super::values::{self, Id, SHORT_TITLE};
use super::boards::preview;
use crate::mcp::{About, ToolError, ToolResult};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetStacks {
    pub board_id: Id,
    #[serde(default = "yes")]
    pub include_cards: bool,
    #[serde(default)]
    pub detail: Detail,
    #[serde(default)]
    pub status: Status,
    pub label: Option<String>,
    pub assigned_to: Option<String>,
    pub description_max_length: Option<u32>,
    #[serde(default = "preview")]
    pub description_preview_length: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetStack {
    pub board_id: Id,
    pub stack_id: Id,
    #[serde(default = "yes")]
    pub include_cards: bool,
    #[serde(default)]
    pub detail: Detail,
    #[serde(default)]
    pub status: Status,
    pub label: Option<String>,
    pub assigned_to: Option<String>,
    pub description_max_length: Option<u32>,
    #[serde(default = "preview")]
    pub description_preview_length: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetArchivedStacks {
    pub board_id: Id,
    #[serde(default)]
    pub detail: Detail,
    pub label: Option<String>,
    pub assigned_to: Option<String>,
    pub description_max_length: Option<u32>,
    #[serde(default = "preview")]
    pub description_preview_length: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateStack {
    pub board_id: Id,
    pub title: String,
    /// From 0 on.
    pub order: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateStack {
    pub board_id: Id,
    pub stack_id: Id,
    pub title: Option<String>,
    pub order: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteStack {
    pub board_id: Id,
    pub stack_id: Id,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Stacks {
    pub stacks: Vec<StackView>,
    pub total: usize,
    /// Only the first cards are shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    pub truncated: bool,
}

/// A stack with the cards that were asked for.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StackView {
    pub id: i64,
    pub title: String,
    pub board_id: i64,
    pub order: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cards: Option<Vec<ListedCard>>,
    /// Only the first of so many cards are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cards_total: Option<usize>,
    #[serde(rename = "ETag", skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct NewStack {
    pub id: i64,
    pub title: String,
    pub order: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct StackChange {
    pub stack_id: i64,
    pub board_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

const fn yes() -> bool {
    true
}

pub async fn get_stacks(nextcloud: NextcloudClient, args: GetStacks) -> ToolResult<Stacks> {
    let listing = Listing {
        status: args.status,
        label: args.label,
        assigned_to: args.assigned_to,
        detail: args.detail,
        description_max: args.description_max_length,
        preview: args.description_preview_length,
    };
    list(&nextcloud, args.board_id, &listing, args.include_cards).await
}

pub async fn get_archived_stacks(nextcloud: NextcloudClient, args: GetArchivedStacks) -> ToolResult<Stacks> {
    let listing = Listing {
        status: Status::Archived,
        label: args.label,
        assigned_to: args.assigned_to,
        detail: args.detail,
        description_max: args.description_max_length,
        preview: args.description_preview_length,
    };
    list(&nextcloud, args.board_id, &listing, true).await
}

pub async fn get_stack(nextcloud: NextcloudClient, args: GetStack) -> ToolResult<StackView> {
    let listing = Listing {
        status: args.status,
        label: args.label,
        assigned_to: args.assigned_to,
        detail: args.detail,
        description_max: args.description_max_length,
        preview: args.description_preview_length,
    };
    let stack = listing.stack(&nextcloud, args.board_id, args.stack_id).await?;
    let mut room = MOST_CARDS;
    Ok(view(
        &nextcloud,
        args.board_id,
        &listing,
        stack,
        args.include_cards,
        &mut room,
    ))
}

pub async fn create_stack(nextcloud: NextcloudClient, args: CreateStack) -> ToolResult<NewStack> {
    let title = values::title("title", &args.title, SHORT_TITLE)?;
    let stack = api::create_stack(&nextcloud, args.board_id, &title, args.order.into())
        .await
        .about_with(
            format_args!("the new stack of board {}", args.board_id),
            explain::change,
        )?;
    Ok(NewStack {
        id: stack.id,
        title: stack.title,
        order: stack.order,
        url: links::board(&nextcloud, args.board_id),
    })
}

/// Deck wants both fields, moves a stack of another board to the one in the URL, and takes a deleted one out of the trash:
/// the stack is read first.
pub async fn update_stack(nextcloud: NextcloudClient, args: UpdateStack) -> ToolResult<StackChange> {
    let title = match &args.title {
        Some(title) => Some(values::title("title", title, SHORT_TITLE)?),
        None if args.order.is_none() => return Err(ToolError::invalid("nothing to change: give title or order")),
        None => None,
    };
    let subject = format!("stack {} of board {}", args.stack_id, args.board_id);
    let current = own_stack(&nextcloud, args.board_id, args.stack_id).await?;
    if current.deleted_at > 0 {
        return Err(deleted_stack(args.board_id, args.stack_id));
    }
    let title = title.unwrap_or(current.title);
    let order = args.order.map_or(current.order, i64::from);
    api::update_stack(&nextcloud, args.board_id, args.stack_id, &title, order)
        .await
        .about_with(subject, explain::change)?;
    Ok(change(&nextcloud, args.board_id, args.stack_id))
}

/// The stack is read first: Deck deletes a stack whichever board is named, and one that is deleted once more, which would
/// keep it in the trash for longer.
pub async fn delete_stack(nextcloud: NextcloudClient, args: DeleteStack) -> ToolResult<StackChange> {
    let current = own_stack(&nextcloud, args.board_id, args.stack_id).await?;
    if current.deleted_at > 0 {
        return Ok(change(&nextcloud, args.board_id, args.stack_id));
    }
    api::delete_stack(&nextcloud, args.board_id, args.stack_id)
        .await
        .about_with(
            format_args!("stack {} of board {}", args.stack_id, args.board_id),
            explain::change,
        )?;
    Ok(change(&nextcloud, args.board_id, args.stack_id))
}

/// A stack that must be of this board, deleted or not.
async fn own_stack(nextcloud: &NextcloudClient, board: Id, stack: Id) -> ToolResult<Stack> {
    let found = api::stack(nextcloud, board, stack)
        .await
        .about_with(format_args!("stack {stack} of board {board}"), missing_or_forbidden)?;
    if found.board_id == Some(board.get()) {
        Ok(found)
    } else {
        Err(ToolError::new(
            "not_found",
            format!("board {board} has no stack {stack}: deck_get_stacks lists those it has"),
        ))
    }
}

fn change(nextcloud: &NextcloudClient, board: Id, stack: Id) -> StackChange {
    StackChange {
        stack_id: stack.get(),
        board_id: board.get(),
        url: links::board(nextcloud, board),
    }
}

async fn list(nextcloud: &NextcloudClient, board: Id, listing: &Listing, with_cards: bool) -> ToolResult<Stacks> {
    let stacks = listing.stacks(nextcloud, board).await?;
    let total_cards: usize = stacks.iter().map(|stack| stack.cards.len()).sum();
    let mut room = MOST_CARDS;
    let stacks: Vec<StackView> = stacks
        .into_iter()
        .map(|stack| view(nextcloud, board, listing, stack, with_cards, &mut room))
        .collect();
    Ok(Stacks {
        total: stacks.len(),
        stacks,
        truncated: with_cards && total_cards > MOST_CARDS,
    })
}

/// Shows a stack with as many cards as there is `room` for.
fn view(
    nextcloud: &NextcloudClient,
    board: Id,
    listing: &Listing,
    stack: Stack,
    with_cards: bool,
    room: &mut usize,
) -> StackView {
    let total = stack.cards.len();
    let cards: Option<Vec<ListedCard>> = with_cards.then(|| {
        let shown = stack.cards.into_iter().take(*room);
        shown.map(|card| listing.show(nextcloud, board, card)).collect()
    });
    let shown = cards.as_ref().map_or(total, Vec::len);
    *room -= cards.as_ref().map_or(0, Vec::len);
    StackView {
        id: stack.id,
        title: stack.title,
        board_id: stack.board_id.unwrap_or(board.get()),
        order: stack.order,
        last_modified: stack.last_modified,
        cards,
        cards_total: (shown < total).then_some(total),
        etag: stack.etag,
        url: links::board(nextcloud, board),
    }
}
