//! Boards and stacks.

use actors::nextcloud::{NextcloudClient, NextcloudError};
use serde_json::json;

use super::super::model::{Board, Stack};
use super::super::values::Id;
use super::done;

/// Every board, the deleted ones with their time of deletion. Labels and users are left out.
pub async fn boards(nextcloud: &NextcloudClient) -> Result<Vec<Board>, NextcloudError> {
    nextcloud
        .get("/index.php/apps/deck/api/v1.0/boards")
        .send()
        .await?
        .json()
        .await
}

/// A board with its labels, users and sharing, and its stacks without their cards.
pub async fn board(nextcloud: &NextcloudClient, board: Id) -> Result<Board, NextcloudError> {
    nextcloud
        .get("/index.php/apps/deck/api/v1.0/boards/{board}")
        .segment(board)
        .send()
        .await?
        .json()
        .await
}

/// Makes a board with four labels and no stacks.
pub async fn create_board(nextcloud: &NextcloudClient, title: &str, color: &str) -> Result<Board, NextcloudError> {
    nextcloud
        .post("/index.php/apps/deck/api/v1.0/boards")
        .json(&json!({"title": title, "color": color}))
        .send()
        .await?
        .json()
        .await
}

/// The stacks of a board with their cards, complete with labels and assignees; no archived cards.
pub async fn stacks(nextcloud: &NextcloudClient, board: Id) -> Result<Vec<Stack>, NextcloudError> {
    nextcloud
        .get("/index.php/apps/deck/api/v1.0/boards/{board}/stacks")
        .segment(board)
        .send()
        .await?
        .json()
        .await
}

/// The same stacks with their archived cards only, which come without assignees.
pub async fn archived_stacks(nextcloud: &NextcloudClient, board: Id) -> Result<Vec<Stack>, NextcloudError> {
    nextcloud
        .get("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/archived")
        .segment(board)
        .send()
        .await?
        .json()
        .await
}

/// One stack. Its cards come without labels; and whichever board is named, it is found, even deleted.
pub async fn stack(nextcloud: &NextcloudClient, board: Id, stack: Id) -> Result<Stack, NextcloudError> {
    nextcloud
        .get("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}")
        .segment(board)
        .segment(stack)
        .send()
        .await?
        .json()
        .await
}

/// Adds a stack to a board.
pub async fn create_stack(
    nextcloud: &NextcloudClient,
    board: Id,
    title: &str,
    order: i64,
) -> Result<Stack, NextcloudError> {
    nextcloud
        .post("/index.php/apps/deck/api/v1.0/boards/{board}/stacks")
        .segment(board)
        .json(&json!({"title": title, "order": order}))
        .send()
        .await?
        .json()
        .await
}

/// Writes a stack anew: both fields are needed, a stack of another board moves to `board`, and one that was deleted is
/// there again.
pub async fn update_stack(
    nextcloud: &NextcloudClient,
    board: Id,
    stack: Id,
    title: &str,
    order: i64,
) -> Result<Stack, NextcloudError> {
    nextcloud
        .put("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}")
        .segment(board)
        .segment(stack)
        .json(&json!({"title": title, "order": order}))
        .send()
        .await?
        .json()
        .await
}

/// Deletes a stack with its cards, as often as one likes.
pub async fn delete_stack(nextcloud: &NextcloudClient, board: Id, stack: Id) -> Result<(), NextcloudError> {
    let request = nextcloud
        .delete("/index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}")
        .segment(board)
        .segment(stack);
    done(request).await
}
