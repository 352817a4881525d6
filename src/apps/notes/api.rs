//! The HTTP calls of the Notes API.

use actors::nextcloud::{Etag, NextcloudClient, NextcloudError, NextcloudResponse};
use http::header::CONTENT_DISPOSITION;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::model::{CreateNote, ListedNote, Note, NoteChanges};

/// What unified search says of a note (`/ocs/v2.php/search/providers/notes/search`).
#[derive(Debug, Clone, Deserialize)]
pub struct SearchEntry {
    /// The start of the note, around the match.
    #[serde(default)]
    pub subline: String,
    /// `…/apps/notes/note/{id}`: the only place where the id is.
    #[serde(rename = "resourceUrl")]
    pub resource_url: String,
}

#[derive(Deserialize)]
struct SearchAnswer {
    entries: Vec<SearchEntry>,
}

pub async fn create(nextcloud: &NextcloudClient, note: &CreateNote) -> Result<Note, NextcloudError> {
    let fields = NoteChanges {
        title: Some(&note.title),
        content: Some(&note.content),
        category: Some(&note.category),
    };
    nextcloud
        .post("/index.php/apps/notes/api/v1/notes")
        .json(&fields)
        .send()
        .await?
        .json()
        .await
}

pub async fn read(nextcloud: &NextcloudClient, id: i64) -> Result<Note, NextcloudError> {
    nextcloud
        .get("/index.php/apps/notes/api/v1/notes/{id}")
        .segment(id)
        .send()
        .await?
        .json()
        .await
}

/// A stale `etag` is a 412 whose body is the current note.
pub async fn update(
    nextcloud: &NextcloudClient,
    id: i64,
    etag: &Etag,
    changes: &NoteChanges<'_>,
) -> Result<Note, NextcloudError> {
    nextcloud
        .put("/index.php/apps/notes/api/v1/notes/{id}")
        .segment(id)
        .if_match(etag)
        .json(changes)
        .send()
        .await?
        .json()
        .await
}

/// Answers with `[]`.
pub async fn delete(nextcloud: &NextcloudClient, id: i64) -> Result<(), NextcloudError> {
    nextcloud
        .delete("/index.php/apps/notes/api/v1/notes/{id}")
        .segment(id)
        .send()
        .await?
        .json::<IgnoredAny>()
        .await
        .map(drop)
}

/// All notes without their content.
pub async fn list(nextcloud: &NextcloudClient) -> Result<Vec<ListedNote>, NextcloudError> {
    nextcloud
        .get("/index.php/apps/notes/api/v1/notes")
        .query("exclude", "content")
        .send()
        .await?
        .json()
        .await
}

pub async fn search(nextcloud: &NextcloudClient, term: &str, limit: usize) -> Result<Vec<SearchEntry>, NextcloudError> {
    let answer: SearchAnswer = nextcloud
        .get("/ocs/v2.php/search/providers/notes/search")
        .query("term", term)
        .query("limit", limit)
        .ocs()
        .await?;
    Ok(answer.entries)
}

/// The attachment routes exist under v1.4 only. They send a file as one to be saved, which no page in between does.
pub async fn attachment(nextcloud: &NextcloudClient, id: i64, name: &str) -> Result<NextcloudResponse, NextcloudError> {
    let response = nextcloud
        .get("/index.php/apps/notes/api/v1.4/attachment/{id}")
        .segment(id)
        .query("path", name)
        .send()
        .await?;
    if response.headers().contains_key(CONTENT_DISPOSITION) {
        return Ok(response);
    }
    Err(NextcloudError::Unexpected {
        status: response.status(),
        what: "a page of its own".to_owned(),
        expected: "the file",
    })
}

pub async fn settings(nextcloud: &NextcloudClient) -> Result<Value, NextcloudError> {
    nextcloud
        .get("/index.php/apps/notes/api/v1/settings")
        .send()
        .await?
        .json()
        .await
}
