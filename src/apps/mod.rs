//! One folder for each Nextcloud app: its table of tools (`mod.rs`), the tools (`tools.rs`), the HTTP calls (`api.rs`)
//! and their types (`model.rs`). An app knows nothing of HTTP routes, OAuth or MCP framing.

mod core;
mod notes;
mod page;
mod sharing;

use crate::mcp::AppTools;

/// The tables of all apps.
pub fn tables() -> Vec<AppTools> {
    vec![notes::tools(), sharing::tools(), core::tools()]
}

/// Where tools differ on purpose from the Python server's: tool, what, why.
pub fn differences() -> Vec<(&'static str, &'static str, &'static str)> {
    [sharing::DIFFERENCES].concat()
}
