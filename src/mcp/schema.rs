//! JSON Schemas as small as they can be: they are read by models and paid for in tokens.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The schema of a tool's arguments. Descriptions of single arguments stay: models fill the arguments by them.
pub(super) fn of_arguments<T: JsonSchema>() -> JsonObject {
    let mut schema = generate::<T>();
    schema.remove("description");
    compact(&mut schema, &compact_argument);
    schema.entry("properties").or_insert_with(|| json!({}));
    schema
}

/// The schema of a tool's result: the names and types of its fields, and of the fields of what it lists or holds. What
/// lies deeper is only said to be an object or a list. Nothing is `required`, since fields without a value are left out.
pub(super) fn of_result<T: JsonSchema>() -> JsonObject {
    let mut schema = generate::<T>();
    compact(&mut schema, &compact_result);
    flatten(&mut schema, RESULT_DEPTH);
    schema
}

/// The levels of fields that a result's schema names.
const RESULT_DEPTH: usize = 2;

fn generate<T: JsonSchema>() -> Map<String, Value> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let schema = settings.into_generator().into_root_schema_for::<T>();
    match Value::from(schema) {
        Value::Object(mut object) => {
            object.entry("type").or_insert_with(|| json!("object"));
            object
        }
        _ => Map::new(),
    }
}

/// Takes out of a schema and all within it what says nothing to a model, and what `more` takes out besides. An optional
/// value is one that is not `required`; that it may also be `null` need not be said, since we accept it and never send it.
fn compact(schema: &mut Map<String, Value>, more: &dyn Fn(&mut Map<String, Value>)) {
    for noise in ["$schema", "title", "format"] {
        schema.remove(noise);
    }
    if schema.get("additionalProperties").is_some_and(Value::is_boolean) {
        schema.remove("additionalProperties");
    }
    drop_null(schema);
    more(schema);
    for (key, value) in schema.iter_mut() {
        match (key.as_str(), value) {
            ("properties", Value::Object(named)) => {
                for schema in named.values_mut().filter_map(Value::as_object_mut) {
                    compact(schema, more);
                }
            }
            ("items" | "additionalProperties", Value::Object(schema)) => compact(schema, more),
            ("anyOf" | "oneOf" | "allOf", Value::Array(schemas)) => {
                for schema in schemas.iter_mut().filter_map(Value::as_object_mut) {
                    compact(schema, more);
                }
            }
            _ => {}
        }
    }
}

/// Takes out the default that everybody expects of an argument that may be left out, and the bound of unsigned integers:
/// who breaks it is told.
fn compact_argument(schema: &mut Map<String, Value>) {
    if schema.get("default").is_some_and(is_nothing) {
        schema.remove("default");
    }
    if schema.get("minimum") == Some(&json!(0)) {
        schema.remove("minimum");
    }
}

fn is_nothing(default: &Value) -> bool {
    [Value::Null, json!(""), json!(false), json!([])].contains(default)
}

fn compact_result(schema: &mut Map<String, Value>) {
    for noise in ["description", "default", "minimum", "enum", "required"] {
        schema.remove(noise);
    }
}

/// Leaves out the fields below `depth` levels.
fn flatten(schema: &mut Map<String, Value>, depth: usize) {
    if depth == 0 {
        schema.remove("properties");
        schema.remove("additionalProperties");
    }
    for (key, value) in schema.iter_mut() {
        match (key.as_str(), value) {
            ("properties", Value::Object(named)) => {
                for schema in named.values_mut().filter_map(Value::as_object_mut) {
                    flatten(schema, depth - 1);
                }
            }
            ("items" | "additionalProperties", Value::Object(schema)) => flatten(schema, depth),
            _ => {}
        }
    }
}

fn drop_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    let Some(Value::Array(alternatives)) = schema.get_mut("anyOf") else {
        return;
    };
    alternatives.retain(|alternative| alternative.get("type") != Some(&json!("null")));
    if let [Value::Object(only)] = alternatives.as_slice() {
        let only = only.clone();
        schema.remove("anyOf");
        for (key, value) in only {
            schema.entry(key).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Inner {
        /// When.
        at: Option<i64>,
        parts: Vec<Part>,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Part {
        word: String,
    }

    fn twenty() -> u32 {
        20
    }

    /// A title nobody reads.
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Example {
        /// Which one.
        id: i64,
        name: Option<String>,
        inner: Option<Inner>,
        #[serde(default = "twenty")]
        limit: u32,
        #[serde(default)]
        tags: Vec<String>,
    }

    #[test]
    fn arguments_keep_their_descriptions_and_lose_the_noise() {
        assert_eq!(
            Value::Object(super::of_arguments::<Example>()),
            json!({
                "type": "object",
                "properties": {
                    "id": {"type": "integer", "description": "Which one."},
                    "name": {"type": "string"},
                    "inner": {"type": "object", "properties": {
                        "at": {"type": "integer", "description": "When."},
                        "parts": {"type": "array", "items": {
                            "type": "object",
                            "properties": {"word": {"type": "string"}},
                            "required": ["word"],
                        }},
                    }, "required": ["parts"]},
                    "limit": {"type": "integer", "default": 20},
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["id"],
            })
        );
    }

    #[test]
    fn results_name_the_fields_of_two_levels() {
        assert_eq!(
            Value::Object(super::of_result::<Example>()),
            json!({
                "type": "object",
                "properties": {
                    "id": {"type": "integer"},
                    "name": {"type": "string"},
                    "inner": {"type": "object", "properties": {
                        "at": {"type": "integer"},
                        "parts": {"type": "array", "items": {"type": "object"}},
                    }},
                    "limit": {"type": "integer"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
            })
        );
    }
}
