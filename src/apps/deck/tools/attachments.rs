//! Files at cards.

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::api::{self, NoteFile};
use super::super::explain::{self, missing_or_forbidden};
use super::super::links;
use super::super::model::Attachment;
use super::super::values::{Id, Place, invalid};
use super::CardArgs;
use crate::apps::files::{Hidden, Screened};
use crate::mcp::{About, ToolError, ToolResult};

/// Longest path that Nextcloud stores, in characters.
const LONGEST_PATH: usize = 4000;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct AttachFile {
    pub card_id: Id,
    pub path: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct AttachNote {
    pub card_id: Id,
    pub note_id: Id,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteAttachment {
    pub board_id: Id,
    pub stack_id: Id,
    pub card_id: Id,
    pub attachment_id: Id,
    /// `file` or `deck_file`.
    pub attachment_type: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Attached {
    pub attachment_id: i64,
    pub card_id: i64,
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Attachments {
    pub results: Vec<Attachment>,
    pub count: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedAttachment {
    pub card_id: i64,
    pub attachment_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

pub async fn attach_file(files: Screened, args: AttachFile) -> ToolResult<Attached> {
    let path = file_path(&args.path)?;
    share(&files, args.card_id, path).await
}

/// A note is a file: its path comes from Notes.
pub async fn attach_note(files: Screened, args: AttachNote) -> ToolResult<Attached> {
    let note = api::note_file(&files.nextcloud, args.note_id)
        .await
        .about(format_args!("note {}", args.note_id))?;
    let path = match note.internal_path {
        Some(path) => path,
        None => old_note_path(&files.nextcloud, &note).await?,
    };
    if files.hidden().await?.hides(Some(&path), Some(args.note_id.get())) {
        return Err(Hidden::missing(format_args!("note {}", args.note_id)));
    }
    share(&files, args.card_id, path).await
}

pub async fn list_attachments(files: Screened, args: CardArgs) -> ToolResult<Attachments> {
    let (nextcloud, place) = (&files.nextcloud, args.place());
    let mut results = attachments(&files, place).await?;
    results.sort_by_key(|attachment| (attachment.created_at, attachment.id));
    for attachment in &mut results {
        attachment.url = match attachment.extended_data.fileid {
            Some(file) => links::file(nextcloud, file),
            None => links::card(nextcloud, place.board, place.card),
        };
    }
    Ok(Attachments {
        count: results.len(),
        results,
    })
}

/// Ids of the two types are counted apart, so an id alone may mean two attachments.
pub async fn delete_attachment(files: Screened, args: DeleteAttachment) -> ToolResult<DeletedAttachment> {
    let nextcloud = &files.nextcloud;
    let place = Place {
        board: args.board_id,
        stack: args.stack_id,
        card: args.card_id,
    };
    let id = args.attachment_id.get();
    let kind = match args.attachment_type.as_deref() {
        // A file kept by Deck is none of the user's files, so none that could be hidden.
        Some("deck_file") => "deck_file".to_owned(),
        Some("file") if !files.hidden().await?.is_on() => "file".to_owned(),
        Some(kind) if kind != "file" => return Err(invalid("attachment_type", "`file` or `deck_file`")),
        given => {
            let mut all = attachments(&files, place).await?;
            all.retain(|attachment| attachment.id == id && given.is_none_or(|given| attachment.kind == given));
            match all.as_slice() {
                [one] => one.kind.clone(),
                [] => {
                    return Err(ToolError::new(
                        "not_found",
                        format!("{place} has no attachment {id}: deck_list_attachments lists those it has"),
                    ));
                }
                _ => {
                    return Err(invalid(
                        "attachment_type",
                        format_args!("needed, as two attachments have the id {id}"),
                    ));
                }
            }
        }
    };
    api::delete_attachment(nextcloud, place, id, &kind)
        .await
        .about_with(format_args!("attachment {id} of {place}"), explain::change)?;
    Ok(DeletedAttachment {
        card_id: args.card_id.get(),
        attachment_id: id,
        url: links::card(nextcloud, place.board, place.card),
    })
}

/// The attachments that are not deleted and not hidden.
async fn attachments(files: &Screened, place: Place) -> ToolResult<Vec<Attachment>> {
    let hidden = files.hidden().await?;
    let mut attachments = api::attachments(&files.nextcloud, place)
        .await
        .about_with(format_args!("the attachments of {place}"), missing_or_forbidden)?;
    retain_visible(&mut attachments, &hidden);
    Ok(attachments)
}

/// Leaves out what is deleted, and files that are hidden or cannot be told from those: others attach files of theirs, of
/// which the account knows no path.
pub(super) fn retain_visible(attachments: &mut Vec<Attachment>, hidden: &Hidden) {
    attachments.retain(|attachment| {
        let file = &attachment.extended_data;
        let is_kept_by_deck = attachment.kind == "deck_file";
        attachment.deleted_at == 0 && (is_kept_by_deck || !hidden.hides(file.path.as_deref(), file.fileid))
    });
}

/// The card's comments are asked for first, which takes no more than its id: Deck attaches files to deleted cards, and
/// answers 500 for cards that do not exist.
async fn share(files: &Screened, card: Id, path: String) -> ToolResult<Attached> {
    let nextcloud = &files.nextcloud;
    files.hidden().await?.check(&path)?;
    let subject = format!("the file \"{}\" for card {card}", path.escape_debug());
    api::comments(nextcloud, card, 1, 0)
        .await
        .about_with(format_args!("card {card}"), missing_or_forbidden)?;
    let share = api::share_with_card(nextcloud, card, &path)
        .await
        .about_with(&subject, explain::share)?;
    let attachment_id = share
        .id
        .ok_or_else(|| ToolError::new("unexpected_answer", format!("{subject} was shared without an id")))?;
    Ok(Attached {
        attachment_id,
        card_id: card.get(),
        path: share.path.unwrap_or(path),
        url: links::card_alone(nextcloud, card),
    })
}

/// Notes before version 4 do not say where a note's file is.
async fn old_note_path(nextcloud: &NextcloudClient, note: &NoteFile) -> ToolResult<String> {
    let settings = api::note_settings(nextcloud).await.about("the settings of Notes")?;
    let folders = [settings.notes_path.as_str(), note.category.as_str()];
    let folders: Vec<&str> = folders
        .iter()
        .map(|folder| folder.trim_matches('/'))
        .filter(|folder| !folder.is_empty())
        .collect();
    Ok(format!("/{}/{}{}", folders.join("/"), note.title, settings.file_suffix))
}

/// An absolute path without climbing.
fn file_path(path: &str) -> ToolResult<String> {
    let inner = path.trim_matches('/');
    if inner.is_empty() {
        return Err(invalid("path", "give the path of a file"));
    }
    if inner.chars().any(char::is_control) {
        return Err(invalid("path", "must not contain control characters"));
    }
    if inner.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return Err(invalid("path", "must not contain `.`, `..` or empty segments"));
    }
    if inner.chars().count() > LONGEST_PATH {
        return Err(invalid("path", format_args!("longer than {LONGEST_PATH} characters")));
    }
    Ok(format!("/{inner}"))
}

#[cfg(test)]
mod tests {
    use super::file_path;

    #[test]
    fn paths_start_at_the_root_and_never_climb() {
        assert_eq!(file_path("Docs/a #1.txt").unwrap(), "/Docs/a #1.txt");
        assert_eq!(file_path("/Docs/ä.txt").unwrap(), "/Docs/ä.txt");
        for path in ["", "/", "a/../b", "./a", "a//b", "a\u{0}", "a\nb"] {
            assert!(file_path(path).is_err(), "{path:?}");
        }
    }
}
