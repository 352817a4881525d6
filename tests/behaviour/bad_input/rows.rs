//! What is tried with every argument of every tool: made from the tool's own input schema.

use serde_json::{Map, Value, json};

use super::world::Listed;

/// Longer than any name or title may be.
const LONG: usize = 70 * 1024;
const VERY_LONG: usize = 1024 * 1024;
const MANY: usize = 10_000;

/// Arguments whose text may be as long as a document.
const DOCUMENTS: [&str; 8] = [
    "content",
    "description",
    "new_description",
    "contact_data",
    "data",
    "ingredients",
    "instructions",
    "reminders",
];

/// Durations are taken as minutes too.
const TEXT_OR_NUMBER: [&str; 3] = ["cook_time", "prep_time", "total_time"];

/// What must become of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    /// It is refused before anything is sent that could change something, and the sentence has this in it.
    Refusal(String),
    /// It may be right: then it works. Else it is refused, and nothing has changed.
    Either,
}

/// How the arguments of a call that works are spoilt.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Set(String, Value),
    Remove(String),
    /// The arguments as a whole, as text.
    Whole(String),
}

/// One call.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) what: String,
    pub(super) change: Change,
    pub(super) expected: Expected,
}

impl Row {
    /// The spoilt arguments, as text.
    pub(super) fn arguments(&self, valid: &Value) -> String {
        let mut arguments = valid.clone();
        match &self.change {
            Change::Set(name, value) => arguments[name] = value.clone(),
            Change::Remove(name) => drop(arguments.as_object_mut().unwrap().remove(name)),
            Change::Whole(text) => return text.clone(),
        }
        arguments.to_string()
    }
}

/// Every row of a tool.
pub(super) fn of(tool: &Listed) -> Vec<Row> {
    let mut rows = whole(tool);
    let properties = tool.schema["properties"].as_object().unwrap();
    // One of them is enough: it costs as much as a hundred other rows.
    if let Some((name, _)) = properties.iter().find(|(_, schema)| schema["type"] == json!("string")) {
        rows.push(set(name, "1 MiB", json!("ü".repeat(VERY_LONG / 2)), Expected::Either));
    }
    for (name, schema) in properties {
        let required = tool.schema["required"]
            .as_array()
            .is_some_and(|required| required.iter().any(|other| other == name));
        if required {
            rows.push(row(name, "missing", Change::Remove(name.clone()), refusal(name)));
            rows.push(set(name, "null", Value::Null, refusal(name)));
        }
        rows.extend(wrong_types(name, schema));
        rows.extend(hostile(name, schema));
    }
    rows
}

