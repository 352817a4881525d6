//! The reference page of the configuration, made from the registry.

use std::fmt::Write as _;

use super::other_names::{REMOVED, WITHOUT_EFFECT};
use super::variable::{Fallback, Section, Variable};
use super::variables;

const INTRODUCTION: &str = "\
# Configuration

<!-- Generated from src/config/; `UPDATE_DOCS=1 cargo test -p nextcloud-mcp-server --test generated_docs` writes it anew. -->

Every setting is an environment variable; many have a command-line flag as well. The first source that sets it wins:

1. the command-line flag;
2. the environment;
3. the file named by `--env-file`: lines of `NAME=value`, with `#` comments and quotation marks as in a shell, nothing expanded;
4. the settings file (TOML), named by `--config` or `NEXTCLOUD_MCP_SETTINGS_FILE`;
5. the default.

A blank value counts as not set, and blanks around a value are dropped. Lists are separated by commas. Truth values are `true`, `1`, `yes`, `on` and `false`, `0`,
`no`, `off`. Everything that is wrong is told at once, before anything starts, with the variable, what is wrong with it and
what to do; `--check-config` does only that. Names that look like a misspelt setting are warned about.

`--oauth` serves many users by OAuth even when a user name and password are set; `--no-oauth` insists on the single user.

## Settings file

Keys are the variables in lower case, at the top or in `[default]`. A section named after a mode applies, above these,
when `MCP_DEPLOYMENT_MODE` names that mode. `\"@none\"` is not set.

```toml
[default]
nextcloud_host = \"https://cloud.example.org\"
nextcloud_mcp_server_url = \"https://mcp.example.org\"
mcp_allowed_hosts = [\"mcp\", \"mcp.internal\"]

[oauth]
nextcloud_oidc_token_type = \"jwt\"
```
";

/// `docs/configuration.md`, in Markdown.
pub fn reference_markdown() -> String {
    let mut page = INTRODUCTION.to_owned();
    for section in Section::ALL {
        let _ = write!(
            page,
            "\n## {}\n\n| Variable | Flag | Default | Meaning |\n|---|---|---|---|\n",
            section.title()
        );
        for variable in variables::ALL.iter().filter(|variable| variable.section == section) {
            row(&mut page, variable);
        }
    }
    page.push_str("\nSecrets, which appear in no message: ");
    let secrets: Vec<_> = variables::ALL
        .iter()
        .filter(|variable| variable.secret)
        .map(|variable| format!("`{}`", variable.name))
        .collect();
    page.push_str(&secrets.join(", "));
    page.push_str(
        ". A flag that carries one shows it to every local user, so the server warns about it.\n\
         \n## Settings of the Python server without effect\n\n\
         They are accepted, and named in one line at start. So are those of its semantic search, document reading and hosting at Smithery.\n\n\
         | Variable | Here |\n|---|---|\n",
    );
    for (name, instead) in WITHOUT_EFFECT {
        let _ = writeln!(page, "| `{name}` | {instead} |");
    }
    page.push_str("\n## Removed settings\n\nThe server does not start when one of these is on.\n\n| Variable | Fix |\n|---|---|\n");
    for (name, fix) in REMOVED {
        let _ = writeln!(page, "| `{name}` | {fix} |");
    }
    page
}

fn row(page: &mut String, variable: &Variable) {
    let flag = variable.flag.map(|flag| format!("`{flag}`")).unwrap_or_default();
    let default = match variable.fallback {
        Fallback::Unset => String::new(),
        Fallback::Value(value) => format!("`{value}`"),
        Fallback::Computed(description) => description.to_owned(),
    };
    let _ = writeln!(
        page,
        "| `{}` | {flag} | {default} | {} |",
        variable.name, variable.meaning
    );
}
