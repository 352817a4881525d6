//! Comments on cards.

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::api;
use super::super::explain::{self, missing_or_forbidden};
use super::super::links;
use super::super::listing::{Detail, clip};
use super::super::model::Comment;
use super::super::split::{LONGEST_COMMENT, MOST_PARTS, split};
use super::super::values::{Id, invalid};
use crate::mcp::{About, ToolError, ToolResult};

/// Most comments in one result.
const LARGEST_PAGE: u32 = 200;
/// Most comments that are read to find the oldest.
const MOST_COMMENTS: usize = 2000;

// The variants carry no documentation: it would turn a list of names in the schemas into one of objects.

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    #[default]
    Newest,
    Oldest,
}

/// Over 1000 characters: refused, or posted in up to ten parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Overflow {
    #[default]
    Error,
    Split,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetComments {
    pub card_id: Id,
    #[serde(default = "default_limit")]
    pub limit: u32,
    #[serde(default)]
    pub offset: u32,
    #[serde(default)]
    pub detail: Detail,
    pub message_max_length: Option<u32>,
    #[serde(default)]
    pub order: Order,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateComment {
    pub card_id: Id,
    pub message: String,
    pub parent_id: Option<Id>,
    #[serde(default)]
    pub overflow: Overflow,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateComment {
    pub card_id: Id,
    pub comment_id: Id,
    pub message: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteComment {
    pub card_id: Id,
    pub comment_id: Id,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Comments {
    pub results: Vec<CommentView>,
    /// How many are in `results`.
    pub count: usize,
    /// `offset` of the next page; there is none when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_offset: Option<u32>,
}

/// A comment; what follows the date is there in full detail only.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommentView {
    pub id: i64,
    pub actor_id: String,
    pub message: String,
    pub creation_date_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_display_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub mentions: Vec<Value>,
    /// The id of the comment that this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<i64>,
}

/// A comment that was written; its text is the caller's own.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WrittenComment {
    pub id: i64,
    pub creation_date_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<i64>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct NewComment {
    /// The first part.
    pub comment: WrittenComment,
    /// All parts, when there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub parts: Vec<WrittenComment>,
    pub part_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ChangedComment {
    pub comment: WrittenComment,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedComment {
    pub card_id: i64,
    pub comment_id: i64,
}

const fn default_limit() -> u32 {
    20
}

pub async fn get_comments(nextcloud: NextcloudClient, args: GetComments) -> ToolResult<Comments> {
    if args.limit == 0 || args.limit > LARGEST_PAGE {
        return Err(invalid("limit", format_args!("from 1 to {LARGEST_PAGE}")));
    }
    let (limit, offset) = (args.limit as usize, args.offset as usize);
    let mut comments = match args.order {
        Order::Newest => one_more(&nextcloud, args.card_id, limit, offset).await?,
        Order::Oldest => {
            let mut all = all(&nextcloud, args.card_id).await?;
            all.reverse();
            all.into_iter().skip(offset).take(limit + 1).collect()
        }
    };
    let more = comments.len() > limit;
    comments.truncate(limit);
    let results: Vec<CommentView> = comments.into_iter().map(|comment| view(comment, &args)).collect();
    Ok(Comments {
        count: results.len(),
        results,
        next_offset: more.then(|| args.offset.saturating_add(args.limit)),
    })
}

/// The parts of a long comment are posted one after the other, as answers to the first. What was posted stays when a
/// later one fails; the error says which they are.
pub async fn create_comment(nextcloud: NextcloudClient, args: CreateComment) -> ToolResult<NewComment> {
    let parts = match args.overflow {
        Overflow::Error => vec![fitting(
            &args.message,
            "; `overflow`: \"split\" posts it in parts, or shorten it",
        )?],
        Overflow::Split => {
            fitting_parts(&args.message)?;
            split(&args.message).ok_or_else(|| {
                invalid(
                    "message",
                    format_args!("too long even for {MOST_PARTS} comments of {LONGEST_COMMENT} characters"),
                )
            })?
        }
    };
    let count = parts.len();
    let mut written: Vec<WrittenComment> = Vec::with_capacity(count);
    for (index, part) in parts.iter().enumerate() {
        let parent = written.first().map(|first| first.id);
        let parent = parent.or_else(|| args.parent_id.map(Id::get));
        let posted = api::create_comment(&nextcloud, args.card_id, part, parent)
            .await
            .about_with(subject(args.card_id), |status| match status {
                400 => Some("The comment to answer may not be on this card."),
                other => missing_or_forbidden(other),
            });
        match posted {
            Ok(comment) => written.push(written_comment(&comment)),
            Err(error) if written.is_empty() => return Err(error),
            Err(error) => return Err(half_posted(&error, args.card_id, index + 1, count, &written)),
        }
    }
    let mut written = written.into_iter();
    let first = written.next().ok_or_else(|| invalid("message", "must not be empty"))?;
    let again = WrittenComment {
        id: first.id,
        creation_date_time: first.creation_date_time.clone(),
        reply_to: first.reply_to,
    };
    Ok(NewComment {
        parts: if count > 1 {
            std::iter::once(again).chain(written).collect()
        } else {
            Vec::new()
        },
        comment: first,
        part_count: count,
        url: links::card_alone(&nextcloud, args.card_id),
    })
}

pub async fn update_comment(nextcloud: NextcloudClient, args: UpdateComment) -> ToolResult<ChangedComment> {
    let message = fitting(&args.message, "; shorten it, or post the rest as another comment")?;
    let comment = api::update_comment(&nextcloud, args.card_id, args.comment_id, &message)
        .await
        .about_with(existing(args.card_id, args.comment_id), explain::comment)?;
    Ok(ChangedComment {
        comment: written_comment(&comment),
        url: links::card_alone(&nextcloud, args.card_id),
    })
}

pub async fn delete_comment(nextcloud: NextcloudClient, args: DeleteComment) -> ToolResult<DeletedComment> {
    api::delete_comment(&nextcloud, args.card_id, args.comment_id)
        .await
        .about_with(existing(args.card_id, args.comment_id), explain::comment)?;
    Ok(DeletedComment {
        card_id: args.card_id.get(),
        comment_id: args.comment_id.get(),
    })
}

/// One comment more than asked for, if there are so many: it tells that there is a next page. Deck gives the largest page
/// even to those who ask for more.
async fn one_more(nextcloud: &NextcloudClient, card: Id, limit: usize, offset: usize) -> ToolResult<Vec<Comment>> {
    let mut comments = page(nextcloud, card, (limit + 1).min(LARGEST_PAGE as usize), offset).await?;
    if comments.len() == limit && limit == LARGEST_PAGE as usize {
        comments.extend(page(nextcloud, card, 1, offset + limit).await?);
    }
    Ok(comments)
}

async fn page(nextcloud: &NextcloudClient, card: Id, limit: usize, offset: usize) -> ToolResult<Vec<Comment>> {
    api::comments(nextcloud, card, limit, offset)
        .await
        .about_with(format_args!("the comments on card {card}"), missing_or_forbidden)
}

/// Every comment, newest first.
async fn all(nextcloud: &NextcloudClient, card: Id) -> ToolResult<Vec<Comment>> {
    let mut all = Vec::new();
    loop {
        let size = LARGEST_PAGE as usize;
        let next = page(nextcloud, card, size, all.len()).await?;
        let last = next.len() < size;
        all.extend(next);
        if last {
            return Ok(all);
        }
        if all.len() >= MOST_COMMENTS {
            return Err(invalid(
                "order",
                format_args!("card {card} has more than {MOST_COMMENTS} comments: read them newest first"),
            ));
        }
    }
}

fn view(comment: Comment, args: &GetComments) -> CommentView {
    let full = args.detail == Detail::Full;
    CommentView {
        id: comment.id,
        actor_id: comment.actor_id,
        message: match args.message_max_length {
            Some(longest) => clip(&comment.message, longest),
            None => comment.message,
        },
        creation_date_time: comment.creation_date_time,
        actor_type: comment.actor_type.filter(|_| full),
        actor_display_name: comment.actor_display_name.filter(|_| full),
        mentions: if full { comment.mentions } else { Vec::new() },
        reply_to: comment.reply_to.filter(|_| full).map(|parent| parent.id),
    }
}

/// The message as Nextcloud will count it, if it is a comment at all.
fn fitting_parts(message: &str) -> ToolResult<&str> {
    let message = message.trim();
    if message.is_empty() {
        return Err(invalid("message", "must not be empty"));
    }
    if message.contains('\0') {
        return Err(invalid("message", "must not contain NUL characters"));
    }
    Ok(message)
}

fn fitting(message: &str, otherwise: &str) -> ToolResult<String> {
    let message = fitting_parts(message)?;
    let length = message.chars().count();
    if length > LONGEST_COMMENT {
        return Err(invalid(
            "message",
            format_args!("{length} characters are too many for one comment, at most {LONGEST_COMMENT}{otherwise}"),
        ));
    }
    Ok(message.to_owned())
}

fn written_comment(comment: &Comment) -> WrittenComment {
    WrittenComment {
        id: comment.id,
        creation_date_time: comment.creation_date_time.clone(),
        reply_to: comment.reply_to.as_ref().map(|parent| parent.id),
    }
}

fn half_posted(error: &ToolError, card: Id, part: usize, count: usize, written: &[WrittenComment]) -> ToolError {
    let ids: Vec<String> = written.iter().map(|comment| comment.id.to_string()).collect();
    ToolError::new(
        error.kind(),
        format!(
            "part {part} of {count} was not posted: {error} The parts before it are on card {card} as comments {}: \
             post the rest, or delete them with deck_delete_card_comment.",
            ids.join(", ")
        ),
    )
}

fn subject(card: Id) -> String {
    format!("the new comment on card {card}")
}

fn existing(card: Id, comment: Id) -> String {
    format!("comment {comment} on card {card}")
}
