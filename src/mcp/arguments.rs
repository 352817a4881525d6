//! Arguments as models send them, and as tools want them.

use rmcp::model::JsonObject;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::ToolError;

/// Arguments that hold as much text as somebody writes. Every other text is a name, a path, a date, a search: what is
/// longer than Nextcloud's longest path is a mistake, and would make addresses that no web server takes.
const DOCUMENTS: [&str; 7] = [
    "attendees",
    "content",
    "description",
    "message",
    "new_description",
    "note",
    "text",
];
/// Bytes of the longest text that is no document.
const LONGEST_NAME: usize = 4_000;

/// Reads a tool's arguments. `schema` is the tool's input schema.
///
/// An argument that the tool does not have is an error with a suggestion, since ignoring a misspelt filter would answer
/// another question. What clients commonly get almost right is put right: a number or list sent as text.
pub(super) fn read<A: DeserializeOwned>(schema: &JsonObject, mut arguments: JsonObject) -> Result<A, ToolError> {
    let empty = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    for (name, value) in &mut arguments {
        let Some(property) = properties.get(name) else {
            return Err(unknown(name, properties));
        };
        let kind = property.get("type").and_then(Value::as_str);
        if let (Some("string"), Value::String(text)) = (kind, &*value)
            && text.len() > LONGEST_NAME
            && !DOCUMENTS.contains(&name.as_str())
        {
            return Err(ToolError::invalid(format!(
                "argument `{name}`: {} bytes are too long, at most {LONGEST_NAME} are taken",
                text.len()
            )));
        }
        coerce(kind, value);
    }
    serde_path_to_error::deserialize(Value::Object(arguments)).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.into_inner().to_string();
        if path == "." {
            ToolError::invalid(format!("arguments: {problem}"))
        } else {
            ToolError::invalid(format!("argument `{path}`: {problem}"))
        }
    })
}

fn unknown(name: &str, properties: &Map<String, Value>) -> ToolError {
    let name: String = name.chars().take(64).collect();
    let closest = properties
        .keys()
        .map(|known| (strsim::jaro_winkler(known, &name), known))
        .max_by(|one, other| one.0.total_cmp(&other.0));
    let hint = match closest {
        Some((likeness, known)) if likeness > 0.8 => format!("did you mean `{known}`?"),
        _ if properties.is_empty() => "the tool takes none.".to_owned(),
        _ => {
            let known: Vec<&str> = properties.keys().map(String::as_str).collect();
            format!("the tool takes {}.", known.join(", "))
        }
    };
    ToolError::invalid(format!("there is no argument `{}`; {hint}", name.escape_debug()))
}

/// `"231"` where an integer is wanted, `"true"` where a boolean is, `"[1, 2]"` where a list is, and `5.0` for 5.
fn coerce(wanted: Option<&str>, value: &mut Value) {
    let replacement = match (wanted, &*value) {
        (Some("integer"), Value::String(text)) => text.trim().parse::<i64>().ok().map(Value::from),
        (Some("integer"), Value::Number(number)) if number.is_f64() => number.as_f64().and_then(whole).map(Value::from),
        (Some("number"), Value::String(text)) => text.trim().parse::<f64>().ok().map(Value::from),
        (Some("boolean"), Value::String(text)) => {
            text.trim().to_ascii_lowercase().parse::<bool>().ok().map(Value::from)
        }
        (Some("array"), Value::String(text)) => serde_json::from_str(text).ok().filter(Value::is_array),
        (Some("object"), Value::String(text)) => serde_json::from_str(text).ok().filter(Value::is_object),
        _ => None,
    };
    if let Some(replacement) = replacement {
        *value = replacement;
    }
}

/// The integer that a float is, within the range in which floats count exactly.
fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
    (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use schemars::JsonSchema;
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::super::schema;

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    struct Example {
        note_id: i64,
        #[serde(default)]
        tags: Vec<i64>,
        done: Option<bool>,
    }

    fn read(arguments: Value) -> Result<Example, String> {
        let Value::Object(arguments) = arguments else {
            panic!("arguments are an object")
        };
        super::read(&schema::of_arguments::<Example>(), arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn almost_right_types_are_put_right() {
        let example = read(json!({"note_id": "12", "tags": "[1, 2]", "done": "True"})).unwrap();
        assert_eq!(
            example,
            Example {
                note_id: 12,
                tags: vec![1, 2],
                done: Some(true)
            }
        );
        assert_eq!(read(json!({"note_id": 12.0, "done": null})).unwrap().done, None);
    }

    #[test]
    fn errors_name_the_argument() {
        assert_eq!(read(json!({})).unwrap_err(), "arguments: missing field `note_id`");
        let error = read(json!({"note_id": 1, "tags": [1, "x"]})).unwrap_err();
        assert!(error.starts_with("argument `tags[1]`: invalid type: string"), "{error}");
        let error = read(json!({"noteid": 1})).unwrap_err();
        assert_eq!(error, "there is no argument `noteid`; did you mean `note_id`?");
        let error = read(json!({"zzz": 1})).unwrap_err();
        assert!(error.ends_with("the tool takes done, note_id, tags."), "{error}");
    }

    #[test]
    fn only_documents_are_long() {
        #[derive(Debug, Deserialize, JsonSchema)]
        struct Note {
            title: String,
            content: String,
        }
        let read = |title: usize, content: usize| {
            let arguments = json!({"title": "t".repeat(title), "content": "c".repeat(content)});
            let read = super::read::<Note>(&schema::of_arguments::<Note>(), arguments.as_object().unwrap().clone());
            read.map(|note| (note.title.len(), note.content.len()))
        };
        assert_eq!(read(4_000, 1_000_000).unwrap(), (4_000, 1_000_000));
        let error = read(4_001, 1).unwrap_err().to_string();
        assert_eq!(
            error,
            "argument `title`: 4001 bytes are too long, at most 4000 are taken"
        );
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(name in "\\PC{0,80}", text in "\\PC*") {
            let _ = read(json!({name: text.clone(), "note_id": text}));
        }
    }
}
