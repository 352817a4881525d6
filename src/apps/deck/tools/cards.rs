//! Cards: listing, reading, creating, deleting, the archive.

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::api::{self, CardBody};
use super::super::explain::{self, missing_or_forbidden};
use super::super::links;
use super::super::listing::{Detail, ListedCard, Listing, Status, find_stack};
use super::super::model::Card;
use super::super::values::{self, CARD_TITLE, CARD_TYPE, Field, Id, Place};
use super::boards::{preview, read_board};
use super::edit::refuse_other_stack;
use super::{CardArgs, CardChange, attachments};
use crate::apps::files::Screened;
use crate::apps::page::{self, Page};
use crate::mcp::{About, ToolResult};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetCards {
    pub board_id: Id,
    pub stack_id: Id,
    #[serde(default)]
    pub detail: Detail,
    #[serde(default)]
    pub status: Status,
    pub label: Option<String>,
    pub assigned_to: Option<String>,
    pub description_max_length: Option<u32>,
    #[serde(default = "preview")]
    pub description_preview_length: u32,
    #[serde(default = "default_limit")]
    pub limit: u32,
    pub cursor: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateCard {
    pub board_id: Id,
    pub stack_id: Id,
    pub title: String,
    #[serde(default = "plain", rename = "type")]
    pub kind: String,
    #[serde(default = "last")]
    pub order: u32,
    pub description: Option<String>,
    /// ISO 8601; UTC without offset.
    pub duedate: Option<String>,
    /// From Deck 1.18 on.
    pub startdate: Option<String>,
    /// Such as 31CC7C; from Deck 1.18 on.
    pub color: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Cards {
    pub cards: Vec<ListedCard>,
    pub total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewCard {
    pub id: i64,
    pub title: String,
    pub stack_id: i64,
    /// Fields that this Deck does not keep, though it took them.
    #[serde(rename = "not_stored", skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub not_stored: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

const fn default_limit() -> u32 {
    200
}

fn plain() -> String {
    "plain".to_owned()
}

/// Where Deck puts a card of which nobody says where: behind the others.
const fn last() -> u32 {
    999
}

pub async fn get_cards(nextcloud: NextcloudClient, args: GetCards) -> ToolResult<Cards> {
    let listing = Listing {
        status: args.status,
        label: args.label,
        assigned_to: args.assigned_to,
        detail: args.detail,
        description_max: args.description_max_length,
        preview: args.description_preview_length,
    };
    let size = page::size(args.limit)?;
    let stack = listing.stack(&nextcloud, args.board_id, args.stack_id).await?;
    let page = Page::of(stack.cards, size, args.cursor.as_deref())?;
    Ok(Cards {
        cards: page
            .items
            .into_iter()
            .map(|card| listing.show(&nextcloud, args.board_id, card))
            .collect(),
        total: page.total,
        next_cursor: page.next_cursor,
    })
}

pub async fn get_card(files: Screened, args: CardArgs) -> ToolResult<Card> {
    let (nextcloud, place) = (&files.nextcloud, args.place());
    let hidden = files.hidden().await?;
    let mut card = read_card(nextcloud, place).await?;
    let before = card.attachments.len();
    attachments::retain_visible(&mut card.attachments, &hidden);
    if card.attachments.len() < before {
        card.attachment_count = i64::try_from(card.attachments.len()).ok();
    }
    for attachment in &mut card.attachments {
        attachment.url = attachment
            .extended_data
            .fileid
            .and_then(|id| links::file(nextcloud, id));
    }
    card.url = links::card(nextcloud, place.board, card.id);
    Ok(card)
}

/// The board is read first: Deck adds cards to stacks of other boards and to deleted ones, where nobody sees them.
pub async fn create_card(nextcloud: NextcloudClient, args: CreateCard) -> ToolResult<NewCard> {
    let title = values::title("title", &args.title, CARD_TITLE)?;
    let kind = values::title("type", &args.kind, CARD_TYPE)?;
    let description = Field::of("description", args.description.as_deref(), values::description)?;
    let duedate = Field::of("duedate", args.duedate.as_deref(), values::date)?;
    let startdate = Field::of("startdate", args.startdate.as_deref(), values::date)?;
    let color = Field::of("color", args.color.as_deref(), values::color)?;
    let body = CardBody {
        title: &title,
        kind: &kind,
        owner: None,
        order: args.order.into(),
        description: description.after(None).unwrap_or_default(),
        duedate: duedate.after(None),
        startdate: startdate.after(None),
        done: None,
        color: color.after(None),
        archived: None,
    };
    let mut stacks = read_board(&nextcloud, args.board_id).await?.stacks;
    if stacks.is_empty() {
        // There are none, or this Deck does not show them with the board.
        stacks = api::stacks(&nextcloud, args.board_id).await.about_with(
            format_args!("the stacks of board {}", args.board_id),
            missing_or_forbidden,
        )?;
    }
    find_stack(stacks, args.board_id, args.stack_id)?;
    let card = api::create_card(&nextcloud, args.board_id, args.stack_id, &body)
        .await
        .about_with(
            format_args!("the new card in stack {} of board {}", args.stack_id, args.board_id),
            explain::change,
        )?;
    Ok(NewCard {
        not_stored: not_stored(&body, &card),
        url: links::card(&nextcloud, args.board_id, card.id),
        id: card.id,
        title: card.title,
        stack_id: card.stack_id,
    })
}

/// The card is read first: Deck looks at the card's id alone, and would delete one of another board.
pub async fn delete_card(nextcloud: NextcloudClient, args: CardArgs) -> ToolResult<CardChange> {
    let place = args.place();
    refuse_other_stack(&read_card(&nextcloud, place).await?, place)?;
    api::delete_card(&nextcloud, place)
        .await
        .about_with(place, explain::change)?;
    Ok(CardChange::deleted(place))
}

pub async fn archive_card(nextcloud: NextcloudClient, args: CardArgs) -> ToolResult<CardChange> {
    let place = args.place();
    let card = api::archive_card(&nextcloud, place)
        .await
        .about_with(place, explain::change)?;
    Ok(changed(&nextcloud, place, card))
}

pub async fn unarchive_card(nextcloud: NextcloudClient, args: CardArgs) -> ToolResult<CardChange> {
    let place = args.place();
    let card = api::unarchive_card(&nextcloud, place)
        .await
        .about_with(place, explain::change)?;
    Ok(changed(&nextcloud, place, card))
}

pub async fn read_card(nextcloud: &NextcloudClient, place: Place) -> ToolResult<Card> {
    api::card(nextcloud, place)
        .await
        .about_with(place, missing_or_forbidden)
}

/// The card as Deck answered after a change.
pub fn changed(nextcloud: &NextcloudClient, place: Place, card: Card) -> CardChange {
    CardChange {
        stack_id: card.stack_id,
        etag: card.etag,
        ..CardChange::at(nextcloud, place)
    }
}

/// What was sent and is not in the answer: older versions of Deck pass over fields they do not know, and 1.16 over another
/// owner.
pub fn not_stored(sent: &CardBody<'_>, card: &Card) -> Vec<&'static str> {
    let mut fields = Vec::new();
    if sent.startdate.is_some() && sent.startdate != card.startdate.as_deref() {
        fields.push("startdate");
    }
    let same_color = |sent: &str| {
        card.color
            .as_deref()
            .is_some_and(|color| color.trim_start_matches('#').eq_ignore_ascii_case(sent))
    };
    if sent.color.is_some_and(|color| !same_color(color)) {
        fields.push("color");
    }
    let other_owner = |sent: &str| card.owner.as_ref().is_some_and(|owner| owner.uid != sent);
    if sent.owner.is_some_and(other_owner) {
        fields.push("owner");
    }
    fields
}
