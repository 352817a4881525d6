//! The tools.

use actors::user_session::{GrantStatus, Revocation, SessionError};
use jiff::Timestamp;

use super::model::{AccessRequest, LoggedIn, ProvisioningStatus, RevocationResult};
use crate::delegated_access::BeginError;
use crate::mcp::{AccountContext, NoArguments, ToolError, ToolResult};

pub(super) async fn provision(account: AccountContext, _: NoArguments) -> ToolResult<AccessRequest> {
    let principal = &account.caller.principal;
    if account.access.status(principal).await.map_err(unavailable)?.is_some() {
        return Ok(AccessRequest {
            success: true,
            provisioning_url: None,
            message: "This server already has access to the user's Nextcloud. To give it anew, revoke it first."
                .to_owned(),
            already_provisioned: true,
        });
    }
    let url = account.access.link(principal).await.map_err(no_link)?;
    Ok(AccessRequest {
        success: true,
        message: format!(
            "Ask the user to open this link in a browser within ten minutes, to log in with the same account and to agree: \
             {url}"
        ),
        provisioning_url: Some(url),
        already_provisioned: false,
    })
}

pub(super) async fn revoke(account: AccountContext, _: NoArguments) -> ToolResult<RevocationResult> {
    let revoked = account.access.revoke(&account.caller.principal).await;
    let message = match revoked.map_err(unavailable)? {
        None => "There was no access to revoke.",
        Some(Revocation::Done) => "The access is forgotten here, and has ended at the identity provider.",
        Some(Revocation::NotOffered) => {
            "The access is forgotten here. The identity provider offers no revocation: what it issued ends when it expires, \
             or when the user ends it there."
        }
        Some(Revocation::Failed) => {
            "The access is forgotten here. The identity provider could not be told: what it issued ends when it expires, or \
             when the user ends it there."
        }
    };
    Ok(RevocationResult {
        success: true,
        message: message.to_owned(),
    })
}

pub(super) async fn status(account: AccountContext, _: NoArguments) -> ToolResult<ProvisioningStatus> {
    let status = account.access.status(&account.caller.principal).await;
    Ok(status
        .map_err(unavailable)?
        .map_or_else(ProvisioningStatus::default, |status| describe(&status)))
}

fn describe(status: &GrantStatus) -> ProvisioningStatus {
    let granted_at = i64::try_from(status.granted_at).ok();
    ProvisioningStatus {
        is_provisioned: true,
        provisioned_at: granted_at
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .map(|at| at.to_string()),
        credential_type: Some("refresh_token"),
        client_id: Some(status.client_id.clone()),
        scopes: Some(status.scope.split_ascii_whitespace().map(ToOwned::to_owned).collect()),
        flow_type: Some("flow2"),
    }
}

pub(super) async fn logged_in(account: AccountContext, _: NoArguments) -> ToolResult<LoggedIn> {
    let principal = &account.caller.principal;
    if account.access.status(principal).await.map_err(unavailable)?.is_some() {
        return Ok(LoggedIn {
            result: "yes".to_owned(),
        });
    }
    let url = account.access.link(principal).await.map_err(no_link)?;
    Ok(LoggedIn {
        result: format!("no: ask the user to open this link in a browser within ten minutes, and to agree: {url}"),
    })
}

fn unavailable(error: SessionError) -> ToolError {
    ToolError::new("session", error.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn no_link(error: BeginError) -> ToolError {
    ToolError::new("no_link", error.to_string())
}
