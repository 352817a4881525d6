//! Listing a folder.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Files;
use super::entry::{Entry, ListedEntry};
use crate::apps::page::Page;
use crate::dav::Depth;
use crate::mcp::{ToolError, ToolResult};

const PAGE: usize = 500;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListDirectory {
    /// Empty: the user's root.
    #[serde(default)]
    path: String,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Directory {
    files: Vec<ListedEntry>,
    total_count: usize,
    directories_count: usize,
    files_count: usize,
    /// Bytes in the files listed.
    total_size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Folders first, then by name: the same order on every call, so that pages fit together.
pub async fn list_directory(files: Files, args: ListDirectory) -> ToolResult<Directory> {
    let path = files.locate("path", &args.path).await?;
    let listing = files.propfind(&path, Depth::One).await?;
    let base = files.base().await?;
    let excluded = files.excluded().await?;
    let mut own_type = None;
    let mut entries = Vec::new();
    for response in &listing.responses {
        let Some(entry) = Entry::read(response, &base) else {
            continue;
        };
        if entry.path == path {
            own_type = Some(entry.is_directory);
        } else if !excluded.hides(&entry.path) {
            entries.push(entry);
        }
    }
    if own_type == Some(false) {
        return Err(ToolError::invalid(format!(
            "{path} is a file, not a folder; nc_webdav_read_file reads it"
        )));
    }
    entries.sort_by(|one, other| (!one.is_directory, &one.path).cmp(&(!other.is_directory, &other.path)));
    let limit = args.limit.map_or(PAGE, |limit| limit as usize).clamp(1, PAGE);
    let page = Page::of(entries, limit, args.cursor.as_deref())?;
    let listed: Vec<ListedEntry> = page
        .items
        .into_iter()
        .map(|entry| entry.listed(&files.nextcloud, listing.answered))
        .collect();
    let directories_count = listed.iter().filter(|entry| entry.is_directory()).count();
    Ok(Directory {
        total_count: page.total,
        directories_count,
        files_count: listed.len() - directories_count,
        total_size: listed
            .iter()
            .filter(|entry| !entry.is_directory())
            .map(ListedEntry::size)
            .sum(),
        files: listed,
        next_cursor: page.next_cursor,
    })
}
