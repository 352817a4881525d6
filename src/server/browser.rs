//! What people's browsers are led through, put together.

use std::sync::Arc;

use actors::browser_sessions::BrowserSessions;
use actors::clock::SystemClock;
use actors::randomness::SystemRandomness;

use super::{Identity, StartError};
use crate::code_flow::{CodeFlow, CodeFlowOptions};
use crate::config::Config;
use crate::delegated_access::DelegatedAccess;
use crate::http::CookiePolicy;
use crate::http::account::Account;
use crate::http::pages::Site;

/// Browsers' way to the identity provider and back.
pub(super) fn code_flow(config: &Config, public_url: &str, identity: &Identity) -> Result<CodeFlow, StartError> {
    Ok(CodeFlow::new(CodeFlowOptions {
        public_url: public_url.to_owned(),
        cookies: cookies(config),
        verifier: identity.verifier.clone(),
        clients: Arc::new(identity.registrar.clone()),
        http: actors::http::client(&config.nextcloud.http)?,
        clock: SystemClock::shared(),
    }))
}

/// People's own pages.
pub(super) async fn account(
    config: &Config,
    identity: &Identity,
    code_flow: CodeFlow,
    delegated_access: Option<DelegatedAccess>,
) -> Result<Account, StartError> {
    let vault = identity.vault.clone();
    Ok(Account {
        site: Site::new(&config.server.public_url),
        cookies: cookies(config),
        browsers: BrowserSessions::open(vault, SystemClock::shared(), SystemRandomness::shared()).await?,
        code_flow,
        delegated_access,
    })
}

fn cookies(config: &Config) -> CookiePolicy {
    CookiePolicy {
        secure: config.http_guard.secure_cookies,
    }
}
