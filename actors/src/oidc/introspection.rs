//! Token introspection (RFC 7662).

use http::StatusCode;
use http::header::AUTHORIZATION;
use secrecy::ExposeSecret;
use serde::Deserialize;
use url::Url;

use super::call::{CallError, body, client_refused, endpoint, parse, send, status_error};
use super::claims::{NumericDate, OneOrMany};
use super::credentials::ClientCredentials;

/// Longest answer that is read.
const ANSWER_LIMIT: usize = 64 * 1024;

/// How a client shows who it is (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// `client_secret_basic`: in the `Authorization` header.
    Basic,
    /// `client_secret_post`: in the form.
    Post,
}

impl ClientAuthentication {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Basic => Self::Post,
            Self::Post => Self::Basic,
        }
    }
}

/// What the provider says of a token (RFC 7662 §2.2).
#[derive(Debug, Deserialize)]
pub struct Introspection {
    /// Whether it is valid, and meant for whoever asks.
    pub active: bool,
    /// Granted scopes.
    #[serde(default)]
    pub scope: Option<OneOrMany>,
    /// The client it was given to.
    pub client_id: Option<String>,
    /// A readable name of the person.
    pub username: Option<String>,
    /// Whom it speaks for.
    pub sub: Option<String>,
    /// Whom it is meant for. Nextcloud names the owner's client here, never the resource.
    #[serde(default)]
    pub aud: Option<OneOrMany>,
    /// Who issued it; Nextcloud leaves it out.
    pub iss: Option<String>,
    /// When it ends. At Nextcloud this is twice as far away as the `exp` in a JWT.
    pub exp: Option<NumericDate>,
    /// When it begins.
    pub nbf: Option<NumericDate>,
}

/// Asks the provider about a token. [`CallError::ClientRefused`] means that it does not accept `client` in this way.
pub async fn introspect(
    http: &reqwest::Client,
    introspection_endpoint: &str,
    client: &ClientCredentials,
    authentication: ClientAuthentication,
    token: &str,
) -> Result<Introspection, CallError> {
    let url = endpoint(introspection_endpoint)?;
    let mut form = vec![("token", token)];
    let mut request = http.post(url.clone());
    if let (ClientAuthentication::Basic, Some(basic)) = (authentication, client.basic()) {
        request = request.header(AUTHORIZATION, basic.expose_secret());
    } else {
        form.push(("client_id", &client.client_id));
        if let Some(secret) = &client.client_secret {
            form.push(("client_secret", secret.expose_secret()));
        }
    }
    let response = send(&url, request.form(&form)).await?;
    let status = response.status();
    match status {
        StatusCode::OK => parse(
            &url,
            &body(&url, response, ANSWER_LIMIT).await?,
            "an introspection response",
        ),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(client_refused(&url, status)),
        StatusCode::BAD_REQUEST if names_invalid_client(&url, response).await => Err(client_refused(&url, status)),
        _ => Err(status_error(&url, status)),
    }
}

/// Some providers send `invalid_client` with 400, although RFC 6749 §5.2 wants 401.
async fn names_invalid_client(url: &Url, response: reqwest::Response) -> bool {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    let Ok(body) = body(url, response, ANSWER_LIMIT).await else {
        return false;
    };
    parse::<Refusal>(url, &body, "an error").is_ok_and(|refusal| refusal.error == "invalid_client")
}
