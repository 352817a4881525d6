//! A person's own pages: logging in with the browser, seeing what this server may do in their Nextcloud, and changing it.
//!
//! The browser's session is worth nothing at `/mcp`, and a client's token nothing here.

mod csrf;
mod grant;
mod login;
mod logout;
mod page;

use std::fmt;
use std::sync::Arc;

use actors::browser_sessions::{BrowserSession, BrowserSessions};
use actors::principal::Principal;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::CookiePolicy;
use super::pages::{Kind, Link, Site, message};
use crate::code_flow::CodeFlow;
use crate::delegated_access::{self, DelegatedAccess};

/// Longest form that is read, in bytes.
const FORM_LIMIT: usize = 4 * 1024;
/// Which browser is whose. Without a lifetime: the server knows when the session ends.
const SESSION_COOKIE: &str = "nextcloud-mcp-session";

/// Where a person's own page is.
pub(super) const PAGE: &str = "/user/page";
const PROVISION: &str = "/user/provision";
const REVOKE: &str = "/user/revoke";
const LOGIN: &str = "/oauth/login";
const LOGOUT: &str = "/oauth/logout";

/// What a person's own pages are made of.
#[derive(Clone)]
pub struct Account {
    /// Where the pages are.
    pub site: Site,
    /// How cookies are set.
    pub cookies: CookiePolicy,
    /// The browsers that are logged in.
    pub browsers: BrowserSessions,
    /// Browsers' way to the provider and back.
    pub code_flow: CodeFlow,
    /// Users' grants, where the server has its own.
    pub delegated_access: Option<DelegatedAccess>,
}

/// The routes, for any state.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(account: Account) -> Router<S> {
    Router::new()
        .route(LOGIN, get(login::begin))
        .route(LOGOUT, post(logout::log_out))
        .route(PAGE, get(page::show))
        .route(PROVISION, post(grant::provision))
        .route(REVOKE, post(grant::revoke))
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .with_state(Arc::new(account))
}

/// A browser that is logged in.
struct Visitor {
    cookie: String,
    session: BrowserSession,
}

impl Visitor {
    fn principal(&self) -> Principal {
        delegated_access::principal(self.session.subject())
    }
}

/// An answer that ends a handler early.
struct Refusal(Box<Response>);

impl From<Response> for Refusal {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl Account {
    /// Whose browser sent the request, if it is logged in.
    async fn visitor(&self, headers: &HeaderMap) -> Result<Option<Visitor>, Refusal> {
        let Some(cookie) = self.cookies.read(SESSION_COOKIE, headers) else {
            return Ok(None);
        };
        match self.browsers.find(cookie).await {
            Ok(session) => Ok(session.map(|session| Visitor {
                cookie: cookie.to_owned(),
                session,
            })),
            Err(error) => {
                tracing::error!(%error, "a browser's session cannot be read");
                Err(self.unavailable().into())
            }
        }
    }

    /// Users' grants; where the server has none, nothing can be done with them.
    fn delegated_access(&self) -> Result<&DelegatedAccess, Refusal> {
        Ok(self.delegated_access.as_ref().ok_or_else(|| self.unavailable())?)
    }

    fn unavailable(&self) -> Response {
        self.failure(
            StatusCode::SERVICE_UNAVAILABLE,
            "Not possible at the moment",
            &["Something that this server needs is not available. Please try again in a minute."],
        )
    }

    /// A page that says what did not work, and leads back.
    fn failure(&self, status: StatusCode, title: &str, paragraphs: &[&str]) -> Response {
        let back = Link::own("Back to your access", PAGE);
        message(&self.site, Kind::Failure(status), title, paragraphs, Some(back))
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Account")
    }
}
