//! How two JSON documents differ in shape.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

/// Fields whose text or number says the same on every server.
const LITERAL: [&str; 10] = [
    "error",
    "errorType",
    "error_description",
    "message",
    "statuscode",
    "status",
    "token_type",
    "expires_in",
    "scope",
    "username",
];

/// Adds to `differences` where `ours` has other keys or types than `recorded`, and where values differ that are
/// stable: booleans, the fields of [`LITERAL`] and those named in `literal`.
pub(crate) fn compare(recorded: &Value, ours: &Value, literal: &[&str], path: &str, differences: &mut Vec<String>) {
    let key = path.rsplit_once('.').map_or("", |(_, key)| key);
    match (recorded, ours) {
        (Value::Object(recorded), Value::Object(ours)) => {
            for (key, recorded) in recorded {
                match ours.get(key) {
                    Some(ours) => compare(recorded, ours, literal, &format!("{path}.{key}"), differences),
                    None => differences.push(format!("{path}.{key}: missing")),
                }
            }
            for key in ours.keys().filter(|key| !recorded.contains_key(*key)) {
                differences.push(format!("{path}.{key}: was not recorded"));
            }
        }
        (Value::Array(recorded), Value::Array(ours)) => arrays(recorded, ours, literal, path, differences),
        (Value::String(recorded), Value::String(ours)) if claims(recorded).is_some() => match claims(ours) {
            Some(ours) => compare(
                &claims(recorded).unwrap_or_default(),
                &ours,
                literal,
                &format!("{path}.jwt"),
                differences,
            ),
            None => differences.push(format!("{path}: no JWT")),
        },
        _ if kind(recorded) != kind(ours) => {
            differences.push(format!("{path}: {} instead of {}", kind(ours), kind(recorded)));
        }
        _ if (recorded.is_boolean() || LITERAL.contains(&key) || literal.contains(&key)) && recorded != ours => {
            differences.push(format!("{path}: {ours} instead of {recorded}"));
        }
        _ => {}
    }
}

/// Lists of documents are compared one by one; of lists of plain values only the types count.
fn arrays(recorded: &[Value], ours: &[Value], literal: &[&str], path: &str, differences: &mut Vec<String>) {
    let documents = recorded
        .iter()
        .chain(ours)
        .any(|item| item.is_object() || item.is_array());
    if documents && recorded.len() != ours.len() || recorded.is_empty() != ours.is_empty() {
        differences.push(format!("{path}: {} elements instead of {}", ours.len(), recorded.len()));
    } else if documents {
        let mut left: Vec<&Value> = ours.iter().collect();
        for (index, recorded) in recorded.iter().enumerate() {
            let same = recorded
                .get("id")
                .and_then(|id| left.iter().position(|ours| ours.get("id") == Some(id)));
            compare(
                recorded,
                left.remove(same.unwrap_or(0)),
                literal,
                &format!("{path}[{index}]"),
                differences,
            );
        }
    } else if let Some(odd) = ours
        .iter()
        .find(|ours| recorded.iter().all(|recorded| kind(recorded) != kind(ours)))
    {
        differences.push(format!("{path}: an element is {}", kind(odd)));
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Header and claims of a JWT, whose shape counts like that of the document around it.
fn claims(text: &str) -> Option<Value> {
    let mut parts = text.split('.');
    let mut part = || serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(parts.next()?).ok()?).ok();
    let (mut header, claims) = (part()?, part()?);
    // Which algorithm signs is compared, with which key is not.
    header.as_object_mut()?.remove("kid")?;
    Some(serde_json::json!({ "header": header, "claims": claims }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn differences(recorded: &Value, ours: &Value) -> Vec<String> {
        let mut differences = Vec::new();
        compare(recorded, ours, &["title"], "$", &mut differences);
        differences
    }

    #[test]
    fn values_may_differ_but_keys_and_types_may_not() {
        let recorded = json!({"id": 1, "name": "a", "tags": ["x", "y"], "none": null});
        assert_eq!(
            differences(&recorded, &json!({"id": 2, "name": "b", "tags": ["z"], "none": null})),
            [""; 0]
        );
        let found = differences(&recorded, &json!({"id": "2", "tags": [], "none": null, "more": 1}));
        assert_eq!(
            found,
            [
                "$.id: string instead of number",
                "$.name: missing",
                "$.tags: 0 elements instead of 2",
                "$.more: was not recorded"
            ]
        );
    }

    #[test]
    fn booleans_errors_and_named_fields_are_literal() {
        let recorded = json!({"active": true, "message": "No", "title": "T", "content": "c"});
        let found = differences(
            &recorded,
            &json!({"active": false, "message": "Yes", "title": "U", "content": "d"}),
        );
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn documents_in_a_list_are_paired_by_id() {
        let recorded = json!([{"id": 1, "title": "a"}, {"id": 2, "title": "b"}]);
        assert_eq!(
            differences(&recorded, &json!([{"id": 2, "title": "b"}, {"id": 1, "title": "a"}])),
            [""; 0]
        );
        assert_eq!(
            differences(&recorded, &json!([{"id": 1, "title": "a"}])),
            ["$: 1 elements instead of 2"]
        );
    }

    #[test]
    fn jwts_are_compared_by_their_claims() {
        let jwt = |claims: Value| {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            format!("{}.{}.sig", part(&json!({"alg": "RS256", "kid": "x"})), part(&claims))
        };
        let recorded = json!({"token": jwt(json!({"sub": "a", "exp": 1}))});
        assert_eq!(
            differences(&recorded, &json!({"token": jwt(json!({"sub": "b", "exp": 2}))})),
            [""; 0]
        );
        assert_eq!(
            differences(&recorded, &json!({"token": jwt(json!({"sub": "b"}))})).len(),
            1
        );
        assert_eq!(differences(&recorded, &json!({"token": "opaque"})), ["$.token: no JWT"]);
    }
}
