//! Labels of a board and of cards.

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::api;
use super::super::explain::{self, missing_or_forbidden};
use super::super::model::Label;
use super::super::values::{self, Id, Place, SHORT_TITLE};
use super::boards::read_board;
use super::cards::read_card;
use super::{BoardArgs, CardChange};
use crate::mcp::{About, ToolError, ToolResult};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct LabelArgs {
    pub board_id: Id,
    pub label_id: Id,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateLabel {
    pub board_id: Id,
    pub title: String,
    /// Such as 31CC7C.
    pub color: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateLabel {
    pub board_id: Id,
    pub label_id: Id,
    pub title: Option<String>,
    pub color: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CardLabel {
    pub board_id: Id,
    pub stack_id: Id,
    pub card_id: Id,
    pub label_id: Id,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Labels {
    pub labels: Vec<Label>,
    pub total: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct LabelChange {
    pub label_id: i64,
    pub board_id: i64,
}

pub async fn get_labels(nextcloud: NextcloudClient, args: BoardArgs) -> ToolResult<Labels> {
    let mut labels = read_board(&nextcloud, args.board_id).await?.labels;
    labels.sort_by_key(|label| label.id);
    Ok(Labels {
        total: labels.len(),
        labels,
    })
}

pub async fn get_label(nextcloud: NextcloudClient, args: LabelArgs) -> ToolResult<Label> {
    own_label(&nextcloud, args.board_id, args.label_id).await
}

pub async fn create_label(nextcloud: NextcloudClient, args: CreateLabel) -> ToolResult<Label> {
    let title = values::title("title", &args.title, SHORT_TITLE)?;
    let color = values::color("color", &args.color)?;
    api::create_label(&nextcloud, args.board_id, &title, &color)
        .await
        .about_with(format_args!("the new label of board {}", args.board_id), explain::label)
}

/// Deck wants both fields: the label is read first.
pub async fn update_label(nextcloud: NextcloudClient, args: UpdateLabel) -> ToolResult<LabelChange> {
    let title = args
        .title
        .as_deref()
        .map(|title| values::title("title", title, SHORT_TITLE))
        .transpose()?;
    let color = args
        .color
        .as_deref()
        .map(|color| values::color("color", color))
        .transpose()?;
    if title.is_none() && color.is_none() {
        return Err(ToolError::invalid("nothing to change: give title or color"));
    }
    let current = own_label(&nextcloud, args.board_id, args.label_id).await?;
    let (title, color) = (title.unwrap_or(current.title), color.unwrap_or(current.color));
    api::update_label(&nextcloud, args.board_id, args.label_id, &title, &color)
        .await
        .about_with(subject(args.board_id, args.label_id), explain::label)?;
    Ok(change(args.board_id, args.label_id))
}

/// The label is read first: Deck deletes a label whichever board is named.
pub async fn delete_label(nextcloud: NextcloudClient, args: LabelArgs) -> ToolResult<LabelChange> {
    own_label(&nextcloud, args.board_id, args.label_id).await?;
    api::delete_label(&nextcloud, args.board_id, args.label_id)
        .await
        .about_with(subject(args.board_id, args.label_id), explain::change)?;
    Ok(change(args.board_id, args.label_id))
}

/// The card is read first, as Deck puts a label on it once more that it has already; and the label, as older versions put
/// labels of other boards on it too.
pub async fn assign_label(nextcloud: NextcloudClient, args: CardLabel) -> ToolResult<CardChange> {
    let place = place(&args);
    let card = read_card(&nextcloud, place).await?;
    if card.labels.iter().any(|label| label.id == args.label_id.get()) {
        return Ok(CardChange::at(&nextcloud, place));
    }
    own_label(&nextcloud, args.board_id, args.label_id).await?;
    api::assign_label(&nextcloud, place, args.label_id)
        .await
        .about_with(format_args!("label {} for {place}", args.label_id), explain::change)?;
    Ok(CardChange::at(&nextcloud, place))
}

pub async fn remove_label(nextcloud: NextcloudClient, args: CardLabel) -> ToolResult<CardChange> {
    let place = place(&args);
    api::remove_label(&nextcloud, place, args.label_id)
        .await
        .about_with(format_args!("label {} of {place}", args.label_id), explain::change)?;
    Ok(CardChange::at(&nextcloud, place))
}

/// A label that must be of this board.
async fn own_label(nextcloud: &NextcloudClient, board: Id, label: Id) -> ToolResult<Label> {
    let found = api::label(nextcloud, board, label)
        .await
        .about_with(subject(board, label), missing_or_forbidden)?;
    if found.board_id.is_some_and(|other| other != board.get()) {
        return Err(ToolError::new(
            "not_found",
            format!("board {board} has no label {label}: deck_get_labels lists those it has"),
        ));
    }
    Ok(found)
}

fn place(args: &CardLabel) -> Place {
    Place {
        board: args.board_id,
        stack: args.stack_id,
        card: args.card_id,
    }
}

fn subject(board: Id, label: Id) -> String {
    format!("label {label} of board {board}")
}

fn change(board: Id, label: Id) -> LabelChange {
    LabelChange {
        label_id: label.get(),
        board_id: board.get(),
    }
}
