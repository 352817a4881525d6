//! MCP over standard input and output, for one user: the process that starts us is the user.

use std::sync::Arc;

use actors::principal::{Principal, Subject};
use observability::Metrics;
use rmcp::ServiceExt;

use crate::config::Config;
use crate::mcp::{Caller, McpHandler};
use crate::server::{self, StartError};

/// Serves until the other side closes its end.
pub async fn serve(config: &Config) -> Result<(), StartError> {
    let (supervisor, catalogue, sessions) = server::single_user_parts(config).await?;
    let caller = Caller {
        principal: Arc::new(local_principal()),
        bearer: None,
    };
    let handler = McpHandler::new(catalogue, sessions, &Metrics::new()).for_local_caller(caller);
    let service = handler
        .serve(rmcp::transport::stdio())
        .await
        .map_err(|error| StartError::Actors(error.to_string()))?;
    let ended = service.waiting().await;
    supervisor.drain(std::time::Duration::from_secs(5)).await;
    ended.map(|_| ()).map_err(|error| StartError::Actors(error.to_string()))
}

/// The one user of single-user mode, to whom everything is allowed.
pub(crate) fn local_principal() -> Principal {
    Principal {
        subject: Subject::new("local", "single-user"),
        client_id: None,
        scopes: None,
        expires_at: None,
    }
}
