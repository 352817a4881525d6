//! Deck by URI: what the reading tools show, at the addresses that earlier servers gave out.

use actors::nextcloud::NextcloudClient;
use serde_json::{Value, json};

use super::tools::boards::{self, NoArgs};
use super::tools::{BoardArgs, CardArgs, cards, labels, stacks};
use super::values::Id;
use crate::apps::files::{Screen, Screened};
use crate::mcp::{AppTools, ResourceBody, ToolError, ToolResult, UriParameters};

/// Adds the resources to Deck's table.
pub fn add(table: AppTools, screen: &Screen) -> AppTools {
    table
        .resource("nc://Deck/boards", "Deck boards", "All boards.", all_boards)
        .resource("nc://Deck/boards/{board_id}", "Deck board", "A board.", board)
        .resource(
            "nc://Deck/boards/{board_id}/stacks",
            "Deck stacks",
            "A board's stacks with their open cards.",
            all_stacks,
        )
        .resource(
            "nc://Deck/boards/{board_id}/stacks/{stack_id}",
            "Deck stack",
            "A stack with its open cards.",
            stack,
        )
        .resource(
            "nc://Deck/boards/{board_id}/stacks/{stack_id}/cards",
            "Deck cards",
            "A stack's open cards.",
            all_cards,
        )
        .resource(
            "nc://Deck/boards/{board_id}/stacks/{stack_id}/cards/{card_id}",
            "Deck card",
            "A card with all it has.",
            screen.to(card),
        )
        .resource(
            "nc://Deck/boards/{board_id}/labels",
            "Deck labels",
            "A board's labels.",
            all_labels,
        )
        .resource(
            "nc://Deck/boards/{board_id}/labels/{label_id}",
            "Deck label",
            "A label.",
            label,
        )
}

async fn all_boards(nextcloud: NextcloudClient, _: UriParameters) -> ToolResult<ResourceBody> {
    ResourceBody::json(&boards::get_boards(nextcloud, NoArgs {}).await?)
}

async fn board(nextcloud: NextcloudClient, parameters: UriParameters) -> ToolResult<ResourceBody> {
    let args = arguments(&parameters, &["board_id"])?;
    ResourceBody::json(&boards::get_board(nextcloud, args).await?)
}

async fn all_stacks(nextcloud: NextcloudClient, parameters: UriParameters) -> ToolResult<ResourceBody> {
    let args = arguments(&parameters, &["board_id"])?;
    ResourceBody::json(&stacks::get_stacks(nextcloud, args).await?)
}

async fn stack(nextcloud: NextcloudClient, parameters: UriParameters) -> ToolResult<ResourceBody> {
    let args = arguments(&parameters, &["board_id", "stack_id"])?;
    ResourceBody::json(&stacks::get_stack(nextcloud, args).await?)
}

async fn all_cards(nextcloud: NextcloudClient, parameters: UriParameters) -> ToolResult<ResourceBody> {
    let args = arguments(&parameters, &["board_id", "stack_id"])?;
    ResourceBody::json(&cards::get_cards(nextcloud, args).await?)
}

async fn card(files: Screened, parameters: UriParameters) -> ToolResult<ResourceBody> {
    let args: CardArgs = arguments(&parameters, &["board_id", "stack_id", "card_id"])?;
    ResourceBody::json(&cards::get_card(files, args).await?)
}

async fn all_labels(nextcloud: NextcloudClient, parameters: UriParameters) -> ToolResult<ResourceBody> {
    let args: BoardArgs = arguments(&parameters, &["board_id"])?;
    ResourceBody::json(&labels::get_labels(nextcloud, args).await?)
}

async fn label(nextcloud: NextcloudClient, parameters: UriParameters) -> ToolResult<ResourceBody> {
    let args = arguments(&parameters, &["board_id", "label_id"])?;
    ResourceBody::json(&labels::get_label(nextcloud, args).await?)
}

/// A tool's arguments from the ids in a URI, all else by default.
fn arguments<A: serde::de::DeserializeOwned>(parameters: &UriParameters, names: &[&'static str]) -> ToolResult<A> {
    let mut arguments = json!({});
    for name in names {
        let id = Id::try_from(parameters.number(name)?)
            .map_err(|problem| ToolError::invalid(format!("`{name}` in the URI: {problem}")))?;
        arguments[*name] = Value::from(id.get());
    }
    serde_json::from_value(arguments).map_err(|error| ToolError::invalid(error.to_string()))
}
