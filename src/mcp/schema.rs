//! JSON Schemas as small as they can be: they are read by models and paid for in tokens.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The schema of a tool's arguments. Descriptions stay: models fill the arguments by them.
pub(super) fn of_arguments<T: JsonSchema>() -> JsonObject {
    let mut schema = generate::<T>();
    compact(&mut schema, false);
    schema.entry("properties").or_insert_with(|| json!({}));
    schema
}

/// The schema of a tool's result, without descriptions and bounds: names and types tell what is there.
pub(super) fn of_result<T: JsonSchema>() -> JsonObject {
    let mut schema = generate::<T>();
    compact(&mut schema, true);
    schema
}

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

/// Takes out what repeats a name or says nothing to a model. An optional value is one that is not `required`; that it
/// may also be `null` need not be said, since we accept it and never send it.
fn compact(schema: &mut Map<String, Value>, drop_descriptions: bool) {
    for noise in ["$schema", "title", "format"] {
        schema.remove(noise);
    }
    if drop_descriptions {
        schema.remove("description");
        schema.remove("minimum");
        schema.remove("default");
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    drop_null(schema);
    for (key, value) in schema.iter_mut() {
        match (key.as_str(), value) {
            ("properties" | "$defs" | "patternProperties", Value::Object(named)) => {
                for schema in named.values_mut().filter_map(Value::as_object_mut) {
                    compact(schema, drop_descriptions);
                }
            }
            ("items" | "additionalProperties" | "not", Value::Object(schema)) => compact(schema, drop_descriptions),
            ("anyOf" | "oneOf" | "allOf" | "prefixItems", Value::Array(schemas)) => {
                for schema in schemas.iter_mut().filter_map(Value::as_object_mut) {
                    compact(schema, drop_descriptions);
                }
            }
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
    }

    /// A title nobody reads.
    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Example {
        /// Which one.
        id: i64,
        name: Option<String>,
        inner: Option<Inner>,
        #[serde(default)]
        tags: Vec<String>,
    }

    #[test]
    fn arguments_keep_their_descriptions_and_lose_the_noise() {
        assert_eq!(
            Value::Object(super::of_arguments::<Example>()),
            json!({
                "type": "object",
                "description": "A title nobody reads.",
                "properties": {
                    "id": {"type": "integer", "description": "Which one."},
                    "name": {"type": "string"},
                    "inner": {"type": "object", "properties": {"at": {"type": "integer", "description": "When."}}},
                    "tags": {"type": "array", "items": {"type": "string"}, "default": []},
                },
                "required": ["id"],
            })
        );
    }

    #[test]
    fn results_lose_their_descriptions_too() {
        let schema = Value::Object(super::of_result::<Example>());
        assert!(!schema.to_string().contains("description"), "{schema}");
    }
}
