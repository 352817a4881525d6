//! What Deck's API answers with, which is also what the tools show of it. Every field may be missing or `null`: which
//! ones are filled depends on the route and on Deck's version.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::lenient;

/// A board.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Board {
    pub id: i64,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<User>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub color: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub archived: bool,
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub acl: Vec<AclRule>,
    #[serde(default, deserialize_with = "lenient::map", skip_serializing_if = "Map::is_empty")]
    pub permissions: Map<String, Value>,
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<User>,
    /// Unix seconds; 0 for a board that is not deleted.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing)]
    #[schemars(skip)]
    pub deleted_at: i64,
    /// Those that are not deleted, without cards; only where a board is read by itself.
    #[serde(default, deserialize_with = "lenient::list", skip_serializing)]
    #[schemars(skip)]
    pub stacks: Vec<Stack>,
    /// Unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<i64>,
    #[serde(default, deserialize_with = "lenient::map", skip_serializing_if = "Map::is_empty")]
    pub settings: Map<String, Value>,
    #[serde(default, rename = "ETag", skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A user, group or team. Deck writes an id alone where it does not know the account (any more).
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct User {
    pub uid: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub displayname: String,
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::RawUser::deserialize(deserializer).map(Self::from)
    }
}

/// Who a board is shared with, and what they may do.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "Deck's permissions are four switches")]
pub struct AclRule {
    pub id: i64,
    #[serde(default)]
    pub participant: User,
    /// 0 user, 1 group, 7 team.
    #[serde(default, rename = "type", deserialize_with = "lenient::or_default")]
    pub kind: i64,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub permission_edit: bool,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub permission_share: bool,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub permission_manage: bool,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub owner: bool,
}

/// A label of a board.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Label {
    pub id: i64,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub title: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub color: String,
    #[serde(default, deserialize_with = "lenient::id", skip_serializing)]
    #[schemars(skip)]
    pub board_id: Option<i64>,
}

/// A stack (list) of a board, with its cards when the route gives them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stack {
    pub id: i64,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub title: String,
    #[serde(default, deserialize_with = "lenient::id")]
    pub board_id: Option<i64>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub order: i64,
    /// Unix seconds; 0 for a stack that is not deleted.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub deleted_at: i64,
    #[serde(default)]
    pub last_modified: Option<i64>,
    /// Deck leaves the key out when there are none.
    #[serde(default, deserialize_with = "lenient::list")]
    pub cards: Vec<Card>,
    #[serde(default, rename = "ETag")]
    pub etag: Option<String>,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    pub id: i64,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub title: String,
    pub stack_id: i64,
    #[serde(default, rename = "type", deserialize_with = "lenient::or_default")]
    pub kind: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub order: i64,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub archived: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<User>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, deserialize_with = "lenient::date", skip_serializing_if = "Option::is_none")]
    pub duedate: Option<String>,
    #[serde(default, deserialize_with = "lenient::date", skip_serializing_if = "Option::is_none")]
    pub startdate: Option<String>,
    #[serde(default, deserialize_with = "lenient::date", skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// `None` where Deck does not say: cards in a list of archived ones.
    #[serde(
        default,
        deserialize_with = "lenient::optional_list",
        skip_serializing_if = "Option::is_none"
    )]
    pub assigned_users: Option<Vec<Assignment>>,
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub dependent_cards: Vec<i64>,
    #[serde(default, deserialize_with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment_count: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments_unread: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments_count: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_editor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue: Option<i64>,
    #[serde(default, rename = "ETag", skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A user (or group, or team) whom a card is assigned to.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct Assignment {
    #[serde(default)]
    pub participant: User,
    /// 0 user, 1 group, 7 team.
    #[serde(default, rename = "type", deserialize_with = "lenient::or_default")]
    pub kind: i64,
}

/// A file at a card: shared with it (`file`) or kept by Deck itself (`deck_file`).
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    pub id: i64,
    #[serde(default, rename = "type", deserialize_with = "lenient::or_default")]
    pub kind: String,
    /// The file name.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub data: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing)]
    #[schemars(skip)]
    pub deleted_at: i64,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub extended_data: FileDetails,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What is known of an attached file. A file that the account cannot see has no path.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub struct FileDetails {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fileid: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filesize: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mimetype: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<i64>,
}

/// A comment on a card.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comment {
    pub id: i64,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub message: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub actor_id: String,
    #[serde(default)]
    pub actor_type: Option<String>,
    #[serde(default)]
    pub actor_display_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub creation_date_time: String,
    #[serde(default, deserialize_with = "lenient::list")]
    pub mentions: Vec<Value>,
    /// The comment that this one answers.
    #[serde(default)]
    pub reply_to: Option<Parent>,
}

/// The comment that another one answers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Parent {
    pub id: i64,
}
