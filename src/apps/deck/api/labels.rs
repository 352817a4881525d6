//! Labels, and which cards have them.

use actors::nextcloud::{NextcloudClient, NextcloudError};
use serde_json::json;

use super::super::model::Label;
use super::super::values::{Id, Place};
use super::done;

/// A label. Whichever board is named, it is found.
pub async fn label(nextcloud: &NextcloudClient, board: Id, label: Id) -> Result<Label, NextcloudError> {
    nextcloud
        .get("/index.php/apps/deck/api/v1.0/boards/{board}/labels/{label}")
        .segment(board)
        .segment(label)
        .send()
        .await?
        .json()
        .await
}

/// Adds a label to a board, on which its title must be new.
pub async fn create_label(
    nextcloud: &NextcloudClient,
    board: Id,
    title: &str,
    color: &str,
) -> Result<Label, NextcloudError> {
    nextcloud
        .post("/index.php/apps/deck/api/v1.0/boards/{board}/labels")
        .segment(board)
        .json(&json!({"title": title, "color": color}))
        .send()
        .await?
        .json()
        .await
}

/// Writes a label anew: both fields are needed.
pub async fn update_label(
    nextcloud: &NextcloudClient,
    board: Id,
    label: Id,
    title: &str,
    color: &str,
) -> Result<Label, NextcloudError> {
    nextcloud
        .put("/index.php/apps/deck/api/v1.0/boards/{board}/labels/{label}")
        .segment(board)
        .segment(label)
        .json(&json!({"title": title, "color": color}))
        .send()
        .await?
        .json()
        .await
}

/// Deletes a label, from all cards too.
pub async fn delete_label(nextcloud: &NextcloudClient, board: Id, label: Id) -> Result<(), NextcloudError> {
    let request = nextcloud
        .delete("/index.php/apps/deck/api/v1.0/boards/{board}/labels/{label}")
        .segment(board)
        .segment(label);
    done(request).await
}

/// Puts a label on a card, once more if the card has it, and answers `null`. Deck 1.16 refuses labels of other boards with
/// 500; older versions do not look.
pub async fn assign_label(nextcloud: &NextcloudClient, place: Place, label: Id) -> Result<(), NextcloudError> {
    let request = nextcloud
        .put("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/assignLabel")
        .segment(place.board)
        .segment(place.stack)
        .segment(place.card)
        .json(&json!({"labelId": label.get()}));
    done(request).await
}

/// Takes a label off a card; one that it does not have is no error.
pub async fn remove_label(nextcloud: &NextcloudClient, place: Place, label: Id) -> Result<(), NextcloudError> {
    let request = nextcloud
        .put("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/removeLabel")
        .segment(place.board)
        .segment(place.stack)
        .segment(place.card)
        .json(&json!({"labelId": label.get()}));
    done(request).await
}
