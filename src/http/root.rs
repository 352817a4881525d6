//! `/`: for whoever opens the address in a browser or gives it to a client without `/mcp`.

use std::sync::Arc;

use axum::extract::State;

use super::Surface;

/// Where MCP is.
pub(super) async fn root(State(surface): State<Arc<Surface>>) -> String {
    format!(
        "This is nextcloud-mcp-server {}.\nGive your MCP client this address: {}\n",
        env!("CARGO_PKG_VERSION"),
        surface.metadata.resource()
    )
}
