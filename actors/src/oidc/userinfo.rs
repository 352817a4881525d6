//! The userinfo endpoint (OpenID Connect Core §5.3): what a person is called, and the last resort to find out whether a
//! token is good.

use http::StatusCode;
use serde::Deserialize;

use super::call::{CallError, body, endpoint, parse, send, status_error};
use super::claims::OneOrMany;

/// Longest answer that is read.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Whose token it is. Userinfo tells neither audience nor expiry.
#[derive(Debug, Deserialize)]
pub struct UserInfo {
    /// Whom the token speaks for.
    pub sub: String,
    /// Granted scopes: not in the standard, but Nextcloud sends them.
    #[serde(default)]
    pub scope: Option<OneOrMany>,
    /// What the person is called, for people to read. It proves nothing.
    #[serde(default)]
    pub name: Option<String>,
}

/// What the provider says of a token at userinfo.
#[derive(Debug)]
pub enum UserInfoAnswer {
    /// The token is good.
    Known(UserInfo),
    /// It is not. Nextcloud says so with 400, others with 401 or 403.
    Refused,
}

/// Asks the provider whose token it is.
pub async fn userinfo(
    http: &reqwest::Client,
    userinfo_endpoint: &str,
    token: &str,
) -> Result<UserInfoAnswer, CallError> {
    let url = endpoint(userinfo_endpoint)?;
    let response = send(&url, http.get(url.clone()).bearer_auth(token)).await?;
    match response.status() {
        StatusCode::OK => {
            let body = body(&url, response, ANSWER_LIMIT).await?;
            parse(&url, &body, "userinfo").map(UserInfoAnswer::Known)
        }
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Ok(UserInfoAnswer::Refused),
        status => Err(status_error(&url, status)),
    }
}
