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
use actors::clock::SharedClock;
use actors::oidc::{ClientCredentials, ProviderMetadata};
use actors::principal::{Principal, Subject};
use actors::randomness::SharedRandomness;
use actors::supervisor::Supervisor;
use actors::token_verifier::{OwnClient, TokenVerifier};
use actors::user_session::{GrantStatus, Revocation, SessionError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

pub use begin::Departure;
pub use error::{BeginError, FinishError};
pub use finish::{Arrival, Arrived};

/// What is asked for: who it is, and the means to renew the grant.
const SCOPE: &str = "openid profile email offline_access";
/// Where the link of a tool leads.
pub const LINK_PATH: &str = "/oauth/authorize-nextcloud";
/// Where the provider sends the browser back to.
pub const CALLBACK_PATH: &str = "/oauth/callback";

/// What delegated access is made of.
pub struct DelegatedAccessOptions {
    /// This server as browsers reach it, without a trailing slash.
    pub public_url: String,
    /// What the grant is for (RFC 8707): Nextcloud as browsers reach it. Not this server, so that the token is none for
    /// `/mcp`.
    pub resource: String,
    /// Whose sessions keep the grants.
    pub supervisor: Supervisor,
    /// The provider, and what checks its ID tokens.
    pub verifier: TokenVerifier,
    /// This server's OAuth client there.
    pub clients: Arc<dyn OwnClient>,
    /// The logins under way.
    pub flows: AuthorizationSessions,
    /// For the calls to the provider.
    pub http: reqwest::Client,
    /// The time.
    pub clock: SharedClock,
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
        Ok(format!(
            "{}{LINK_PATH}?ticket={}",
            self.0.public_url,
            ticket.expose_secret()
        ))
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

    fn redirect_uri(&self) -> String {
        format!("{}{CALLBACK_PATH}", self.0.public_url)
    }

    /// The provider and our client there, once both are known.
    fn provider(&self) -> Option<(Arc<ProviderMetadata>, ClientCredentials)> {
        let provider = self.0.verifier.provider().borrow().clone();
        provider.zip(self.0.clients.current())
    }

    /// The name of the cookie that binds the login with this state to a browser. Each login has its own, so that two of
    /// them do not get in each other's way. With `__Host-` no other host and no plain http page can set it.
    fn cookie_name(&self, state: &str) -> String {
        let prefix = if self.is_secure() { "__Host-" } else { "" };
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(state));
        format!("{prefix}nextcloud-mcp-login-{}", &digest[..16])
    }

    fn is_secure(&self) -> bool {
        self.0.public_url.starts_with("https://")
    }
}

/// A principal for a person, as the session directory wants it.
fn principal(subject: Subject) -> Principal {
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
