//! Notes are files: what hides a file hides its note. Nextcloud tells a note's file with the note, so reading and
//! listing costs nothing more; changing needs the note read first, and only where tags are excluded.

use super::api;
use super::model::{ListedNote, Note};
use crate::apps::files::{Hidden, Screened};
use crate::mcp::{About, ToolError, ToolResult};

/// What Notes takes out of the names of categories: what is left may be the name of a folder that is hidden.
const DROPPED: [char; 8] = ['*', '|', '\\', ':', '"', '<', '>', '?'];

/// The note as Nextcloud gives it, if its file may be shown.
pub async fn read(notes: &Screened, id: i64) -> ToolResult<Note> {
    let hidden = notes.hidden().await?;
    let note = api::read(&notes.nextcloud, id).await.about(format_args!("note {id}"))?;
    if hidden.hides(note.internal_path.as_deref(), Some(id)) {
        return Err(missing(id));
    }
    Ok(note)
}

/// All notes whose files may be shown, without their content.
pub async fn list(notes: &Screened) -> ToolResult<Vec<ListedNote>> {
    let hidden = notes.hidden().await?;
    let mut list = api::list(&notes.nextcloud).await.about("the list of notes")?;
    list.retain(|note| !hidden.hides(note.internal_path.as_deref(), Some(note.id)));
    Ok(list)
}

/// Refuses to touch a note whose file is hidden.
pub async fn check(notes: &Screened, id: i64) -> ToolResult<()> {
    if notes.hidden().await?.is_on() {
        read(notes, id).await?;
    }
    Ok(())
}

/// Refuses to put a note into a category whose folder is hidden.
pub async fn check_category(notes: &Screened, category: &str) -> ToolResult<()> {
    let hidden = notes.hidden().await?;
    if !hidden.is_on() {
        return Ok(());
    }
    if category.split('/').any(|segment| matches!(segment.trim(), "." | "..")) {
        return Err(ToolError::invalid(
            "argument `category`: write it without `.` and `..` parts",
        ));
    }
    let settings = api::settings(&notes.nextcloud).await.about("the settings of Notes")?;
    let notes_path = settings["notesPath"].as_str().ok_or_else(|| {
        ToolError::new(
            "unexpected_answer",
            "Notes does not say in which folder it keeps notes, so none are written",
        )
    })?;
    let stored: Vec<String> = category
        .split('/')
        .map(|segment| segment.replace(DROPPED, "").trim().to_owned())
        .filter(|segment| !segment.is_empty())
        .collect();
    let folder = format!("{}/{}", notes_path.trim_matches('/'), stored.join("/"));
    if hidden.hides(Some(&folder), None) {
        return Err(Hidden::missing(format_args!(
            "the category \"{}\"",
            category.escape_debug()
        )));
    }
    Ok(())
}

/// Refuses an attachment that is hidden, or that belongs to a note that is. Attachments lie beside their note.
pub async fn check_attachment(notes: &Screened, id: i64, name: &str) -> ToolResult<()> {
    let hidden = notes.hidden().await?;
    if !hidden.is_on() {
        return Ok(());
    }
    let note = read(notes, id).await?;
    let path = note.internal_path.unwrap_or_default();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let segments: Vec<&str> = name
        .split('/')
        .filter(|segment| !matches!(*segment, "" | "."))
        .collect();
    if hidden.hides(Some(&format!("{folder}/{}", segments.join("/"))), None) {
        return Err(Hidden::missing(format_args!(
            "the attachment \"{}\" of note {id}",
            name.escape_debug()
        )));
    }
    Ok(())
}

fn missing(id: i64) -> ToolError {
    Hidden::missing(format_args!("note {id}"))
}
