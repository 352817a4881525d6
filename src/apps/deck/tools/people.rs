//! Who works on a card, and what it waits for.

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::api;
use super::super::explain;
use super::super::values::{self, Id, Place, invalid};
use super::CardChange;
use crate::mcp::{About, ToolResult};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CardUser {
    pub board_id: Id,
    pub stack_id: Id,
    pub card_id: Id,
    pub user_id: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct DependentCard {
    pub board_id: Id,
    pub stack_id: Id,
    pub card_id: Id,
    pub dependent_card_id: Id,
}

impl CardUser {
    fn place(&self) -> Place {
        Place {
            board: self.board_id,
            stack: self.stack_id,
            card: self.card_id,
        }
    }
}

impl DependentCard {
    fn place(&self) -> ToolResult<Place> {
        if self.card_id == self.dependent_card_id {
            return Err(invalid("dependent_card_id", "a card cannot depend on itself"));
        }
        Ok(Place {
            board: self.board_id,
            stack: self.stack_id,
            card: self.card_id,
        })
    }
}

pub async fn assign_user(nextcloud: NextcloudClient, args: CardUser) -> ToolResult<CardChange> {
    let place = args.place();
    let user = values::user_id("user_id", &args.user_id)?;
    api::assign_user(&nextcloud, place, &user)
        .await
        .about_with(format_args!("\"{user}\" for {place}"), explain::assignment)?;
    Ok(CardChange::at(&nextcloud, place))
}

pub async fn unassign_user(nextcloud: NextcloudClient, args: CardUser) -> ToolResult<CardChange> {
    let place = args.place();
    let user = values::user_id("user_id", &args.user_id)?;
    api::unassign_user(&nextcloud, place, &user)
        .await
        .about_with(format_args!("\"{user}\" of {place}"), explain::unassignment)?;
    Ok(CardChange::at(&nextcloud, place))
}

pub async fn assign_dependent_card(nextcloud: NextcloudClient, args: DependentCard) -> ToolResult<CardChange> {
    let place = args.place()?;
    api::assign_dependent_card(&nextcloud, place, args.dependent_card_id)
        .await
        .about_with(
            format_args!("dependent card {} of {place}", args.dependent_card_id),
            explain::dependency,
        )?;
    Ok(CardChange::at(&nextcloud, place))
}

pub async fn remove_dependent_card(nextcloud: NextcloudClient, args: DependentCard) -> ToolResult<CardChange> {
    let place = args.place()?;
    api::remove_dependent_card(&nextcloud, place, args.dependent_card_id)
        .await
        .about_with(
            format_args!("dependent card {} of {place}", args.dependent_card_id),
            explain::dependency,
        )?;
    Ok(CardChange::at(&nextcloud, place))
}
