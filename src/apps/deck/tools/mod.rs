//! The tools, by what they are about.

#![expect(
    clippy::struct_field_names,
    reason = "arguments and results have the names that clients know"
)]

pub mod attachments;
pub mod boards;
pub mod cards;
pub mod comments;
pub mod edit;
pub mod labels;
pub mod moves;
pub mod people;
pub mod stacks;

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::links;
use super::values::{Id, Place};

/// The arguments that name a card.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct CardArgs {
    pub board_id: Id,
    pub stack_id: Id,
    pub card_id: Id,
}

impl CardArgs {
    /// The card.
    pub fn place(&self) -> Place {
        Place {
            board: self.board_id,
            stack: self.stack_id,
            card: self.card_id,
        }
    }
}

/// The argument that names a board.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct BoardArgs {
    pub board_id: Id,
}

/// A card after a change, and where it is now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CardChange {
    pub card_id: i64,
    pub stack_id: i64,
    pub board_id: i64,
    /// The titles of the card's labels, where the change may have changed them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    /// Fields that this Deck does not keep, though it took them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub not_stored: Vec<&'static str>,
    #[serde(rename = "ETag", skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl CardChange {
    /// A change that left the card where it was.
    pub fn at(nextcloud: &NextcloudClient, place: Place) -> Self {
        Self {
            card_id: place.card.get(),
            stack_id: place.stack.get(),
            board_id: place.board.get(),
            labels: None,
            not_stored: Vec::new(),
            etag: None,
            url: links::card(nextcloud, place.board, place.card),
        }
    }

    /// The card is gone: there is nothing to open.
    pub fn deleted(place: Place) -> Self {
        Self {
            card_id: place.card.get(),
            stack_id: place.stack.get(),
            board_id: place.board.get(),
            labels: None,
            not_stored: Vec::new(),
            etag: None,
            url: None,
        }
    }
}
