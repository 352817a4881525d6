//! What a share is with: a user, a group, whoever has the link.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};

/// Numbers and names. The numbers are Nextcloud's (`IShare::TYPE_…`).
const NAMES: [(i64, &str); 10] = [
    (0, "user"),
    (1, "group"),
    (3, "link"),
    (4, "email"),
    (6, "federated"),
    (7, "team"),
    (9, "federated_group"),
    (10, "room"),
    (12, "deck"),
    (15, "sciencemesh"),
];

/// The kind of a share. Given as its number or its name; what is read may be of a kind that has no name here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareType(i64);

impl ShareType {
    /// With an account of this Nextcloud.
    pub const USER: Self = Self(0);
    /// With whoever has the link.
    pub const LINK: Self = Self(3);
    /// By link, sent to an address.
    pub const EMAIL: Self = Self(4);

    /// What Nextcloud said.
    pub const fn read(number: i64) -> Self {
        Self(number)
    }

    /// Whether Nextcloud keeps a password and a label for this kind; for others it drops them silently.
    pub fn is_by_link(self) -> bool {
        self == Self::LINK || self == Self::EMAIL
    }
}

impl Default for ShareType {
    fn default() -> Self {
        Self::USER
    }
}

impl fmt::Display for ShareType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(number, _)| *number == self.0) {
            Some((_, name)) => formatter.write_str(name),
            None => write!(formatter, "type {}", self.0),
        }
    }
}

impl<'de> Deserialize<'de> for ShareType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let found = match &value {
            serde_json::Value::String(text) => {
                let text = text.trim();
                let number = text.parse::<i64>().ok();
                NAMES
                    .iter()
                    .find(|(known, name)| name.eq_ignore_ascii_case(text) || Some(*known) == number)
            }
            other => NAMES.iter().find(|(known, _)| other.as_i64() == Some(*known)),
        };
        found.map(|(number, _)| Self(*number)).ok_or_else(|| {
            let known: Vec<String> = NAMES
                .iter()
                .map(|(number, name)| format!("{name} ({number})"))
                .collect();
            D::Error::custom(format!("no kind of share; give one of {}", known.join(", ")))
        })
    }
}

impl Serialize for ShareType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl JsonSchema for ShareType {
    fn schema_name() -> Cow<'static, str> {
        "ShareType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["integer", "string"] })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::ShareType;

    fn read(value: serde_json::Value) -> Result<ShareType, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn names_and_numbers_mean_the_same() {
        for value in [json!(3), json!("3"), json!("link"), json!(" Link ")] {
            assert_eq!(read(value).unwrap(), ShareType::LINK);
        }
        assert_eq!(ShareType::read(10).to_string(), "room");
        assert_eq!(ShareType::read(99).to_string(), "type 99");
    }

    #[test]
    fn unknown_kinds_are_refused_with_those_there_are() {
        for value in [
            json!(99),
            json!(-1),
            json!("everyone"),
            json!(""),
            json!(null),
            json!([]),
        ] {
            let error = read(value).unwrap_err();
            assert!(error.contains("user (0), group (1), link (3)"), "{error}");
        }
    }
}
