//! What belongs to no app: Nextcloud's own capabilities.

use actors::nextcloud::NextcloudClient;
use serde_json::Value;

use crate::mcp::{About, App, AppTools, ResourceBody, ToolResult, UriParameters};

/// The table.
pub fn tools() -> AppTools {
    AppTools::new(App::Core).resource(
        "nc://capabilities",
        "Nextcloud capabilities",
        "Version and capabilities of this Nextcloud and its apps.",
        capabilities,
    )
}

async fn capabilities(nextcloud: NextcloudClient, _: UriParameters) -> ToolResult<ResourceBody> {
    let capabilities: Value = nextcloud
        .get("/ocs/v2.php/cloud/capabilities")
        .ocs()
        .await
        .about("the capabilities")?;
    ResourceBody::json(&capabilities)
}
