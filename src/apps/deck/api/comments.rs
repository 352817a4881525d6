//! Comments, by OCS.

use actors::nextcloud::{NextcloudClient, NextcloudError};
use serde_json::{Value, json};

use super::super::model::Comment;
use super::super::values::Id;

/// Comments on a card, newest first.
pub async fn comments(
    nextcloud: &NextcloudClient,
    card: Id,
    limit: usize,
    offset: usize,
) -> Result<Vec<Comment>, NextcloudError> {
    nextcloud
        .get("/ocs/v2.php/apps/deck/api/v1.0/cards/{card}/comments")
        .segment(card)
        .query("limit", limit)
        .query("offset", offset)
        .ocs()
        .await
}

/// Comments on a card, in answer to `parent` if there is one.
pub async fn create_comment(
    nextcloud: &NextcloudClient,
    card: Id,
    message: &str,
    parent: Option<i64>,
) -> Result<Comment, NextcloudError> {
    nextcloud
        .post("/ocs/v2.php/apps/deck/api/v1.0/cards/{card}/comments")
        .segment(card)
        .json(&json!({"message": message, "parentId": parent.unwrap_or(0)}))
        .ocs()
        .await
}

/// Changes a comment of the account's own.
pub async fn update_comment(
    nextcloud: &NextcloudClient,
    card: Id,
    comment: Id,
    message: &str,
) -> Result<Comment, NextcloudError> {
    nextcloud
        .put("/ocs/v2.php/apps/deck/api/v1.0/cards/{card}/comments/{comment}")
        .segment(card)
        .segment(comment)
        .json(&json!({"message": message}))
        .ocs()
        .await
}

/// Deletes a comment of the account's own.
pub async fn delete_comment(nextcloud: &NextcloudClient, card: Id, comment: Id) -> Result<(), NextcloudError> {
    nextcloud
        .delete("/ocs/v2.php/apps/deck/api/v1.0/cards/{card}/comments/{comment}")
        .segment(card)
        .segment(comment)
        .ocs::<Value>()
        .await
        .map(drop)
}
