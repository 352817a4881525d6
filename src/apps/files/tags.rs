//! System tags: names that files of all users can bear.

use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::client::Files;
use super::entry::{Entry, ListedEntry, PROPS};
use crate::dav::{DavClient, DavResponse, Depth, Element, Name, OC, SendMultistatus, href, prop};
use crate::mcp::{About, ToolError, ToolResult};

const TAGS: &str = "/remote.php/dav/systemtags/";
const RELATIONS: &str = "/remote.php/dav/systemtags-relations/files/{fileid}";
const RELATION: &str = "/remote.php/dav/systemtags-relations/files/{fileid}/{tag}";
const TAG_PROPS: [Name; 3] = [
    Name::new(OC, "id"),
    Name::new(OC, "display-name"),
    Name::new(OC, "can-assign"),
];
/// Longest name that Nextcloud stores.
const MAX_NAME: usize = 64;

/// A tag.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Tag {
    pub(super) id: u64,
    pub(super) name: String,
    assignable: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListTags {}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TagList {
    tags: Vec<Tag>,
    total_count: usize,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct FilePathOnly {
    pub(super) path: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct FileTags {
    file_id: String,
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct FindByTag {
    tag: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TaggedFiles {
    tag_id: u64,
    files: Vec<ListedEntry>,
    total_count: usize,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct TagFile {
    path: String,
    tag: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Assignment {
    tag_id: u64,
    assigned: bool,
}

pub async fn list_tags(files: Files, _: ListTags) -> ToolResult<TagList> {
    let tags = all(&files).await?;
    Ok(TagList {
        total_count: tags.len(),
        tags,
    })
}

pub async fn get_file_tags(files: Files, args: FilePathOnly) -> ToolResult<FileTags> {
    let path = files.locate("path", &args.path).await?;
    let file_id = files.file_id(&path).await?;
    let answer = files
        .nextcloud
        .propfind(RELATIONS, Depth::One, &TAG_PROPS)
        .segment(file_id)
        .multistatus()
        .await
        .about(format_args!("the tags of {path}"))?;
    Ok(FileTags {
        file_id: file_id.to_string(),
        tags: read(&answer.responses),
    })
}

pub async fn find_by_tag_name(files: Files, args: FindByTag) -> ToolResult<TaggedFiles> {
    let tag = named(&files, &args.tag).await?;
    let excluded = files.excluded().await?;
    let mut found = tagged(&files, tag.id).await?;
    found.entries.retain(|entry| !excluded.hides(&entry.path));
    found.entries.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(TaggedFiles {
        tag_id: tag.id,
        total_count: found.entries.len(),
        files: found
            .entries
            .into_iter()
            .map(|entry| entry.listed(&files.nextcloud, found.answered))
            .collect(),
    })
}

/// Puts a tag on a file, and makes the tag if there is none of that name.
pub async fn tag_file(files: Files, args: TagFile) -> ToolResult<Assignment> {
    let path = files.locate_entry("path", &args.path).await?;
    let name = check_name(&args.tag)?;
    let file_id = files.file_id(&path).await?;
    let tag = match find(&all(&files).await?, name) {
        Some(tag) => tag.id,
        None => create(&files, name).await?,
    };
    let request = files.nextcloud.dav("PUT", RELATION).segment(file_id).segment(tag);
    match request.send().await {
        // It bears the tag already.
        Err(error) if error.status() == Some(StatusCode::CONFLICT) => {}
        answer => {
            answer.about(format_args!("the tag {} on {path}", quoted(name)))?;
        }
    }
    files.tags_changed().await?;
    Ok(Assignment {
        tag_id: tag,
        assigned: true,
    })
}

pub async fn untag_file(files: Files, args: TagFile) -> ToolResult<Assignment> {
    let path = files.locate_entry("path", &args.path).await?;
    let file_id = files.file_id(&path).await?;
    let tag = named(&files, &args.tag).await?;
    let request = files.nextcloud.dav("DELETE", RELATION).segment(file_id).segment(tag.id);
    match request.send().await {
        // It does not bear the tag any more.
        Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => {}
        answer => {
            answer.about(format_args!("the tag {} on {path}", quoted(&tag.name)))?;
        }
    }
    files.tags_changed().await?;
    Ok(Assignment {
        tag_id: tag.id,
        assigned: false,
    })
}

/// All tags that the user can see.
pub(super) async fn all(files: &Files) -> ToolResult<Vec<Tag>> {
    let answer = files
        .nextcloud
        .propfind(TAGS, Depth::One, &TAG_PROPS)
        .multistatus()
        .await
        .about("the list of tags")?;
    let mut tags = read(&answer.responses);
    tags.sort_by_key(|tag| tag.id);
    Ok(tags)
}

/// The tag of this name.
pub(super) async fn named(files: &Files, name: &str) -> ToolResult<Tag> {
    let name = check_name(name)?;
    let tags = all(files).await?;
    find(&tags, name).cloned().ok_or_else(|| {
        let message = format!(
            "there is no tag {}; nc_webdav_list_tags lists those there are",
            quoted(name)
        );
        ToolError::new("not_found", message)
    })
}

/// What bears a tag.
pub(super) struct Tagged {
    pub(super) entries: Vec<Entry>,
    pub(super) answered: Option<i64>,
}

pub(super) async fn tagged(files: &Files, tag: u64) -> ToolResult<Tagged> {
    let rule = Element::new(OC, "systemtag").text(tag.to_string());
    let query = Element::new(OC, "filter-files")
        .child(prop(&PROPS))
        .child(Element::new(OC, "filter-rules").child(rule));
    let answer = files
        .nextcloud
        .report("/remote.php/dav/files/{user}/", Depth::Infinity, &query)
        .segment(files.user().await?)
        .multistatus()
        .await
        .about(format_args!("the files with tag {tag}"))?;
    let base = files.base().await?;
    let mut entries: Vec<Entry> = Vec::with_capacity(answer.responses.len());
    for response in &answer.responses {
        // What cannot be placed cannot be hidden either.
        entries.push(Entry::read(response, &base).ok_or_else(|| {
            ToolError::new(
                "unexpected_answer",
                "Nextcloud named a tagged file outside the user's folder",
            )
        })?);
    }
    Ok(Tagged {
        entries,
        answered: answer.answered,
    })
}

async fn create(files: &Files, name: &str) -> ToolResult<u64> {
    let tag = json!({"name": name, "userVisible": true, "userAssignable": true, "canAssign": true});
    let request = files.nextcloud.dav("POST", TAGS).json(&tag);
    let about = || format!("the new tag {}", quoted(name));
    let response = match request.send().await {
        // Somebody else made it in this moment.
        Err(error) if error.status() == Some(StatusCode::CONFLICT) => return Ok(named(files, name).await?.id),
        answer => answer.about(about())?,
    };
    let location = response.header("content-location").and_then(href::name);
    match location.and_then(|id| id.parse().ok()) {
        Some(id) => Ok(id),
        None => Ok(named(files, name).await?.id),
    }
}

fn read(responses: &[DavResponse]) -> Vec<Tag> {
    let tag = |response: &DavResponse| {
        Some(Tag {
            id: response.number(OC, "id")?,
            name: response.text(OC, "display-name").unwrap_or_default().to_owned(),
            assignable: response.text(OC, "can-assign") == Some("true"),
        })
    };
    responses.iter().filter_map(tag).collect()
}

/// Exactly this name, or the only one that differs in case alone.
fn find<'tags>(tags: &'tags [Tag], name: &str) -> Option<&'tags Tag> {
    let exact = tags.iter().find(|tag| tag.name == name);
    exact.or_else(|| {
        let mut alike = tags.iter().filter(|tag| tag.name.to_lowercase() == name.to_lowercase());
        alike.next().filter(|_| alike.next().is_none())
    })
}

fn check_name(name: &str) -> ToolResult<&str> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(ToolError::invalid(
            "argument `tag`: a name of 1 to 64 characters, without control characters",
        ));
    }
    Ok(name)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.escape_debug())
}
