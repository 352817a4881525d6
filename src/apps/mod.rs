//! One folder for each Nextcloud app: its table of tools (`mod.rs`), the tools (`tools.rs`), the HTTP calls (`api.rs`)
//! and their types (`model.rs`). An app knows nothing of HTTP routes, OAuth or MCP framing.

mod core;
mod notes;
mod page;

use crate::mcp::AppTools;

/// The tables of all apps.
pub fn tables() -> Vec<AppTools> {
    vec![notes::tools(), core::tools()]
}
