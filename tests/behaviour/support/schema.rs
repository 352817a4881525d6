//! Holds calls and results against the schemas that the server lists. MCP clients check `structuredContent` against the
//! output schema and drop a result that does not fit.

use std::sync::LazyLock;

use nextcloud_mcp_server::apps::{self, AppSettings};
use nextcloud_mcp_server::mcp::{Catalogue, Selection};
use serde_json::Value;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut tables = apps::tables(&AppSettings::default());
    tables.push(apps::account::tools());
    Catalogue::new(tables, &Selection::default())
});

/// What a call that succeeded gave must fit the tool's output schema.
#[track_caller]
pub fn assert_result(tool: &str, result: &Value) {
    let schema = &CATALOGUE.tool(tool).unwrap().output_schema;
    let mut problems = Vec::new();
    check(&Value::Object(schema.as_ref().clone()), result, "result", &mut problems);
    assert!(problems.is_empty(), "{tool}: {problems:?} in {result}");
}

/// What is wrong with `arguments` by the tool's input schema. One that is `null` counts as left out.
pub fn argument_problems(tool: &str, arguments: &Value) -> Vec<String> {
    let schema = &CATALOGUE.tool(tool).unwrap().input_schema;
    let mut arguments = arguments.clone();
    if let Some(given) = arguments.as_object_mut() {
        given.retain(|_, value| !value.is_null());
    }
    let mut problems = Vec::new();
    check(
        &Value::Object(schema.as_ref().clone()),
        &arguments,
        "arguments",
        &mut problems,
    );
    problems
}

/// JSON Schema as far as our schemas use it. A keyword that is not known here must not pass for one that is met.
fn check(schema: &Value, value: &Value, path: &str, problems: &mut Vec<String>) {
    let Value::Object(schema) = schema else {
        assert_eq!(*schema, Value::Bool(true), "{path}");
        return;
    };
    for (keyword, rule) in schema {
        match keyword.as_str() {
            "description" | "default" => {}
            "type" => {
                let kinds = rule.as_array().map_or(std::slice::from_ref(rule), Vec::as_slice);
                if !kinds.iter().any(|kind| is_of_type(value, kind.as_str().unwrap())) {
                    problems.push(format!("{path} is not of type {rule}"));
                }
            }
            "enum" => {
                if !rule.as_array().unwrap().contains(value) {
                    problems.push(format!("{path} is none of {rule}"));
                }
            }
            "required" => {
                for name in rule.as_array().unwrap() {
                    if value.is_object() && value.get(name.as_str().unwrap()).is_none() {
                        problems.push(format!("{path} has no {name}"));
                    }
                }
            }
            "properties" => {
                for (name, schema) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        check(schema, value, &format!("{path}.{name}"), problems);
                    }
                }
            }
            "additionalProperties" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    let is_named = schema.get("properties").is_some_and(|named| named.get(name).is_some());
                    if !is_named {
                        check(rule, value, &format!("{path}.{name}"), problems);
                    }
                }
            }
            "items" => {
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    check(rule, value, &format!("{path}[{index}]"), problems);
                }
            }
            other => panic!("{path}: the schema has `{other}`, which this check does not know"),
        }
    }
}

fn is_of_type(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("`{other}` is no type that our schemas use"),
    }
}
