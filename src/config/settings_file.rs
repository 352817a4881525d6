//! The settings file (TOML): keys are the variables in lower case, at the top or in `[default]` and `[<mode>]`.

use std::collections::BTreeMap;

use toml::{Table, Value};

/// What stands in the Python server's settings file for "not set".
const NONE: &str = "@none";

/// The variables of a settings file, by their environment names.
#[derive(Default)]
pub(super) struct SettingsFile {
    /// The keys outside any section, and those of `[default]`, which win over them.
    pub(super) common: BTreeMap<String, String>,
    /// The keys of the other sections, which are named after a value of `MCP_DEPLOYMENT_MODE`.
    pub(super) modes: BTreeMap<String, BTreeMap<String, String>>,
}

/// Reads a settings file; each problem is a sentence that shows no value, for a value may be a secret.
pub(super) fn parse(text: &str) -> Result<SettingsFile, Vec<String>> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        // toml's own rendering quotes the line, so only its position is used.
        vec![format!("line {line} is not valid TOML")]
    })?;
    let mut file = SettingsFile::default();
    let mut problems = Vec::new();
    let (sections, top): (Table, Table) = table.into_iter().partition(|(_, value)| value.is_table());
    read_section("", top, &mut file.common, &mut problems);
    for (name, section) in sections {
        let Value::Table(section) = section else { continue };
        let values = if name == "default" {
            &mut file.common
        } else {
            file.modes.entry(name.to_lowercase()).or_default()
        };
        read_section(&name, section, values, &mut problems);
    }
    if problems.is_empty() { Ok(file) } else { Err(problems) }
}

fn read_section(name: &str, section: Table, values: &mut BTreeMap<String, String>, problems: &mut Vec<String>) {
    for (key, value) in section {
        match scalar_or_list(&value) {
            Some(value) if value == NONE => {}
            Some(value) => {
                values.insert(key.to_uppercase(), value);
            }
            None if name.is_empty() => {
                problems.push(format!("`{key}` is neither text, number, boolean nor a list of them"));
            }
            None => problems.push(format!(
                "`{key}` in [{name}] is neither text, number, boolean nor a list of them"
            )),
        }
    }
}

/// The value as it would stand in the environment; a list is comma-separated there.
fn scalar_or_list(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => items
            .iter()
            .map(scalar)
            .collect::<Option<Vec<_>>>()
            .map(|items| items.join(",")),
        value => scalar(value),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(flag) => Some(flag.to_string()),
        Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

fn line_of(text: &str, position: usize) -> usize {
    text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::parse;

    #[test]
    fn sections_are_told_apart_and_types_become_text() {
        let file = parse(
            "nextcloud_host = \"https://a.example\"\nmetrics_port = 1\n\
             [default]\nmetrics_port = 9191\nnextcloud_verify_ssl = false\nnextcloud_ca_bundle = \"@none\"\n\
             [login_flow]\nmcp_allowed_hosts = [\"a\", \"b\"]\n",
        )
        .unwrap();
        assert_eq!(file.common["NEXTCLOUD_HOST"], "https://a.example");
        assert_eq!(file.common["METRICS_PORT"], "9191");
        assert_eq!(file.common["NEXTCLOUD_VERIFY_SSL"], "false");
        assert!(!file.common.contains_key("NEXTCLOUD_CA_BUNDLE"));
        assert_eq!(file.modes["login_flow"]["MCP_ALLOWED_HOSTS"], "a,b");
    }

    #[test]
    fn problems_name_the_place_and_not_the_value() {
        let Err(problems) = parse("a = 1\nnextcloud_password = hunter2\n") else {
            panic!("accepted")
        };
        assert_eq!(problems, ["line 2 is not valid TOML"]);
        let Err(problems) = parse("[default]\nlog_level = { a = \"hunter2\" }\nb = 2026-01-01") else {
            panic!("accepted")
        };
        assert_eq!(problems.len(), 2);
        assert!(problems.concat().contains("`log_level` in [default]"), "{problems:?}");
        assert!(!problems.concat().contains("hunter2"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s).*") {
            let _ = parse(&text);
        }
    }
}
