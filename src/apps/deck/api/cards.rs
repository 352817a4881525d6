//! Cards: reading, writing, moving, assigning.

use actors::nextcloud::{NextcloudClient, NextcloudError, NextcloudRequest};
use serde::Serialize;
use serde_json::json;

use super::super::model::Card;
use super::super::values::{Id, Place};
use super::done;

/// Everything of a card that a request can set. A `PUT` resets what it does not name: the description, the dates,
/// `done` and the order; `archived` alone stays when left out.
#[derive(Debug, Serialize)]
pub struct CardBody<'a> {
    pub title: &'a str,
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// The owner's id; for a new card Deck takes the account itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<&'a str>,
    pub order: i64,
    pub description: &'a str,
    pub duedate: Option<&'a str>,
    pub startdate: Option<&'a str>,
    pub done: Option<&'a str>,
    pub color: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

fn at(request: NextcloudRequest, place: Place) -> NextcloudRequest {
    request.segment(place.board).segment(place.stack).segment(place.card)
}

/// A card with its attachments.
pub async fn card(nextcloud: &NextcloudClient, place: Place) -> Result<Card, NextcloudError> {
    let request = nextcloud.get("/index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}");
    at(request, place).send().await?.json().await
}

/// Adds a card to a stack, whichever board is named, and even to a deleted one, where nobody sees it.
pub async fn create_card(
    nextcloud: &NextcloudClient,
    board: Id,
    stack: Id,
    body: &CardBody<'_>,
) -> Result<Card, NextcloudError> {
    nextcloud
        .post("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards")
        .segment(board)
        .segment(stack)
        .json(body)
        .send()
        .await?
        .json()
        .await
}

/// Writes a card anew, into the stack of `place`: another stack than its own is a move, even to another board. A card
/// that was deleted is there again. Deck 1.16 wants the owner, and does not change it.
pub async fn update_card(
    nextcloud: &NextcloudClient,
    place: Place,
    body: &CardBody<'_>,
) -> Result<Card, NextcloudError> {
    let request = nextcloud.put("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}");
    at(request, place).json(body).send().await?.json().await
}

/// Deletes a card.
pub async fn delete_card(nextcloud: &NextcloudClient, place: Place) -> Result<(), NextcloudError> {
    let request = nextcloud.delete("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}");
    done(at(request, place)).await
}

/// Puts a card into the archive.
pub async fn archive_card(nextcloud: &NextcloudClient, place: Place) -> Result<Card, NextcloudError> {
    let request = nextcloud.put("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/archive");
    at(request, place).send().await?.json().await
}

/// Takes a card out of the archive.
pub async fn unarchive_card(nextcloud: &NextcloudClient, place: Place) -> Result<Card, NextcloudError> {
    let request = nextcloud.put("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/unarchive");
    at(request, place).send().await?.json().await
}

/// Moves a card to position `order` of the stack of `place`: the stack in the URL is the target, one in the body would
/// be ignored. The answer is that stack's cards.
pub async fn reorder_card(nextcloud: &NextcloudClient, place: Place, order: i64) -> Result<Vec<Card>, NextcloudError> {
    let request = nextcloud.put("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/reorder");
    let body = json!({"stackId": place.stack.get(), "order": order});
    at(request, place).json(&body).send().await?.json().await
}

/// Assigns a card to a user of its board.
pub async fn assign_user(nextcloud: &NextcloudClient, place: Place, user: &str) -> Result<(), NextcloudError> {
    let request = nextcloud.put("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/assignUser");
    done(at(request, place).json(&json!({"userId": user}))).await
}

/// Takes a card from a user.
pub async fn unassign_user(nextcloud: &NextcloudClient, place: Place, user: &str) -> Result<(), NextcloudError> {
    let request =
        nextcloud.put("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/unassignUser");
    done(at(request, place).json(&json!({"userId": user}))).await
}

/// Makes a card depend on another (Deck 1.18).
pub async fn assign_dependent_card(nextcloud: &NextcloudClient, place: Place, on: Id) -> Result<(), NextcloudError> {
    let request = nextcloud
        .post("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/dependentCards/{dependent}");
    done(at(request, place).segment(on)).await
}

/// Undoes [`assign_dependent_card`].
pub async fn remove_dependent_card(nextcloud: &NextcloudClient, place: Place, on: Id) -> Result<(), NextcloudError> {
    let request = nextcloud
        .delete("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/dependentCards/{dependent}");
    done(at(request, place).segment(on)).await
}