/// Rows for the arguments as a whole.
fn whole(tool: &Listed) -> Vec<Row> {
    let unknown = Change::Set("no_such_argument".to_owned(), json!(1));
    let text = |text: &str| Change::Whole(text.to_owned());
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
    let mut rows = vec![
        row("an unknown one", "", unknown, refusal("no_such_argument")),
        row("arguments", "a list", text("[]"), refusal("")),
        row("arguments", "a text", text("\"{}\""), refusal("")),
        row("arguments", "a number", text("5"), refusal("")),
        row("arguments", "true", text("true"), refusal("")),
        row("arguments", "nested 20,000 deep", text(&deep), refusal("")),
        row("arguments", "not JSON", text("{\"a\":"), refusal("")),
        row("arguments", "bad escape", text(r#"{"a":"\ud800"}"#), refusal("")),
    ];
    if let Some(name) = tool.schema["properties"].as_object().unwrap().keys().next() {
        let twice = format!("{{\"{name}\":1,\"{name}\":[]}}");
        rows.push(row("arguments", "one twice", text(&twice), refusal("")));
        let near = Change::Set(format!("{name}x"), json!(1));
        rows.push(row("a misspelt one", name, near, refusal(name)));
    }
    rows
}

/// Values of every JSON type that the schema does not allow. Text that reads as a number is taken as one.
fn wrong_types(name: &str, schema: &Value) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(allowed) = schema["enum"].as_array() {
        for wrong in [json!("no such value"), json!(""), json!(5)] {
            if !allowed.contains(&wrong) {
                rows.push(set(name, "not one of the values", wrong, refusal(name)));
            }
        }
    }
    let Some(types) = types(schema) else { return rows };
    for (value, kind, others) in [
        (json!({"a": 1}), "object", &[][..]),
        (json!([[]]), "array", &[]),
        (json!(true), "boolean", &[]),
        (json!(7), "integer", &["number"]),
        (json!(1.5), "number", &[]),
        (json!("no number"), "string", &[]),
    ] {
        if kind == "integer" && TEXT_OR_NUMBER.contains(&name) {
            continue;
        }
        if !types.iter().any(|allowed| *allowed == kind || others.contains(allowed)) {
            rows.push(set(name, kind, value, refusal(name)));
        }
    }
    if types == ["integer"] {
        for wrong in ["9223372036854775808", "-9223372036854775809", "1e400", "1.5"] {
            let number = Change::Set(name.to_owned(), json!(wrong));
            rows.push(row(name, "a number out of range, as text", number, refusal(name)));
        }
        rows.push(set(name, "2^63", json!(9_223_372_036_854_775_808_u64), refusal(name)));
        rows.push(set(name, "1e300", json!(1e300), refusal(name)));
        if schema["minimum"].as_i64().is_some() {
            rows.push(set(name, "negative", json!(-1), refusal(name)));
        }
    }
    if types == ["array"] && schema["items"]["type"] == json!("string") {
        rows.push(set(
            name,
            "an item of another type",
            json!(["a", {"b": 1}]),
            refusal(name),
        ));
    }
    rows
}

/// Values of the right type that somebody may mean badly.
fn hostile(name: &str, schema: &Value) -> Vec<Row> {
    let Some(types) = types(schema) else { return Vec::new() };
    let either = Expected::Either;
    let mut rows = Vec::new();
    if types.contains(&"string") && schema["enum"].is_null() {
        for (what, text) in texts() {
            rows.push(set(name, what, json!(text), either.clone()));
        }
        let too_long = if DOCUMENTS.contains(&name) {
            either.clone()
        } else {
            refusal(name)
        };
        rows.push(set(name, "70 KiB", json!("a".repeat(LONG)), too_long));
    }
    if types.contains(&"integer") {
        for number in [0, -1, i64::from(i32::MAX) + 1, i64::MAX, i64::MIN] {
            rows.push(set(name, &number.to_string(), json!(number), either.clone()));
        }
    }
    if types.contains(&"array") {
        let items = |item: Value| Value::Array(vec![item; MANY]);
        rows.push(set(name, "10,000 texts", items(json!("x")), either.clone()));
        rows.push(set(name, "10,000 objects", items(json!({})), either.clone()));
        rows.push(set(name, "no items", json!([]), either.clone()));
        rows.push(set(name, "hostile items", hostile_items(), either.clone()));
    }
    if types.contains(&"object") {
        let known = schema["properties"].as_object();
        let keys: Vec<String> = match known {
            Some(known) => known.keys().cloned().collect(),
            None => texts().into_iter().map(|(_, text)| text.to_owned()).collect(),
        };
        for key in &keys {
            for (what, text) in texts() {
                rows.push(set(
                    name,
                    &format!("{key:?}: {what}"),
                    json!({key: text}),
                    either.clone(),
                ));
            }
            rows.push(set(name, key, json!({key: "a".repeat(LONG)}), either.clone()));
            rows.push(set(name, key, json!({key: vec!["a"; MANY]}), either.clone()));
            rows.push(set(name, key, json!({key: deep(60)}), either.clone()));
        }
        let many: Map<String, Value> = (0..MANY).map(|n| (format!("key {n}"), json!(n))).collect();
        rows.push(set(name, "10,000 keys", Value::Object(many), either));
    }
    rows
}

/// Text that has broken something somewhere.
pub(super) fn texts() -> Vec<(&'static str, &'static str)> {
    vec![
        ("empty", ""),
        ("blanks", " \t "),
        ("other scripts", "Grüße 日本語 עברית 👩‍👩‍👧 e\u{301}"),
        ("turned around", "invoice\u{202e}fdp.exe\u{200b}\u{feff}"),
        ("NUL", "a\0b"),
        ("controls", "a\u{1b}[31m\u{7}\u{8}\u{9b}b"),
        (
            "lines of iCalendar",
            "a\r\nX-Injected: 1\r\n\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:evil",
        ),
        ("lines of vCard", "a\nEND:VCARD\nBEGIN:VCARD\nFN:evil"),
        (
            "XML",
            "</d:prop><d:evil/><!ENTITY x SYSTEM \"file:///etc/passwd\">&x;]]>",
        ),
        (
            "JSON, SQL, templates",
            "\",\"admin\":true,\"x\":\"{[\\ ' OR 1=1; -- ${HOME} $(id) %s {user}",
        ),
        ("a path upwards", "../../../etc/passwd"),
        ("an encoded path upwards", "%2e%2e%2f%2e%2e%2fetc%zz"),
        ("marks of URLs", "a/b%c?d#e\\f&g=h+i;j:k@l"),
        ("one dot", "."),
        ("two dots", ".."),
    ]
}

fn hostile_items() -> Value {
    json!(texts().into_iter().map(|(_, text)| text).collect::<Vec<_>>())
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(json!("x"), |inside, _| json!([inside]))
}

/// The JSON types that a schema allows, where it says so.
fn types(schema: &Value) -> Option<Vec<&str>> {
    match &schema["type"] {
        Value::String(kind) => Some(vec![kind.as_str()]),
        Value::Array(kinds) => Some(kinds.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

fn refusal(said: &str) -> Expected {
    Expected::Refusal(said.to_owned())
}

fn set(name: &str, what: &str, value: Value, expected: Expected) -> Row {
    row(name, what, Change::Set(name.to_owned(), value), expected)
}

fn row(name: &str, what: &str, change: Change, expected: Expected) -> Row {
    Row {
        what: format!("{name}: {what}"),
        change,
        expected,
    }
}
