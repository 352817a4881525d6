//! `GET /oauth/login`, and what becomes of its answer at `/oauth/callback`.

use std::sync::Arc;

use actors::authorization_sessions::Login;
use actors::browser_sessions::BrowserSessionError;
use axum::extract::State;
use axum::response::Response;
use secrecy::ExposeSecret;

use super::{Account, LOGIN, PAGE, SESSION_COOKIE};
use crate::code_flow::{Answer, ArriveError, Request};
use crate::http::oauth::{FlowFailure, see_other};
use crate::http::pages::{Kind, Link, message};

/// Who it is. The tokens that come with the answer are not kept.
const SCOPE: &str = "openid profile email";

/// Why nobody is logged in.
#[derive(Debug, thiserror::Error)]
enum LoginError {
    #[error(transparent)]
    Arrive(#[from] ArriveError),
    #[error(transparent)]
    Session(#[from] BrowserSessionError),
}

/// Sends the browser to the identity provider. It comes back to the person's own page and to nowhere else.
pub(super) async fn begin(State(account): State<Arc<Account>>) -> Response {
    let destination = match account.code_flow.destination().await {
        Ok(destination) => destination,
        Err(error) => {
            tracing::warn!(%error, "a login cannot begin");
            return account.unavailable();
        }
    };
    let begun = account.browsers.begin_login(&destination.client_id);
    let request = Request {
        login: &begun.login,
        state: &begun.state,
        cookie: &begun.cookie,
        scope: SCOPE,
        resource: None,
    };
    let departure = account.code_flow.depart(destination, &request);
    see_other(departure.location.as_str(), departure.cookie.expose_secret())
}

impl Account {
    /// Answers a browser that comes back from `login`.
    pub(in crate::http) async fn finish_login(&self, login: &Login, answer: &Answer) -> Response {
        match self.log_in(login, answer).await {
            Ok(cookie) => see_other(&self.site.path(PAGE), &cookie),
            Err(LoginError::Arrive(error)) => {
                tracing::warn!(%error, "a browser was not logged in");
                let failure = FlowFailure::from(&error);
                message(
                    &self.site,
                    Kind::Failure(failure.status),
                    failure.title,
                    &[failure.reason, "You are not logged in."],
                    Some(Link::own("Log in again", LOGIN)),
                )
            }
            Err(LoginError::Session(error)) => {
                tracing::error!(%error, "a browser's session cannot begin");
                self.unavailable()
            }
        }
    }

    /// Gives the cookie of a new session: what the browser held before is worth nothing afterwards.
    async fn log_in(&self, login: &Login, answer: &Answer) -> Result<String, LoginError> {
        let redeemed = self.code_flow.redeem(login, None, answer).await?;
        let person = self.code_flow.identify(login, &redeemed).await?;
        let name = self.code_flow.display_name(&person, &redeemed).await;
        if let Some(earlier) = self.cookies.read(SESSION_COOKIE, &answer.headers) {
            self.browsers.end(earlier).await?;
        }
        let name = name.or(person.username);
        let cookie = self.browsers.begin(&person.subject, name).await?;
        Ok(self.cookies.set(SESSION_COOKIE, cookie.expose_secret(), None))
    }
}
