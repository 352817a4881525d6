//! The tools against those of the Python server: names, arguments, defaults, scopes, hints and result fields. What
//! differs must be listed with its reason (`src/apps/*/differences.rs`), and the lists must stay small enough to be read.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use nextcloud_mcp_server::apps;
use nextcloud_mcp_server::mcp::{Catalogue, Selection, Tool};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Fields without data: they say that there was no error, when it is, or what was asked.
const BOILERPLATE: [&str; 5] = ["success", "timestamp", "status_code", "message", "status"];

/// The most that the list of all tools may take: it is read by models, and paid for in tokens.
const MOST_BYTES_WITHOUT_RESULTS: usize = 45_000;
const MOST_BYTES: usize = 90_000;

#[derive(Deserialize)]
struct Contract {
    name: String,
    app: String,
    scopes: Vec<String>,
    hints: Map<String, Value>,
    args: Map<String, Value>,
    output: Value,
}

fn contract() -> Vec<Contract> {
    serde_json::from_str(include_str!("contract/tools.json")).unwrap()
}

fn catalogue() -> Catalogue {
    Catalogue::new(apps::tables(&apps::AppSettings::default()), &Selection::default())
}

#[test]
fn every_tool_of_the_contract_is_there() {
    let catalogue = catalogue();
    let served: BTreeSet<&str> = catalogue.tools().iter().map(|tool| tool.app.name()).collect();
    let missing: Vec<String> = contract()
        .into_iter()
        .filter(|tool| catalogue.tool(&tool.name).is_none())
        .map(|tool| tool.name)
        .collect();
    assert!(missing.is_empty(), "{} tools are missing: {missing:?}", missing.len());
    for tool in contract() {
        assert!(served.contains(tool.app.as_str()), "{}", tool.app);
    }
}

#[test]
fn what_differs_is_listed_with_its_reason() {
    let catalogue = catalogue();
    let mut unlisted = Vec::new();
    for wanted in contract() {
        let Some(tool) = catalogue.tool(&wanted.name) else {
            continue;
        };
        let listed: String = apps::differences()
            .into_iter()
            .filter(|(name, ..)| *name == wanted.name)
            .map(|(_, what, _)| what)
            .collect::<Vec<_>>()
            .join("; ");
        for difference in differences(&wanted, tool) {
            // A row that replaces the whole result speaks for each of its fields.
            let whole_result = difference.kind == Kind::Result && listed.contains("the result");
            if !whole_result && !listed.contains(&format!("`{}", difference.name)) {
                unlisted.push(format!("{}: {} {}", wanted.name, difference.name, difference.text));
            }
        }
    }
    assert!(
        unlisted.is_empty(),
        "{} not listed:\n{}",
        unlisted.len(),
        unlisted.join("\n")
    );
}

#[test]
fn the_list_of_differences_names_tools_that_exist() {
    let catalogue = catalogue();
    for (tool, what, why) in apps::differences() {
        assert!(catalogue.tool(tool).is_some(), "{tool}");
        assert!(!what.is_empty() && !why.is_empty(), "{tool}");
    }
}

#[test]
fn the_tool_list_is_small() {
    let (mut with_results, mut without) = (0, 0);
    let mut by_app: std::collections::BTreeMap<&str, (usize, usize, usize)> = std::collections::BTreeMap::new();
    for tool in catalogue().tools() {
        let whole = serde_json::to_value(tool.definition()).unwrap();
        let mut bare = whole.clone();
        bare.as_object_mut().unwrap().remove("outputSchema");
        let (whole, bare) = (whole.to_string().len() + 1, bare.to_string().len() + 1);
        with_results += whole;
        without += bare;
        let of_app = by_app.entry(tool.app.name()).or_default();
        *of_app = (of_app.0 + 1, of_app.1 + bare, of_app.2 + whole);
    }
    println!("app        tools  bytes without  bytes with output schemas");
    for (app, (tools, bare, whole)) in by_app {
        println!("{app:<10} {tools:5} {bare:14} {whole:10}");
    }
    println!("{without} bytes without output schemas, {with_results} with them");
    assert!(
        without <= MOST_BYTES_WITHOUT_RESULTS,
        "{without} bytes without output schemas"
    );
    assert!(with_results <= MOST_BYTES, "{with_results} bytes with output schemas");
}

#[derive(PartialEq)]
enum Kind {
    Argument,
    Result,
    Other,
}

struct Difference {
    kind: Kind,
    name: String,
    text: &'static str,
}

fn differences(wanted: &Contract, tool: &Tool) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut note = |kind: Kind, name: &str, text: &'static str| {
        found.push(Difference {
            kind,
            name: name.to_owned(),
            text,
        });
    };
    let empty = Map::new();
    let properties = tool
        .input_schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let required: BTreeSet<&str> = names(tool.input_schema.get("required"));
    for (name, description) in &wanted.args {
        let Some(property) = properties.get(name) else {
            note(Kind::Argument, name, "is missing");
            continue;
        };
        let description = description.as_str().unwrap_or("any");
        if !description.ends_with("required") && required.contains(name.as_str()) {
            note(Kind::Argument, name, "has become required");
        }
        if let Some((_, default)) = description.split_once(" = ")
            && let Ok(default) = serde_json::from_str::<Value>(default.split(" (").next().unwrap_or(default))
            && has_another_default(property.get("default"), &default)
        {
            note(Kind::Argument, name, "has another default");
        }
        let kind = description.split(['?', ' ', '[']).next().unwrap_or_default();
        let ours = property.get("type").and_then(Value::as_str);
        if matches!(kind, "integer" | "string" | "boolean" | "object")
            && !description.contains("[]")
            && ours.is_some_and(|ours| ours != kind)
        {
            note(Kind::Argument, name, "has another type");
        }
    }
    for name in &required {
        if !wanted.args.contains_key(*name) {
            note(Kind::Argument, name, "is new and required");
        }
    }
    let scopes: BTreeSet<String> = wanted.scopes.iter().map(|scope| scope.replacen('.', ":", 1)).collect();
    for scope in scopes.iter().filter(|scope| !tool.scopes.contains(&scope.as_str())) {
        note(Kind::Other, scope, "is not asked for");
    }
    for scope in tool.scopes.iter().filter(|scope| !scopes.contains(**scope)) {
        note(Kind::Other, scope, "is asked for");
    }
    let hints = serde_json::to_value(tool.definition().annotations).unwrap();
    for (name, value) in &wanted.hints {
        // What is not said is MCP's default.
        let default = Value::Bool(matches!(name.as_str(), "destructiveHint" | "openWorldHint"));
        if hints.get(name).unwrap_or(&default) != value {
            note(Kind::Other, name, "differs");
        }
    }
    let schema = Value::Object(tool.output_schema.as_ref().clone());
    if let Value::Object(fields) = &wanted.output {
        for name in fields.keys() {
            let is_data = !matches!(name.as_str(), "*" | "?")
                && !BOILERPLATE.contains(&name.as_str())
                && !wanted.args.contains_key(name);
            if is_data && schema["properties"].get(name).is_none() {
                note(Kind::Result, name, "is not in the result");
            }
        }
    }
    found
}

/// A default that is nothing, an empty string or `false` goes without saying; that of a list of names may.
fn has_another_default(ours: Option<&Value>, wanted: &Value) -> bool {
    match ours {
        Some(ours) => ours != wanted,
        None => *wanted == Value::Bool(true) || wanted.is_number(),
    }
}

fn names(list: Option<&Value>) -> BTreeSet<&str> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
