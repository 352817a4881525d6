//! Boards: listing, reading, the overview, creating.

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::api;
use super::super::explain::missing_or_forbidden;
use super::super::links;
use super::super::listing::{CardSummary, Listing, MOST_CARDS, PREVIEW, Status, label_titles};
use super::super::model::Board;
use super::super::values::{self, Id, SHORT_TITLE};
use crate::mcp::{About, ToolResult};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct NoArgs {}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetBoard {
    pub board_id: Id,
    #[serde(default = "yes")]
    pub include_acl: bool,
    #[serde(default = "yes")]
    pub include_users: bool,
    #[serde(default = "yes")]
    pub include_labels: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Overview {
    pub board_id: Id,
    #[serde(default)]
    pub status: Status,
    pub label: Option<String>,
    pub assigned_to: Option<String>,
    #[serde(default = "preview")]
    pub description_preview_length: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateBoard {
    pub title: String,
    /// Such as 31CC7C.
    pub color: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Boards {
    pub boards: Vec<Board>,
    pub total: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct NewBoard {
    pub id: i64,
    pub title: String,
    pub color: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A whole board on one page.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BoardOverview {
    pub title: String,
    pub labels: Vec<String>,
    pub stacks: Vec<StackOverview>,
    pub total_cards: usize,
    /// Only the first cards are shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    pub truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct StackOverview {
    pub id: i64,
    pub title: String,
    pub order: i64,
    /// Cards that match, shown or not.
    pub card_count: usize,
    pub cards: Vec<CardSummary>,
}

const fn yes() -> bool {
    true
}

pub const fn preview() -> u32 {
    PREVIEW
}

/// Deleted boards are left out: Deck keeps listing them, but opens them no more.
pub async fn get_boards(nextcloud: NextcloudClient, _: NoArgs) -> ToolResult<Boards> {
    let mut boards = api::boards(&nextcloud).await.about("the list of boards")?;
    boards.retain(|board| board.deleted_at == 0);
    boards.sort_by_key(|board| board.id);
    for board in &mut boards {
        board.url = links::board(&nextcloud, board.id);
    }
    Ok(Boards {
        total: boards.len(),
        boards,
    })
}

pub async fn get_board(nextcloud: NextcloudClient, args: GetBoard) -> ToolResult<Board> {
    let mut board = read_board(&nextcloud, args.board_id).await?;
    if !args.include_acl {
        board.acl.clear();
    }
    if !args.include_users {
        board.users.clear();
    }
    if !args.include_labels {
        board.labels.clear();
    }
    board.url = links::board(&nextcloud, board.id);
    Ok(board)
}

pub async fn get_board_overview(nextcloud: NextcloudClient, args: Overview) -> ToolResult<BoardOverview> {
    let listing = Listing {
        status: args.status,
        label: args.label,
        assigned_to: args.assigned_to,
        preview: args.description_preview_length,
        ..Listing::default()
    };
    let (board, stacks) = tokio::join!(
        read_board(&nextcloud, args.board_id),
        listing.stacks(&nextcloud, args.board_id)
    );
    let (board, stacks) = (board?, stacks?);
    let total_cards = stacks.iter().map(|stack| stack.cards.len()).sum();
    let mut room = MOST_CARDS;
    let stacks = stacks.into_iter().map(|stack| {
        let card_count = stack.cards.len();
        let shown = stack.cards.into_iter().take(room);
        let cards: Vec<CardSummary> = shown
            .map(|card| {
                let url = links::card(&nextcloud, args.board_id, card.id);
                listing.summary(card, url)
            })
            .collect();
        room -= cards.len();
        StackOverview {
            id: stack.id,
            title: stack.title,
            order: stack.order,
            card_count,
            cards,
        }
    });
    Ok(BoardOverview {
        title: board.title,
        labels: label_titles(&board.labels),
        stacks: stacks.collect(),
        total_cards,
        truncated: total_cards > MOST_CARDS,
        url: links::board(&nextcloud, args.board_id),
    })
}

pub async fn create_board(nextcloud: NextcloudClient, args: CreateBoard) -> ToolResult<NewBoard> {
    let title = values::title("title", &args.title, SHORT_TITLE)?;
    let color = values::color("color", &args.color)?;
    let board = api::create_board(&nextcloud, &title, &color)
        .await
        .about_with("the new board", |status| {
            (status == 403).then_some("The administrator may allow boards to some groups only.")
        })?;
    Ok(NewBoard {
        url: links::board(&nextcloud, board.id),
        id: board.id,
        title: board.title,
        color: board.color,
    })
}

pub async fn read_board(nextcloud: &NextcloudClient, board: Id) -> ToolResult<Board> {
    api::board(nextcloud, board)
        .await
        .about_with(format_args!("board {board}"), missing_or_forbidden)
}
