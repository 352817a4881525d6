//! Reading JSON as Deck (PHP) writes it: `null` for nothing, a list with gaps as an object, an empty object as `[]`,
//! an id as number or text, a user as object or id.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::dates;
use super::model::User;

/// The value, or the type's default for `null` and for the empty list that stands for an empty object.
pub fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Value::deserialize(deserializer)?;
    if value.is_null() || value.as_array().is_some_and(Vec::is_empty) {
        return Ok(T::default());
    }
    serde_json::from_value(value).map_err(serde::de::Error::custom)
}

/// A list, also one that PHP wrote as an object because its keys had gaps.
pub fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    optional_list(deserializer).map(Option::unwrap_or_default)
}

/// As [`list`], with `null` told apart from an empty list.
pub fn optional_list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    #[derive(Deserialize)]
    #[serde(untagged, bound = "T: DeserializeOwned")]
    enum Raw<T> {
        List(Vec<T>),
        Gaps(BTreeMap<String, T>),
        Nothing(()),
    }
    Ok(match Raw::deserialize(deserializer)? {
        Raw::List(items) => Some(items),
        Raw::Gaps(items) => Some(items.into_values().collect()),
        Raw::Nothing(()) => None,
    })
}

/// An object; an empty one may come as `[]`.
pub fn map<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    or_default(deserializer)
}

/// An id as number or text.
pub fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// A point in time in UTC; what cannot be read stays as it is.
pub fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = match Value::deserialize(deserializer)? {
        Value::String(text) if !text.is_empty() => text,
        _ => return Ok(None),
    };
    Ok(Some(dates::utc(&text).unwrap_or(text)))
}

/// A user as Deck writes it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum RawUser {
    /// The id of an account that is gone or was never there.
    Id(String),
    /// The account.
    Account {
        uid: Option<String>,
        #[serde(rename = "primaryKey")]
        primary_key: Option<String>,
        displayname: Option<String>,
    },
    /// Nobody.
    Nobody(()),
}

impl From<RawUser> for User {
    fn from(raw: RawUser) -> Self {
        match raw {
            RawUser::Id(uid) => Self {
                uid,
                displayname: String::new(),
            },
            RawUser::Account {
                uid,
                primary_key,
                displayname,
            } => Self {
                uid: uid.or(primary_key).unwrap_or_default(),
                displayname: displayname.unwrap_or_default(),
            },
            RawUser::Nobody(()) => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::model::{Board, Card, Stack};

    #[test]
    fn phps_ways_of_writing_nothing_are_understood() {
        let board: Board = serde_json::from_value(json!({
            "id": 2, "title": null, "settings": [], "labels": null, "owner": "gone",
            "acl": {"3": {"id": 7, "participant": "nosuch", "type": 0}}, "users": [], "lastModified": null,
        }))
        .unwrap();
        assert_eq!(board.owner.unwrap().uid, "gone");
        assert_eq!(board.acl[0].participant.uid, "nosuch");
        assert!(board.settings.is_empty() && board.labels.is_empty());
        let stack: Stack = serde_json::from_value(json!({"id": 1, "boardId": "4"})).unwrap();
        assert_eq!((stack.board_id, stack.cards.len()), (Some(4), 0));
    }

    #[test]
    fn a_card_tells_unknown_assignees_from_none() {
        let card = |assigned| -> Card {
            serde_json::from_value(json!({"id": 1, "stackId": 2, "assignedUsers": assigned, "owner": null})).unwrap()
        };
        assert_eq!(card(json!(null)).assigned_users, None);
        assert_eq!(card(json!([])).assigned_users, Some(Vec::new()));
        let due: Card =
            serde_json::from_value(json!({"id": 1, "stackId": 2, "duedate": "2026-09-01T12:00:00+02:00"})).unwrap();
        assert_eq!(due.duedate.as_deref(), Some("2026-09-01T10:00:00+00:00"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*", number in any::<i64>()) {
            let _ = serde_json::from_value::<Card>(
                json!({"id": number, "stackId": number, "duedate": text, "owner": text, "labels": {(text.clone()): {"id": 1}}}),
            );
            let _ = serde_json::from_value::<Board>(json!({"id": number, "settings": text}));
        }
    }
}
