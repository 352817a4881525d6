//! Types of the Notes API, and what the tools take and give.

use actors::nextcloud::Etag;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A note as `GET …/notes/{id}` gives it.
#[derive(Debug, Clone, Deserialize)]
pub struct Note {
    pub id: i64,
    #[serde(default)]
    pub title: String,
    pub content: Option<String>,
    #[serde(default)]
    pub category: String,
    /// Unix seconds.
    #[serde(default)]
    pub modified: i64,
    #[serde(default)]
    pub favorite: bool,
    #[serde(default)]
    pub readonly: bool,
    pub etag: Option<Etag>,
    /// The path of its file.
    #[serde(rename = "internalPath")]
    pub internal_path: Option<String>,
}

/// A note in a list. The last chunk of a chunked list, and `pruneBefore`, add stubs that are only an id.
#[derive(Debug, Clone, Deserialize)]
pub struct ListedNote {
    pub id: i64,
    pub title: Option<String>,
    #[serde(default)]
    pub category: String,
    #[serde(default)]
    pub modified: i64,
    /// The path of its file.
    #[serde(rename = "internalPath")]
    pub internal_path: Option<String>,
}

/// The fields of a note that are to be written; what is `None` stays as it is.
#[derive(Debug, Default, Serialize)]
pub struct NoteChanges<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<&'a str>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateNote {
    pub title: String,
    /// Markdown.
    pub content: String,
    /// Folder, e.g. `Work/Ideas`; empty for none.
    pub category: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateNote {
    pub note_id: i64,
    #[schemars(with = "String")]
    pub etag: Etag,
    pub title: Option<String>,
    pub content: Option<String>,
    pub category: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct AppendContent {
    pub note_id: i64,
    pub content: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct SearchNotes {
    pub query: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListNotes {
    /// Exactly this one; empty for notes without.
    pub category: Option<String>,
    #[serde(default = "default_limit")]
    pub limit: u32,
    pub cursor: Option<String>,
}

fn default_limit() -> u32 {
    100
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetNote {
    pub note_id: i64,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetAttachment {
    pub note_id: i64,
    /// As linked in the note.
    pub attachment_filename: String,
}

/// A note with its content.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FullNote {
    pub id: i64,
    pub title: String,
    pub content: String,
    pub category: String,
    pub modified: i64,
    pub favorite: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub etag: Option<Etag>,
    pub readonly: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A note after a write: what the next write needs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WrittenNote {
    pub id: i64,
    pub title: String,
    pub category: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub etag: Option<Etag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A note in a list of results.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NoteSummary {
    pub id: i64,
    pub title: String,
    pub category: String,
    pub modified: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct NoteList {
    pub results: Vec<NoteSummary>,
    pub total_found: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A note that matches a search.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FoundNote {
    #[serde(flatten)]
    pub note: NoteSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
    pub score: f64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct FoundNotes {
    pub results: Vec<FoundNote>,
    pub total_found: usize,
    /// There are more matches than shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Attachment {
    pub filename: String,
    pub mime_type: String,
    pub size: usize,
    /// `base64` when the content is not text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<&'static str>,
    pub content: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedNote {
    pub deleted_id: i64,
}
