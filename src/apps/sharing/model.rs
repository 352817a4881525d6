//! Types of the share API, and what the tools take and give.

use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::kind::ShareType;
use super::permissions::Permissions;

/// A share as Nextcloud gives it. `share_with` of a link with password is the password's hash.
#[derive(Deserialize)]
pub struct RawShare {
    /// Text, though it is a number.
    pub id: Value,
    #[serde(default)]
    pub share_type: i64,
    #[serde(default)]
    pub permissions: i64,
    #[serde(default)]
    pub uid_owner: Option<String>,
    #[serde(default)]
    pub displayname_owner: Option<String>,
    #[serde(default)]
    pub path: Option<String>,
    /// `file` or `folder`.
    #[serde(default)]
    pub item_type: Option<String>,
    #[serde(default)]
    pub file_source: Option<i64>,
    /// `2030-01-01 00:00:00`, in the account's time zone.
    #[serde(default)]
    pub expiration: Option<String>,
    #[serde(default)]
    pub token: Option<String>,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
    #[serde(default)]
    pub label: Option<String>,
    #[serde(default)]
    pub share_with: Option<String>,
    #[serde(default)]
    pub share_with_displayname: Option<String>,
    #[serde(default)]
    pub password: Option<SecretString>,
    /// Unix seconds.
    #[serde(default)]
    pub stime: Option<i64>,
}

/// The body of a `POST`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewShare<'a> {
    pub path: &'a str,
    pub share_type: ShareType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_with: Option<&'a str>,
    pub permissions: Permissions,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Exposed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expire_date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'a str>,
}

/// The body of a `PUT`: what is left out stays, an empty text clears.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShareChanges<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Permissions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Exposed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expire_date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'a str>,
}

/// A password on its way to Nextcloud, the only place where it is written out.
pub struct Exposed<'a>(pub &'a SecretString);

impl Serialize for Exposed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.expose_secret().serialize(serializer)
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateShare {
    pub path: String,
    /// Id or address; none for a link.
    pub share_with: Option<String>,
    /// user (0), group (1), link (3), email (4), federated (6), team (7), room (10) …
    #[serde(default)]
    pub share_type: ShareType,
    /// `read`, `update`, `create`, `delete`, `share`, or the bitmask.
    #[serde(default)]
    pub permissions: Permissions,
    #[schemars(with = "Option<String>")]
    pub password: Option<SecretString>,
    /// `YYYY-MM-DD`: the share ends when this day begins.
    pub expire_date: Option<String>,
    /// Of a link, for its owner.
    pub label: Option<String>,
    /// Message to the recipient.
    pub note: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreatePublicLink {
    pub path: String,
    #[serde(default = "half_an_hour")]
    pub expires_in_minutes: i64,
}

fn half_an_hour() -> i64 {
    30
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct OneShare {
    pub share_id: i64,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListShares {
    pub path: Option<String>,
    #[serde(default)]
    pub shared_with_me: bool,
    #[serde(default = "default_limit")]
    pub limit: u32,
    pub cursor: Option<String>,
}

fn default_limit() -> u32 {
    100
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateShare {
    pub share_id: i64,
    /// As for `nc_share_create`.
    pub permissions: Option<Permissions>,
    #[schemars(with = "Option<String>")]
    pub password: Option<SecretString>,
    /// `YYYY-MM-DD`.
    pub expire_date: Option<String>,
    pub label: Option<String>,
    pub note: Option<String>,
}

/// A share.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the share API")]
pub struct Share {
    pub id: String,
    /// `user`, `group`, `link` …
    pub share_type: String,
    /// As the asking user sees it.
    pub path: String,
    /// `file` or `folder`.
    pub item_type: String,
    pub permissions: Vec<&'static str>,
    pub owner: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_with: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_with_name: Option<String>,
    /// The day at whose beginning it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expire_date: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_password: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The public link, or the page of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A share just asked for.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CreatedShare {
    #[serde(flatten)]
    pub share: Share,
    /// What is not as it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ShareList {
    pub shares: Vec<Share>,
    pub total_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct PublicLink {
    pub share_id: String,
    pub url: String,
    /// The file itself, or a folder as a zip archive.
    pub download_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    pub permissions: Vec<&'static str>,
    /// RFC 3339: a midnight of the account's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedShare {
    pub deleted_id: String,
}
