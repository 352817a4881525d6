//! The callers' sessions, as the MCP handler asks for them.

use std::future::Future;
use std::pin::Pin;

use actors::nextcloud::NextcloudClient;
use actors::supervisor::Supervisor;
use actors::user_session::SessionError;
use tracing::Instrument;

use crate::delegated_access::DelegatedAccess;
use crate::mcp::{Caller, Sessions, ToolError};

/// Sessions out of the supervisor's directory.
#[derive(Debug, Clone)]
pub struct SupervisedSessions {
    supervisor: Supervisor,
    delegated_access: Option<DelegatedAccess>,
}

impl SupervisedSessions {
    /// Sessions that `supervisor` keeps, and how their users give access where the server has a grant of its own.
    pub fn new(supervisor: Supervisor, delegated_access: Option<DelegatedAccess>) -> Self {
        Self {
            supervisor,
            delegated_access,
        }
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
                .map_err(|error| ToolError::new(kind(&error), error.to_string()))
        };
        Box::pin(open.instrument(tracing::debug_span!("user session")))
    }

    fn advise<'a>(
        &'a self,
        caller: &'a Caller,
        error: ToolError,
    ) -> Pin<Box<dyn Future<Output = ToolError> + Send + 'a>> {
        Box::pin(async move {
            let Some(access) = self
                .delegated_access
                .as_ref()
                .filter(|_| error.kind() == NOT_PROVISIONED)
            else {
                return error;
            };
            let advice = match access.link(&caller.principal).await {
                Ok(url) => format!(
                    "Ask the user to open this link in a browser within ten minutes, to log in with the same account and \
                     to agree; then try again: {url}"
                ),
                Err(_) => "The tool provision_nextcloud_access gives a link to open in a browser.".to_owned(),
            };
            ToolError::new(NOT_PROVISIONED, format!("{error}. {advice}"))
        })
    }

    fn delegated_access(&self) -> Option<&DelegatedAccess> {
        self.delegated_access.as_ref()
    }
}

/// The user has to agree first.
const NOT_PROVISIONED: &str = "not_provisioned";

fn kind(error: &SessionError) -> &'static str {
    match error {
        SessionError::NotProvisioned(_) => NOT_PROVISIONED,
        SessionError::Busy(_) => "busy",
        _ => "session",
    }
}
