//! A result as text, for clients that do not read structured content.

use serde::Serialize;
use serde::ser::Serializer;
use serde_json::Value;

/// Longest text in it, in bytes. What a tool gives unless asked for more is not longer; what is, such as a file in
/// base64, is for programs, and those read the structured content.
const LONGEST: usize = 256 * 1024;

/// The value as JSON, with a sentence in the place of what is too long to be sent twice.
pub(super) fn of(value: &Value) -> String {
    // Fails only for keys that are no strings, and JSON has none.
    serde_json::to_string(&Short(value)).unwrap_or_default()
}

struct Short<'a>(&'a Value);

impl Serialize for Short<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) if text.len() > LONGEST => {
                let sentence = format_args!("({} bytes: in structuredContent)", text.len());
                serializer.collect_str(&sentence)
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Short)),
            Value::Object(fields) => serializer.collect_map(fields.iter().map(|(name, field)| (name, Short(field)))),
            other => other.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{LONGEST, of};

    #[test]
    fn only_what_is_long_is_left_out() {
        let whole = json!({"a": [1, null, {"b": "é\n"}], "content": "x".repeat(LONGEST), "z": true});
        assert_eq!(serde_json::from_str::<Value>(&of(&whole)).unwrap(), whole);
        let long = json!({"content": "x".repeat(LONGEST + 1), "size": 5});
        assert_eq!(
            of(&long),
            r#"{"content":"(262145 bytes: in structuredContent)","size":5}"#
        );
    }
}
