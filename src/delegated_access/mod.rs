//! Delegated access (Flow 2): a person lets this server reach their Nextcloud by itself, with a grant of its own.
//!
//! A tool gives the person a link. It proves which principal asked, once, for ten minutes. In the browser it leads to the
//! provider and back to `/oauth/callback`, where the grant is taken if everything fits: the state is ours and unused, the
//! browser is the one that went, the provider is the one that was asked, the ID token is good, and the account that logged
//! in is the principal that asked.

mod begin;
mod error;
mod finish;

use std::fmt;
use std::sync::Arc;

use actors::authorization_sessions::{AuthorizationSessions, Flow, Kind};
use actors::principal::{Principal, Subject};
use actors::randomness::SharedRandomness;
use actors::supervisor::Supervisor;
use actors::user_session::{GrantStatus, Revocation, SessionError};
use secrecy::ExposeSecret;

pub use error::{BeginError, FinishError};
pub use finish::Arrived;

use crate::code_flow::CodeFlow;

/// What is asked for: who it is, and the means to renew the grant.
const SCOPE: &str = "openid profile email offline_access";
/// Where the link of a tool leads.
pub const LINK_PATH: &str = "/oauth/authorize-nextcloud";

/// What delegated access is made of.
pub struct DelegatedAccessOptions {
    /// This server as browsers reach it, without a trailing slash.
    pub public_url: String,
    /// What the grant is for (RFC 8707): Nextcloud, by the name that the provider knows it by. Not this server, so that
    /// the token is none for `/mcp`. `None` where the provider knows no resources.
    pub resource: Option<String>,
    /// Whose sessions keep the grants.
    pub supervisor: Supervisor,
    /// Browsers' way to the provider and back.
    pub code_flow: CodeFlow,
    /// The logins under way.
    pub flows: AuthorizationSessions,
    /// Where cookies come from.
    pub randomness: SharedRandomness,
}

/// Delegated access. Clones share everything.
#[derive(Clone)]
pub struct DelegatedAccess(Arc<DelegatedAccessOptions>);

impl DelegatedAccess {
    /// Delegated access through one provider.
    pub fn new(options: DelegatedAccessOptions) -> Self {
        Self(Arc::new(options))
    }

    /// A link for `principal` to open in a browser: good once, for ten minutes. Whoever opens it has to log in as them.
    pub async fn link(&self, principal: &Principal) -> Result<String, BeginError> {
        let flow = Flow::ProvisioningLink {
            subject: principal.subject.clone(),
        };
        let ticket = self.0.flows.begin(Kind::Link, flow).await?;
        let public_url = &self.0.public_url;
        Ok(format!("{public_url}{LINK_PATH}?ticket={}", ticket.expose_secret()))
    }

    /// How the grant of `principal` stands; `None` if there is none.
    pub async fn status(&self, principal: &Principal) -> Result<Option<Arc<GrantStatus>>, SessionError> {
        let session = self.0.supervisor.session(principal)?;
        match session.own_grant() {
            Some(grant) => grant.status().await,
            None => Ok(None),
        }
    }

    /// Forgets the grant of `principal`, and ends it at the provider where that is possible. `None` if there was none.
    pub async fn revoke(&self, principal: &Principal) -> Result<Option<Revocation>, SessionError> {
        let session = self.0.supervisor.session(principal)?;
        match session.own_grant() {
            Some(grant) => grant.revoke().await,
            None => Ok(None),
        }
    }
}

/// A principal for a person, as the session directory wants it.
pub(crate) fn principal(subject: Subject) -> Principal {
    Principal {
        subject,
        client_id: None,
        scopes: None,
        expires_at: None,
    }
}

impl fmt::Debug for DelegatedAccess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DelegatedAccess")
    }
}

impl fmt::Debug for DelegatedAccessOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DelegatedAccessOptions")
            .field("public_url", &self.public_url)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}
