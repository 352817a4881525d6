//! What the tools take and give.

use std::collections::BTreeMap;

use actors::nextcloud::Etag;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entry::Entries;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct NoArguments {}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateBook {
    /// Letters, digits, `-`, `_` and `.`.
    pub name: String,
    pub display_name: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteBook {
    /// Its `uri`.
    pub name: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListContacts {
    /// Its `uri`.
    pub addressbook: String,
    #[serde(default)]
    pub include_photos: bool,
    #[serde(default = "default_limit")]
    pub limit: u32,
    #[serde(default)]
    pub offset: u32,
    pub cursor: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct SearchContacts {
    pub query: String,
    pub addressbook: Option<String>,
    #[serde(default)]
    pub include_photos: bool,
    #[serde(default = "default_limit")]
    pub limit: u32,
}

fn default_limit() -> u32 {
    100
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateContact {
    pub addressbook: String,
    pub uid: String,
    pub contact_data: ContactData,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateContact {
    pub addressbook: String,
    pub uid: String,
    /// As for `nc_contacts_create_contact`.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub contact_data: ContactData,
    #[serde(default)]
    pub etag: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteContact {
    pub addressbook: String,
    pub uid: String,
}

// The fields of a contact that are to be written. (A doc comment would be the description of `contact_data`.)
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactData {
    /// Full name.
    #[serde(alias = "full_name", alias = "name")]
    pub r#fn: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub nickname: Option<String>,
    #[serde(alias = "org")]
    pub organization: Option<String>,
    pub title: Option<String>,
    pub role: Option<String>,
    /// Text, `{value, type}`, or a list of them.
    #[serde(alias = "email")]
    pub emails: Option<Entries>,
    /// As emails; types are `cell`, `home` …
    #[serde(alias = "phone", alias = "tel")]
    pub phones: Option<Entries>,
    /// As emails; `components` are box, extension, street, city, region, code, country.
    #[serde(alias = "address", alias = "adr")]
    pub addresses: Option<Entries>,
    /// As emails.
    #[serde(alias = "url")]
    pub urls: Option<Entries>,
    pub note: Option<String>,
    /// `YYYY-MM-DD`, or `--MM-DD`.
    #[serde(alias = "bday")]
    pub birthday: Option<String>,
    pub categories: Option<Vec<String>>,
    /// `X-…` properties.
    pub custom_fields: Option<BTreeMap<String, String>>,
}

/// An address book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Book {
    pub uri: String,
    pub displayname: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Changes when a contact does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctag: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
    /// The user id of who shares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct BookList {
    pub addressbooks: Vec<Book>,
    pub total_count: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct CreatedBook {
    pub uri: String,
    pub displayname: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedBook {
    pub deleted_uri: String,
}

/// An e-mail address, phone number, postal address or link.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Field {
    /// `home`, `work`, `cell` …, several with commas.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    pub value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub preferred: bool,
    /// Of a postal address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<String>,
}

/// A contact.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Contact {
    pub uid: String,
    /// The name of its object in the address book; not always the UID.
    pub resource_path: String,
    pub r#fn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<Field>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Field>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Field>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A `data:` or other URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_photo: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_fields: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub etag: Option<Etag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ContactList {
    pub contacts: Vec<Contact>,
    pub total_count: usize,
    /// Objects of this page that are no vCards we can read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A contact and where it is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FoundContact {
    pub addressbook: String,
    #[serde(flatten)]
    pub contact: Contact,
}

/// An address book that could not be searched.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FailedBook {
    pub addressbook: String,
    pub error: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct FoundContacts {
    pub contacts: Vec<FoundContact>,
    pub total_count: usize,
    /// There may be more than are listed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<FailedBook>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct CreatedContact {
    pub uid: String,
    pub resource_path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub etag: Option<Etag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct UpdatedContact {
    pub contact: Contact,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedContact {
    pub deleted_uid: String,
}
