//! Columns: what they are called and what they take.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A column as Tables describes it. What is unset, or belongs to another type, is left out of results.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the fields are those of the API")]
pub struct Column {
    pub id: i64,
    #[serde(deserialize_with = "or_default")]
    pub title: String,
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub kind: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub subtype: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub mandatory: bool,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_default: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_decimals: Option<u32>,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub number_prefix: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub number_suffix: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_default: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_allowed_pattern: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_max_length: Option<usize>,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub text_unique: bool,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub selection_options: Vec<SelectionOption>,
    /// The id of an option, or a list of ids, as JSON.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub selection_default: String,
    /// `today` or `now`.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub datetime_default: String,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub usergroup_multiple_items: bool,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub usergroup_select_users: bool,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub usergroup_select_groups: bool,
    #[serde(deserialize_with = "or_default", skip_serializing_if = "std::ops::Not::not")]
    pub usergroup_select_teams: bool,
}

/// One of the values that a selection column takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub struct SelectionOption {
    pub id: i64,
    #[serde(default)]
    pub label: String,
    /// Cells may still have it, but none can get it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// What a column's cells hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Link,
    Number,
    Progress,
    Stars,
    Choice,
    Choices,
    Check,
    DateTime,
    Date,
    Time,
    People,
}

impl Column {
    /// What its cells hold; `None` for a type that came with a later version of Tables.
    pub fn holds(&self) -> Option<Kind> {
        Some(match (self.kind.as_str(), self.subtype.as_str()) {
            ("text", "link") => Kind::Link,
            ("text", "" | "line" | "long" | "rich") => Kind::Text,
            ("number", "") => Kind::Number,
            ("number", "progress") => Kind::Progress,
            ("number", "stars") => Kind::Stars,
            ("selection", "") => Kind::Choice,
            ("selection", "multi") => Kind::Choices,
            ("selection", "check") => Kind::Check,
            ("datetime", "") => Kind::DateTime,
            ("datetime", "date") => Kind::Date,
            ("datetime", "time") => Kind::Time,
            ("usergroup", _) => Kind::People,
            _ => return None,
        })
    }

    /// Whether Tables has a value for it when none is given.
    pub fn has_default(&self) -> bool {
        let texts = [&self.selection_default, &self.datetime_default];
        self.number_default.is_some()
            || self.text_default.as_ref().is_some_and(|text| !text.is_empty())
            || texts.iter().any(|text| !text.is_empty())
    }

    /// The options that a cell can get.
    pub fn options(&self) -> impl Iterator<Item = &SelectionOption> {
        self.selection_options.iter().filter(|option| !option.deleted)
    }

    /// What the option with this id is called.
    pub fn label(&self, id: i64) -> Option<&str> {
        let option = self.selection_options.iter().find(|option| option.id == id)?;
        Some(&option.label)
    }

    /// What goes for this column only, for showing: the decimals of a text column say nothing.
    pub fn tidied(mut self) -> Self {
        if self.kind != "number" {
            self.number_decimals = None;
        }
        if self.kind != "usergroup" {
            self.usergroup_multiple_items = false;
            self.usergroup_select_users = false;
            self.usergroup_select_groups = false;
            self.usergroup_select_teams = false;
        }
        self
    }
}

/// `null`, or a value of another type than it should have, is as good as none.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + serde::de::DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}
