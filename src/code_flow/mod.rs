//! This server as an OAuth client in a person's browser: the authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636,
//! OpenID Connect Core §3.1), out to the provider and back to `/oauth/callback`.
//!
//! What a login is for, and where it is remembered meanwhile, is its owner's business.

mod arrive;
mod error;

use std::fmt;
use std::sync::Arc;

use actors::authorization_sessions::{LIFETIME, Login};
use actors::clock::SharedClock;
use actors::digest;
use actors::oidc::{ClientCredentials, ProviderMetadata};
use actors::token_verifier::{OwnClient, TokenVerifier};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use arrive::{Answer, Person, Redeemed};
pub use error::{ArriveError, DepartError};

use crate::http::CookiePolicy;

/// Where the provider sends the browser back to, whatever it was doing.
pub const CALLBACK_PATH: &str = "/oauth/callback";

/// What the flow is made of.
pub struct CodeFlowOptions {
    /// This server as browsers reach it, without a trailing slash.
    pub public_url: String,
    /// How cookies are set.
    pub cookies: CookiePolicy,
    /// The provider, and what checks its ID tokens.
    pub verifier: TokenVerifier,
    /// This server's OAuth client there.
    pub clients: Arc<dyn OwnClient>,
    /// For the calls to the provider.
    pub http: reqwest::Client,
    /// The time.
    pub clock: SharedClock,
}

/// The flow. Clones share everything.
#[derive(Clone)]
pub struct CodeFlow(Arc<CodeFlowOptions>);

/// Where a login would go at this moment.
#[derive(Debug)]
pub struct Destination {
    endpoint: Url,
    /// As which client.
    pub client_id: Arc<str>,
}

/// What is asked for.
#[derive(Debug)]
pub struct Request<'a> {
    /// What the answer is checked with.
    pub login: &'a Login,
    /// What its owner finds it again by.
    pub state: &'a SecretString,
    /// What the browser is known again by.
    pub cookie: &'a SecretString,
    /// The scopes, separated by spaces.
    pub scope: &'a str,
    /// What the access token is for (RFC 8707).
    pub resource: Option<&'a str>,
}

/// Where to send the browser, and with what.
#[derive(Debug)]
pub struct Departure {
    /// The provider's authorization endpoint with the request.
    pub location: Url,
    /// The value of a `Set-Cookie` header.
    pub cookie: SecretString,
}

impl CodeFlow {
    /// The flow at one provider.
    pub fn new(options: CodeFlowOptions) -> Self {
        Self(Arc::new(options))
    }

    /// Where a login would go: found out before anything is used up for it. The provider is asked whether it still knows
    /// our client, since a browser that shows it a dead one does not come back.
    pub async fn destination(&self) -> Result<Destination, DepartError> {
        let confirmed = self.0.verifier.confirm_own_client().await;
        confirmed.map_err(|_| DepartError::NotReady)?;
        let (provider, client) = self.provider().ok_or(DepartError::NotReady)?;
        let endpoint = Url::parse(&provider.authorization_endpoint).map_err(|_| DepartError::BadEndpoint)?;
        Ok(Destination {
            endpoint,
            client_id: client.client_id,
        })
    }

    /// The authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).
    pub fn depart(&self, destination: Destination, request: &Request<'_>) -> Departure {
        let Request { login, state, .. } = request;
        let state = state.expose_secret();
        let mut location = destination.endpoint;
        location
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &login.client_id)
            .append_pair("redirect_uri", &self.redirect_uri())
            .append_pair("scope", request.scope)
            .append_pair("state", state)
            .append_pair("nonce", &login.nonce)
            .append_pair("code_challenge", &login.challenge())
            .append_pair("code_challenge_method", "S256");
        if let Some(resource) = request.resource {
            location.query_pairs_mut().append_pair("resource", resource);
        }
        let cookie = request.cookie.expose_secret();
        let cookie = self.0.cookies.set(&cookie_name(state), cookie, Some(LIFETIME));
        Departure {
            location,
            cookie: cookie.into(),
        }
    }

    /// The value of a `Set-Cookie` header that removes the cookie of a login.
    pub fn cookie_removal(&self, state: &str) -> String {
        self.0.cookies.remove(&cookie_name(state))
    }

    fn redirect_uri(&self) -> String {
        format!("{}{CALLBACK_PATH}", self.0.public_url)
    }

    /// The provider and our client there, once both are known.
    fn provider(&self) -> Option<(Arc<ProviderMetadata>, ClientCredentials)> {
        let provider = self.0.verifier.provider().borrow().clone();
        provider.zip(self.0.clients.current())
    }
}

/// The name of the cookie that binds the login with this state to a browser. Each login has its own, so that two of them do
/// not get in each other's way.
fn cookie_name(state: &str) -> String {
    let digest = digest::base64url([state]);
    format!("nextcloud-mcp-login-{}", &digest[..16])
}

impl fmt::Debug for CodeFlow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CodeFlow")
    }
}

impl fmt::Debug for CodeFlowOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CodeFlowOptions")
            .field("public_url", &self.public_url)
            .field("cookies", &self.cookies)
            .finish_non_exhaustive()
    }
}
