//! The trash bin.

use http::HeaderName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Files;
use super::path::FilePath;
use crate::apps::page::Page;
use crate::dav::{DAV, DavClient, DavResponse, Depth, NC, Name, OC, SendMultistatus, href};
use crate::mcp::{About, ToolError, ToolResult};

const TRASH: &str = "/remote.php/dav/trashbin/{user}/trash";
const ENTRY: &str = "/remote.php/dav/trashbin/{user}/trash/{entry}";
const DESTINATION: HeaderName = HeaderName::from_static("destination");
const PROPS: [Name; 6] = [
    Name::new(NC, "trashbin-filename"),
    Name::new(NC, "trashbin-original-location"),
    Name::new(NC, "trashbin-deletion-time"),
    Name::new(OC, "size"),
    Name::new(DAV, "getcontentlength"),
    Name::new(DAV, "resourcetype"),
];
const PAGE: usize = 200;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListTrash {
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Trash {
    items: Vec<TrashEntry>,
    total_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TrashEntry {
    /// For `nc_webdav_restore_from_trash`.
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_location: Option<String>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    is_directory: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct RestoreFromTrash {
    /// From `nc_webdav_list_trash`.
    entry_id: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Restored {
    #[serde(skip_serializing_if = "Option::is_none")]
    original_location: Option<String>,
}

/// Last deleted first.
pub async fn list_trash(files: Files, args: ListTrash) -> ToolResult<Trash> {
    let mut items = entries(&files).await?;
    items.sort_by(|one, other| (other.deleted_at, &one.id).cmp(&(one.deleted_at, &other.id)));
    let limit = args.limit.map_or(PAGE, |limit| limit as usize).clamp(1, PAGE);
    let page = Page::of(items, limit, args.cursor.as_deref())?;
    Ok(Trash {
        items: page.items,
        total_count: page.total,
        next_cursor: page.next_cursor,
    })
}

/// Nextcloud chooses another name when the old one is taken again, so nothing is overwritten.
pub async fn restore_from_trash(files: Files, args: RestoreFromTrash) -> ToolResult<Restored> {
    let id = FilePath::parse_entry("entry_id", &args.entry_id)?;
    if id.as_str().contains('/') {
        return Err(ToolError::invalid(
            "argument `entry_id`: an id of nc_webdav_list_trash, not a path",
        ));
    }
    let entry = entries(&files)
        .await?
        .into_iter()
        .find(|entry| entry.id == args.entry_id || entry.id == id.as_str())
        .ok_or_else(|| {
            let message =
                format!("not found — {id} in the trash bin (HTTP 404). nc_webdav_list_trash lists what is there.");
            ToolError::new("not_found", message)
        })?;
    let user = files.user().await?;
    let name = FilePath::known(entry.name.as_deref().unwrap_or("restored")).encoded();
    let destination = format!("trashbin/{}/restore/{name}", FilePath::known(&user).encoded());
    files
        .nextcloud
        .dav("MOVE", ENTRY)
        .segment(user)
        .segment(&entry.id)
        .header(DESTINATION, &files.destination(&destination))
        .send()
        .await
        .about(format_args!("{id} in the trash bin"))?;
    Ok(Restored {
        original_location: entry.original_location,
    })
}

/// Nextcloud does not tell the tags of deleted files, so while some tags hide files the trash bin stays shut.
async fn entries(files: &Files) -> ToolResult<Vec<TrashEntry>> {
    if files.hides_tags() {
        return Err(ToolError::new(
            "forbidden",
            "this server hides files by their tags (EXCLUDED_TAGS), and Nextcloud does not tell the tags of deleted files: \
             the trash bin is not available here",
        ));
    }
    let answer = files
        .nextcloud
        .propfind(TRASH, Depth::One, &PROPS)
        .segment(files.user().await?)
        .multistatus()
        .await
        .about_with("the trash bin", |status| {
            (status == 404).then_some("The app Deleted files is not enabled in this Nextcloud.")
        })?;
    Ok(answer.responses.iter().filter_map(read).collect())
}

fn read(response: &DavResponse) -> Option<TrashEntry> {
    let text = |local| response.text(NC, local).map(ToOwned::to_owned);
    // The collection itself has none of these.
    let name = text("trashbin-filename");
    let original_location = text("trashbin-original-location");
    if name.is_none() && original_location.is_none() {
        return None;
    }
    Some(TrashEntry {
        id: href::name(&response.href)?,
        name,
        original_location,
        deleted_at: response.number(NC, "trashbin-deletion-time"),
        size: response
            .number(OC, "size")
            .or_else(|| response.number(DAV, "getcontentlength")),
        is_directory: response.is_collection(),
    })
}
