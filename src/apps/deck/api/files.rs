//! Attachments. A file in Nextcloud is attached by sharing it with the card (share type 12): it stays where it is, and
//! the share's id is the attachment's.

use actors::nextcloud::{NextcloudClient, NextcloudError};
use serde::Deserialize;
use serde_json::json;

use super::super::lenient;
use super::super::model::Attachment;
use super::super::values::{Id, Place};
use super::done;

/// `IShare::TYPE_DECK`.
const WITH_CARD: u32 = 12;

/// A file shared with a card.
#[derive(Debug, Deserialize)]
pub struct Share {
    /// The id of the share, as text, and of the attachment.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Option<i64>,
    /// The file's path in the account's own files.
    pub path: Option<String>,
}

/// What the path of a note's file is made of.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoteFile {
    /// Since Notes 4.
    pub internal_path: Option<String>,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub category: String,
}

/// Where Notes keeps its files.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoteSettings {
    pub notes_path: String,
    pub file_suffix: String,
}

/// The attachments of a card, of both types (v1.0 shows `deck_file` only), with those deleted lately.
pub async fn attachments(nextcloud: &NextcloudClient, place: Place) -> Result<Vec<Attachment>, NextcloudError> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct List(#[serde(deserialize_with = "lenient::list")] Vec<Attachment>);

    let list: List = nextcloud
        .get("/index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}/attachments")
        .segment(place.board)
        .segment(place.stack)
        .segment(place.card)
        .send()
        .await?
        .json()
        .await?;
    Ok(list.0)
}

/// Takes an attachment off a card: of a `file` the share goes and the file stays, a `deck_file` goes itself.
pub async fn delete_attachment(
    nextcloud: &NextcloudClient,
    place: Place,
    attachment: i64,
    kind: &str,
) -> Result<(), NextcloudError> {
    let request = nextcloud
        .delete(
            "/index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}/attachments/{type}/{attachment}",
        )
        .segment(place.board)
        .segment(place.stack)
        .segment(place.card)
        .segment(kind)
        .segment(attachment);
    done(request).await
}

/// Shares a file of the account's with a card.
pub async fn share_with_card(nextcloud: &NextcloudClient, card: Id, path: &str) -> Result<Share, NextcloudError> {
    nextcloud
        .post("/ocs/v2.php/apps/files_sharing/api/v1/shares")
        .json(&json!({"path": path, "shareType": WITH_CARD, "shareWith": card.to_string()}))
        .ocs()
        .await
}

/// A note, as far as its file is concerned.
pub async fn note_file(nextcloud: &NextcloudClient, note: Id) -> Result<NoteFile, NextcloudError> {
    nextcloud
        .get("/index.php/apps/notes/api/v1/notes/{note}")
        .segment(note)
        .query("exclude", "content")
        .send()
        .await?
        .json()
        .await
}

/// The settings of Notes.
pub async fn note_settings(nextcloud: &NextcloudClient) -> Result<NoteSettings, NextcloudError> {
    nextcloud
        .get("/index.php/apps/notes/api/v1/settings")
        .send()
        .await?
        .json()
        .await
}
