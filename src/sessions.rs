//! The callers' sessions, as the MCP handler asks for them.

use std::future::Future;
use std::pin::Pin;

use actors::nextcloud::NextcloudClient;
use actors::supervisor::Supervisor;
use tracing::Instrument;

use crate::mcp::{Caller, Sessions, ToolError};

/// Sessions out of the supervisor's directory.
#[derive(Debug, Clone)]
pub struct SupervisedSessions {
    supervisor: Supervisor,
}

impl SupervisedSessions {
    /// Sessions that `supervisor` keeps.
    pub fn new(supervisor: Supervisor) -> Self {
        Self { supervisor }
    }
}

impl Sessions for SupervisedSessions {
    fn client<'a>(
        &'a self,
        caller: &'a Caller,
    ) -> Pin<Box<dyn Future<Output = Result<NextcloudClient, ToolError>> + Send + 'a>> {
        let open = async move {
            let session = self
                .supervisor
                .session(&caller.principal)
                .map_err(|busy| ToolError::new("busy", busy.to_string()))?;
            session
                .client(caller.bearer.as_deref())
                .await
                .map_err(|error| ToolError::new("session", error.to_string()))
        };
        Box::pin(open.instrument(tracing::debug_span!("user session")))
    }
}
