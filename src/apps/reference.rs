//! The reference pages that are made from the tables: `docs/tools.md` and `docs/migrating.md`.

use std::fmt::Write;

use serde_json::Value;

use crate::mcp::{App, AppTools, Catalogue, Hints, Selection, Tool};

/// `docs/tools.md`: every tool with its scopes, hints, arguments and what it asks of Nextcloud.
pub fn tools_markdown(tables: Vec<AppTools>) -> String {
    let catalogue = Catalogue::new(tables, &Selection::default());
    let mut page = "# Tools\n\n\
        Made from the tables in `src/apps/`; do not edit. Arguments in *italics* may be left out.\n"
        .to_owned();
    for app in App::ALL {
        let tools: Vec<&Tool> = catalogue.tools().iter().filter(|tool| tool.app == app).collect();
        let resources: Vec<_> = catalogue
            .resources()
            .iter()
            .filter(|resource| resource.app == app)
            .collect();
        if tools.is_empty() && resources.is_empty() {
            continue;
        }
        let _ = write!(page, "\n## {}\n", app.name());
        for tool in tools {
            describe(&mut page, tool);
        }
        if !resources.is_empty() {
            page.push_str("\n### Resources\n\n| URI | what |\n|---|---|\n");
        }
        for resource in resources {
            let _ = writeln!(page, "| `{}` | {} |", resource.uri, resource.description);
        }
    }
    page
}

fn describe(page: &mut String, tool: &Tool) {
    let _ = write!(page, "\n### {}\n\n{}\n\n", tool.name, tool.description);
    let scopes: Vec<String> = tool.scopes.iter().map(|scope| format!("`{scope}`")).collect();
    let _ = writeln!(
        page,
        "- scopes: {}",
        if scopes.is_empty() {
            "none".to_owned()
        } else {
            scopes.join(", ")
        }
    );
    let _ = writeln!(page, "- {}", hints(tool.hints));
    if let Some([major, minor, patch]) = tool.since {
        let _ = writeln!(page, "- needs the app in version {major}.{minor}.{patch} or later");
    }
    let arguments = arguments(tool);
    let _ = writeln!(
        page,
        "- arguments: {}",
        if arguments.is_empty() { "none" } else { &arguments }
    );
    for call in tool.calls {
        let _ = writeln!(page, "- asks `{call}`");
    }
}

fn hints(hints: Hints) -> &'static str {
    match (hints.read_only, hints.destructive, hints.idempotent) {
        (Some(true), ..) => "changes nothing",
        (_, Some(true), Some(true)) => "removes or overwrites; calling it again changes nothing more",
        (_, Some(true), _) => "removes or overwrites",
        (_, Some(false), Some(true)) => "only adds; calling it again changes nothing more",
        (_, Some(false), _) => "only adds",
        (_, None, Some(true)) => "changes; calling it again changes nothing more",
        (_, None, _) => "changes",
    }
}

fn arguments(tool: &Tool) -> String {
    let Some(Value::Object(properties)) = tool.input_schema.get("properties") else {
        return String::new();
    };
    let required = tool.input_schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|known| known == name));
    let arguments: Vec<String> = properties
        .iter()
        .map(|(name, property)| {
            let default = property
                .get("default")
                .map(|default| format!(" = {default}"))
                .unwrap_or_default();
            if is_required(name) {
                format!("`{name}`")
            } else {
                format!("*`{name}{default}`*")
            }
        })
        .collect();
    arguments.join(", ")
}

/// `docs/migrating.md`: what differs from the Python server, tool by tool.
pub fn migrating_markdown(differences: &[(&str, &str, &str)]) -> String {
    let mut page = "# Moving from the Python server\n\n\
        Environment variables, tool names, arguments, scopes and result fields are those of the Python server 0.202.1. \
        Everywhere the fields `success`, `timestamp`, `status_code`, `message` and repeated arguments are left out of \
        results, an argument that a tool does not have is an error, and lists carry `next_cursor` when there is more. \
        Variables without effect here are named at the start ([configuration.md](configuration.md)).\n\n\
        What differs on purpose, tool by tool (made from `src/apps/*/differences.rs`; do not edit):\n\n\
        | tool | difference | why |\n|---|---|---|\n"
        .to_owned();
    for (tool, what, why) in differences {
        let cell = |text: &str| text.replace('|', "\\|");
        let _ = writeln!(page, "| `{tool}` | {} | {} |", cell(what), cell(why));
    }
    page
}
