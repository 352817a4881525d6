//! Comments on files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::client::Files;
use super::entry::{iso, unix};
use crate::dav::{DavClient, DavResponse, Depth, Element, OC, SendMultistatus, href};
use crate::mcp::{About, ToolError, ToolResult};

const COMMENTS: &str = "/remote.php/dav/comments/files/{fileid}";
/// Characters that a comment can have.
const MAX_MESSAGE: usize = 1000;
const MAX_LIMIT: u32 = 200;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListComments {
    path: String,
    #[serde(default = "default_limit")]
    limit: u32,
    #[serde(default)]
    offset: u32,
}

fn default_limit() -> u32 {
    20
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Comments {
    results: Vec<Comment>,
    count: usize,
    file_id: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Comment {
    id: u64,
    message: String,
    actor_id: String,
    actor_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_datetime: Option<String>,
    verb: String,
    is_unread: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateComment {
    path: String,
    message: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct CreatedComment {
    file_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment_id: Option<u64>,
}

pub async fn list_comments(files: Files, args: ListComments) -> ToolResult<Comments> {
    let path = files.locate("path", &args.path).await?;
    let limit = args.limit.clamp(1, MAX_LIMIT);
    let file_id = files.file_id(&path).await?;
    let number = |local, value: u32| Element::new(OC, local).text(value.to_string());
    let query = Element::new(OC, "filter-comments")
        .child(number("limit", limit))
        .child(number("offset", args.offset));
    let answer = files
        .nextcloud
        .report(COMMENTS, Depth::Zero, &query)
        .segment(file_id)
        .multistatus()
        .await
        .about(format_args!("the comments on {path}"))?;
    let results: Vec<Comment> = answer.responses.iter().filter_map(read).collect();
    Ok(Comments {
        count: results.len(),
        results,
        file_id,
    })
}

pub async fn create_comment(files: Files, args: CreateComment) -> ToolResult<CreatedComment> {
    let path = files.locate("path", &args.path).await?;
    let message = args.message.trim();
    if message.is_empty() {
        return Err(ToolError::invalid("argument `message`: empty"));
    }
    let length = message.chars().count();
    if length > MAX_MESSAGE {
        return Err(ToolError::invalid(format!(
            "argument `message`: {length} characters, at most {MAX_MESSAGE} fit in a comment"
        )));
    }
    let file_id = files.file_id(&path).await?;
    let comment = json!({"actorType": "users", "verb": "comment", "message": message});
    let response = files
        .nextcloud
        .dav("POST", COMMENTS)
        .segment(file_id)
        .json(&comment)
        .send()
        .await
        .about(format_args!("the comment on {path}"))?;
    let comment_id = response.header("content-location").and_then(href::name);
    Ok(CreatedComment {
        file_id,
        comment_id: comment_id.and_then(|id| id.parse().ok()),
    })
}

fn read(response: &DavResponse) -> Option<Comment> {
    let text = |local| response.text(OC, local).unwrap_or_default().to_owned();
    let created = response.text(OC, "creationDateTime");
    Some(Comment {
        id: response.number(OC, "id")?,
        message: response
            .prop(OC, "message")
            .map(|message| message.text.clone())
            .unwrap_or_default(),
        actor_id: text("actorId"),
        actor_type: text("actorType"),
        actor_display_name: response.text(OC, "actorDisplayName").map(ToOwned::to_owned),
        creation_datetime: created
            .and_then(|text| httpdate::parse_http_date(text).ok())
            .and_then(|time| iso(unix(time))),
        verb: text("verb"),
        is_unread: response.text(OC, "isUnread") == Some("true"),
    })
}
