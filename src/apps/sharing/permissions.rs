//! What a recipient may do.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Nextcloud's bits (`\OCP\Constants::PERMISSION_…`).
const NAMES: [(u8, &str); 5] = [(1, "read"), (2, "update"), (4, "create"), (8, "delete"), (16, "share")];
const ALL: u8 = 31;

/// A set of permissions, never empty: Nextcloud turns none into read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions(u8);

impl Permissions {
    /// Reading, the least.
    pub const READ: Self = Self(1);
    const SHARE: u8 = 16;
    const NOT_FOR_FILES: u8 = 4 | 8;

    /// The names of the bits that Nextcloud reported.
    pub fn names(bits: i64) -> Vec<&'static str> {
        let has = |bit: u8| bits & i64::from(bit) != 0;
        NAMES
            .iter()
            .filter(|(bit, _)| has(*bit))
            .map(|(_, name)| *name)
            .collect()
    }

    /// Whether what Nextcloud granted is what was asked for, as far as it grants that: single files can be neither
    /// created nor deleted, and links always may be passed on where federation is on.
    pub fn granted_as(self, granted: i64, is_folder: bool) -> bool {
        let mut ignored = Self::SHARE;
        if !is_folder {
            ignored |= Self::NOT_FOR_FILES;
        }
        i64::from(self.0 & !ignored) == granted & i64::from(ALL & !ignored)
    }

    fn of_names<'text>(names: impl Iterator<Item = &'text str>) -> Option<u8> {
        names.map(str::trim).try_fold(0, |bits, name| {
            if name.eq_ignore_ascii_case("all") {
                return Some(bits | ALL);
            }
            let (bit, _) = NAMES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name))?;
            Some(bits | bit)
        })
    }
}

impl Default for Permissions {
    fn default() -> Self {
        Self::READ
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let bits = match &value {
            Value::Number(number) => number.as_u64().and_then(|bits| u8::try_from(bits).ok()),
            Value::String(text) => match text.trim().parse() {
                Ok(bits) => Some(bits),
                Err(_) => Self::of_names(text.trim_matches(['[', ']']).replace('"', "").split(',')),
            },
            Value::Array(names) if names.iter().all(Value::is_string) => {
                Self::of_names(names.iter().filter_map(Value::as_str))
            }
            _ => None,
        };
        bits.filter(|bits| (1..=ALL).contains(bits)).map(Self).ok_or_else(|| {
            D::Error::custom(
                "give a list of `read`, `update`, `create`, `delete`, `share`, or `all`, or a sum of their numbers 1, \
                 2, 4, 8, 16",
            )
        })
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

impl JsonSchema for Permissions {
    fn schema_name() -> Cow<'static, str> {
        "Permissions".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["integer", "array", "string"], "items": { "type": "string" } })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Permissions;

    fn read(value: serde_json::Value) -> Option<u8> {
        serde_json::from_value::<Permissions>(value)
            .ok()
            .map(|permissions| permissions.0)
    }

    #[test]
    fn names_numbers_and_lists_mean_the_same() {
        for value in [
            json!(5),
            json!("5"),
            json!("read,create"),
            json!("[\"read\", \"create\"]"),
            json!(["Read", " create"]),
        ] {
            assert_eq!(read(value.clone()), Some(5), "{value}");
        }
        assert_eq!(read(json!("all")), Some(31));
        assert_eq!(Permissions::names(27), ["read", "update", "delete", "share"]);
    }

    #[test]
    fn what_is_no_set_of_permissions_is_refused() {
        for value in [
            json!(0),
            json!(32),
            json!(-1),
            json!(1.5),
            json!(""),
            json!([]),
            json!(["read", "fly"]),
            json!([1]),
            json!({}),
            json!(null),
        ] {
            assert_eq!(read(value.clone()), None, "{value}");
        }
    }

    #[test]
    fn a_grant_is_compared_by_what_nextcloud_can_grant() {
        assert!(Permissions(31).granted_as(19, false));
        assert!(!Permissions(31).granted_as(19, true));
        assert!(Permissions(1).granted_as(17, true));
        assert!(!Permissions(1).granted_as(3, false));
    }
}
