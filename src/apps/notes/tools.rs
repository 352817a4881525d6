//! The tools and resources.

use actors::nextcloud::{NextcloudClient, NextcloudError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;

use super::api;
use super::model::{
    AppendContent, Attachment, CreateNote, DeletedNote, FoundNotes, FullNote, GetAttachment, GetNote, ListNotes, Note,
    NoteChanges, NoteList, NoteSummary, SearchNotes, UpdateNote, WrittenNote,
};
use super::{hidden, search};
use crate::apps::files::Screened;
use crate::apps::page::{self, Page};
use crate::mcp::{About, ResourceBody, ToolError, ToolResult, UriParameters, bulk};

/// Between a note and what is appended to it.
const SEPARATOR: &str = "\n---\n";
/// How often an append reads the note anew when somebody else changes it meanwhile.
const APPEND_TRIES: usize = 4;
/// Largest attachment that is put into a result, in bytes.
const MAX_ATTACHMENT: usize = 5 * 1024 * 1024;

pub async fn create_note(notes: Screened, args: CreateNote) -> ToolResult<WrittenNote> {
    check_name("title", &args.title)?;
    check_name("category", &args.category)?;
    hidden::check_category(&notes, &args.category).await?;
    let note = api::create(&notes.nextcloud, &args).await.about("the new note")?;
    Ok(written(&notes.nextcloud, note))
}

pub async fn update_note(notes: Screened, args: UpdateNote) -> ToolResult<WrittenNote> {
    let changes = NoteChanges {
        title: args.title.as_deref(),
        content: args.content.as_deref(),
        category: args.category.as_deref(),
    };
    if changes.title.is_none() && changes.content.is_none() && changes.category.is_none() {
        return Err(ToolError::invalid("nothing to change: give title, content or category"));
    }
    for (argument, name) in [("title", changes.title), ("category", changes.category)] {
        check_name(argument, name.unwrap_or_default())?;
    }
    hidden::check(&notes, args.note_id).await?;
    if let Some(category) = changes.category {
        hidden::check_category(&notes, category).await?;
    }
    match api::update(&notes.nextcloud, args.note_id, &args.etag, &changes).await {
        Err(error) if is_conflict(&error) => Err(conflict(args.note_id, &error)),
        result => Ok(written(
            &notes.nextcloud,
            result.about(format_args!("note {}", args.note_id))?,
        )),
    }
}

/// Refuses what becomes the name of a file and cannot be one. Nextcloud would write that file, answer 500 and show no note.
/// Line breaks and tabs it takes out itself.
fn check_name(argument: &str, name: &str) -> ToolResult<()> {
    let impossible = |character: char| character.is_control() && !matches!(character, '\t' | '\n' | '\r');
    if name.contains(impossible) {
        return Err(ToolError::invalid(format!(
            "argument `{argument}`: must not hold control characters"
        )));
    }
    Ok(())
}

/// Appending does not depend on what others wrote meanwhile, so a conflict is read anew rather than reported. So is a
/// failure inside Nextcloud, as when two writes meet in its database: the note tells whether it was written.
pub async fn append_content(notes: Screened, args: AppendContent) -> ToolResult<WrittenNote> {
    let subject = format!("note {}", args.note_id);
    let mut note = hidden::read(&notes, args.note_id).await?;
    let mut tries = 0;
    loop {
        tries += 1;
        let etag = note
            .etag
            .ok_or_else(|| ToolError::new("unexpected_answer", format!("{subject} came without an etag")))?;
        // Appended to nothing, what was there would be gone.
        let before = note
            .content
            .ok_or_else(|| ToolError::new("unexpected_answer", format!("{subject} came without its content")))?;
        let content = if before.is_empty() {
            args.content.clone()
        } else {
            format!("{before}{SEPARATOR}{}", args.content)
        };
        let changes = NoteChanges {
            content: Some(&content),
            ..NoteChanges::default()
        };
        match api::update(&notes.nextcloud, args.note_id, &etag, &changes).await {
            Err(error) if is_conflict(&error) && tries < APPEND_TRIES => {
                note = hidden::read(&notes, args.note_id).await?;
            }
            Err(error) if is_conflict(&error) => return Err(conflict(args.note_id, &error)),
            Err(error) if error.kind() == "server_error" && tries < APPEND_TRIES => {
                note = hidden::read(&notes, args.note_id).await?;
                if note.content.as_ref().is_some_and(|now| now.starts_with(&content)) {
                    return Ok(written(&notes.nextcloud, note));
                }
            }
            result => return Ok(written(&notes.nextcloud, result.about(&subject)?)),
        }
    }
}

pub async fn search_notes(notes: Screened, args: SearchNotes) -> ToolResult<FoundNotes> {
    search::run(&notes, &args.query).await
}

pub async fn list_notes(notes: Screened, args: ListNotes) -> ToolResult<NoteList> {
    let size = page::size(args.limit)?;
    let mut list = hidden::list(&notes).await?;
    list.sort_by_key(|note| (std::cmp::Reverse(note.modified), note.id));
    let list = list
        .into_iter()
        .filter(|note| args.category.as_ref().is_none_or(|category| *category == note.category))
        .filter_map(|note| {
            Some(NoteSummary {
                url: link(&notes.nextcloud, note.id),
                id: note.id,
                title: note.title?,
                category: note.category,
                modified: note.modified,
            })
        })
        .collect();
    let page = Page::of(list, size, args.cursor.as_deref())?;
    Ok(NoteList {
        results: page.items,
        total_found: page.total,
        next_cursor: page.next_cursor,
    })
}

pub async fn get_note(notes: Screened, args: GetNote) -> ToolResult<FullNote> {
    let note = hidden::read(&notes, args.note_id).await?;
    Ok(full(&notes.nextcloud, note))
}

pub async fn get_attachment(notes: Screened, args: GetAttachment) -> ToolResult<Attachment> {
    let (mime_type, bytes) = attachment(&notes, args.note_id, &args.attachment_filename).await?;
    let size = bytes.len();
    let (encoding, content) = match String::from_utf8(bytes) {
        Ok(text) if mime_type.starts_with("text/") || mime_type == "application/json" => (None, text),
        Ok(text) => (Some("base64"), STANDARD.encode(text)),
        Err(error) => (Some("base64"), STANDARD.encode(error.into_bytes())),
    };
    Ok(Attachment {
        filename: args.attachment_filename,
        mime_type,
        size,
        encoding,
        content,
    })
}

pub async fn delete_note(notes: Screened, args: GetNote) -> ToolResult<DeletedNote> {
    hidden::check(&notes, args.note_id).await?;
    api::delete(&notes.nextcloud, args.note_id)
        .await
        .about(format_args!("note {}", args.note_id))?;
    Ok(DeletedNote {
        deleted_id: args.note_id,
    })
}

pub async fn read_settings(nextcloud: NextcloudClient, _: UriParameters) -> ToolResult<ResourceBody> {
    let settings = api::settings(&nextcloud).await.about("the settings of Notes")?;
    ResourceBody::json(&settings)
}

pub async fn read_note(notes: Screened, parameters: UriParameters) -> ToolResult<ResourceBody> {
    let note_id = parameters.number("note_id")?;
    let note = get_note(notes, GetNote { note_id }).await?;
    ResourceBody::json(&note)
}

pub async fn read_attachment(notes: Screened, parameters: UriParameters) -> ToolResult<ResourceBody> {
    let note_id = parameters.number("note_id")?;
    let (mime_type, bytes) = attachment(&notes, note_id, parameters.get("attachment_filename")).await?;
    Ok(ResourceBody::Blob(mime_type, bytes))
}

async fn attachment(notes: &Screened, id: i64, name: &str) -> ToolResult<(String, Vec<u8>)> {
    if name.is_empty() || name.split('/').any(|segment| segment == "..") || name.contains('\0') {
        return Err(ToolError::invalid(
            "argument `attachment_filename`: give the name as the note links it, without `..`",
        ));
    }
    let subject = format!("the attachment \"{}\" of note {id}", name.escape_debug());
    hidden::check_attachment(notes, id, name).await?;
    let response = api::attachment(&notes.nextcloud, id, name).await.about(&subject)?;
    let mime_type = response
        .media_type()
        .unwrap_or_else(|| "application/octet-stream".to_owned());
    let announced = response.header("content-length").and_then(|length| length.parse().ok());
    bulk::take(announced.unwrap_or(MAX_ATTACHMENT as u64)).await?;
    let bytes = response.bytes_up_to(MAX_ATTACHMENT).await.about(&subject)?;
    Ok((mime_type, bytes.into()))
}

fn is_conflict(error: &NextcloudError) -> bool {
    error.status() == Some(StatusCode::PRECONDITION_FAILED)
}

/// A 412 of Notes carries the current note: its etag saves the model a guess, its content stays out of the error.
fn conflict(id: i64, error: &NextcloudError) -> ToolError {
    let current = match error {
        NextcloudError::Status(status) => serde_json::from_slice::<Note>(&status.body).ok(),
        _ => None,
    };
    let current = current
        .and_then(|note| note.etag)
        .map(|etag| format!(" (its etag is now {etag})"))
        .unwrap_or_default();
    ToolError::new(
        error.kind(),
        format!(
            "note {id} was changed since it was read{current} (HTTP 412). Nothing was written: read it again, merge \
             the change, and update with the new etag."
        ),
    )
}

fn link(nextcloud: &NextcloudClient, id: i64) -> Option<String> {
    nextcloud.deep_link(&format!("/index.php/apps/notes/note/{id}"))
}

fn written(nextcloud: &NextcloudClient, note: Note) -> WrittenNote {
    WrittenNote {
        url: link(nextcloud, note.id),
        id: note.id,
        title: note.title,
        category: note.category,
        etag: note.etag,
    }
}

fn full(nextcloud: &NextcloudClient, note: Note) -> FullNote {
    FullNote {
        url: link(nextcloud, note.id),
        id: note.id,
        title: note.title,
        content: note.content.unwrap_or_default(),
        category: note.category,
        modified: note.modified,
        favorite: note.favorite,
        etag: note.etag,
        readonly: note.readonly,
    }
}
