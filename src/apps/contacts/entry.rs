//! E-mail addresses, phone numbers, postal addresses and links as callers give them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::Value;

/// Most entries of a kind.
const MOST: usize = 200;
/// Longest type.
const LONGEST_TYPE: usize = 32;

/// One entry changes the first, a list replaces all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entries {
    /// A text or an object.
    One(Entry),
    /// A list of them.
    All(Vec<Entry>),
}

/// A value with what is said about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The value; of a postal address the street, unless there are components.
    pub value: String,
    /// Types in lower case; `None` when nothing was said of them.
    pub types: Option<Vec<String>>,
    /// Whether it is the preferred one; `None` when nothing was said.
    pub preferred: Option<bool>,
    /// The parts of a postal address.
    pub components: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default)]
    value: String,
    #[serde(default, rename = "type", alias = "types")]
    kind: Option<Value>,
    #[serde(default, alias = "pref")]
    preferred: Option<bool>,
    #[serde(default)]
    components: Option<Vec<String>>,
    /// Part of our results; a label is not written.
    #[serde(default, rename = "label")]
    _label: Option<String>,
}

impl Entry {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.value.trim().is_empty() && self.components.iter().all(|part| part.trim().is_empty())
    }

    fn read(value: &Value) -> Result<Self, String> {
        let given = match value {
            Value::String(text) => {
                return Ok(Self {
                    value: text.clone(),
                    ..Self::default()
                });
            }
            Value::Object(_) => Given::deserialize(value).map_err(|error| error.to_string())?,
            _ => return Err("give a text or an object with `value` and `type`".to_owned()),
        };
        let components = given.components.unwrap_or_default();
        if components.len() > 7 {
            return Err("an address has at most 7 components".to_owned());
        }
        Ok(Self {
            types: given.kind.as_ref().map(types).transpose()?,
            value: given.value,
            preferred: given.preferred,
            components,
        })
    }
}

/// `"home"`, `"home,voice"` or `["home", "voice"]`.
fn types(value: &Value) -> Result<Vec<String>, String> {
    let named: Vec<&str> = match value {
        Value::Null => Vec::new(),
        Value::String(text) => text.split(',').collect(),
        Value::Array(items) if items.iter().all(Value::is_string) => items.iter().filter_map(Value::as_str).collect(),
        _ => return Err("`type` is a text or a list of texts".to_owned()),
    };
    let mut types: Vec<String> = Vec::new();
    for name in named.into_iter().map(str::trim).filter(|name| !name.is_empty()) {
        if name.len() > LONGEST_TYPE || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err("a type is a word such as home, work or cell".to_owned());
        }
        let name = match name.to_ascii_lowercase().as_str() {
            "mobile" => "cell".to_owned(),
            other => other.to_owned(),
        };
        if name != "pref" && !types.contains(&name) {
            types.push(name);
        }
    }
    Ok(types)
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match &value {
            Value::Array(items) if items.len() > MOST => Err(format!("more than {MOST} entries")),
            Value::Array(items) => items.iter().map(Entry::read).collect::<Result<_, _>>().map(Self::All),
            one => Entry::read(one).map(Self::One),
        }
        .map_err(D::Error::custom)
    }
}

impl JsonSchema for Entries {
    fn schema_name() -> Cow<'static, str> {
        "Entries".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // Three types are allowed; the descriptions of the fields say which.
        json_schema!({})
    }
}
