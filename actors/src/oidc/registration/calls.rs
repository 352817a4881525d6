//! The four calls. One attempt each: when to try again is the caller's to decide.

use std::time::Duration;

use http::StatusCode;
use http::header::{ACCEPT, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::{ClientInformation, ClientMetadata, Refusal, Registration, RegistrationError};
use crate::clock::Clock;
use crate::http::read_bounded;

/// Bound on one call, connection and body included.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Bound on an answer. Nextcloud's are below one kilobyte.
const MAX_BODY: usize = 64 * 1024;

/// What became of a client that was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// The provider deleted it.
    Deleted,
    /// The provider does not know it, or not under this registration access token: nothing is left to do here.
    Unknown,
}

/// An update as RFC 7592 §2.2 wants it: the client repeats its identifier and its secret.
#[derive(Serialize)]
struct UpdateBody<'a> {
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    #[serde(flatten)]
    metadata: &'a ClientMetadata,
}

/// Registers a client (RFC 7591 §3). Whoever has no answer does not know whether the client exists now.
pub async fn register(
    http: &Client,
    clock: &dyn Clock,
    endpoint: &str,
    metadata: &ClientMetadata,
) -> Result<ClientInformation, RegistrationError> {
    let answer = send(http.post(endpoint).json(metadata), clock).await?;
    client_information(endpoint, answer).await
}

/// Reads what the provider holds (RFC 7592 §2.1).
pub async fn read(
    http: &Client,
    clock: &dyn Clock,
    registration: &Registration,
) -> Result<ClientInformation, RegistrationError> {
    let request = authorized(http.get(&registration.client_uri), registration);
    client_information(&registration.client_uri, send(request, clock).await?).await
}

/// Changes the client to `metadata` (RFC 7592 §2.2). The answer may carry a new registration access token: store
/// that before anything else. Nextcloud keeps the old one valid for another minute.
pub async fn update(
    http: &Client,
    clock: &dyn Clock,
    registration: &Registration,
    client_id: &str,
    client_secret: Option<&SecretString>,
    metadata: &ClientMetadata,
) -> Result<ClientInformation, RegistrationError> {
    let body = UpdateBody {
        client_id,
        client_secret: client_secret.map(ExposeSecret::expose_secret),
        metadata,
    };
    let request = authorized(http.put(&registration.client_uri), registration).json(&body);
    client_information(&registration.client_uri, send(request, clock).await?).await
}

/// Deletes the client at the provider (RFC 7592 §2.3).
pub async fn delete(
    http: &Client,
    clock: &dyn Clock,
    registration: &Registration,
) -> Result<Deletion, RegistrationError> {
    match send(authorized(http.delete(&registration.client_uri), registration), clock).await {
        Ok(_) => Ok(Deletion::Deleted),
        Err(RegistrationError::Refused(Refusal {
            status: 401 | 403 | 404 | 410,
            ..
        })) => Ok(Deletion::Unknown),
        Err(error) => Err(error),
    }
}

fn authorized(request: RequestBuilder, registration: &Registration) -> RequestBuilder {
    request.bearer_auth(registration.access_token.expose_secret())
}

/// Sends and sorts out every answer that is not a success.
async fn send(request: RequestBuilder, clock: &dyn Clock) -> Result<Response, RegistrationError> {
    let response = request
        .header(ACCEPT, "application/json")
        .header("OCS-APIRequest", "true")
        .timeout(TIMEOUT)
        .send()
        .await
        .map_err(RegistrationError::Transport)?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = retry_after(&response, clock);
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(RegistrationError::TooManyRequests { retry_after });
    }
    if status.is_server_error() {
        return Err(RegistrationError::Server {
            status: status.as_u16(),
            retry_after,
        });
    }
    if status.is_client_error() {
        let body = read_bounded(response, MAX_BODY, TIMEOUT).await.unwrap_or_default();
        return Err(RegistrationError::Refused(Refusal::parse(status.as_u16(), &body)));
    }
    Err(RegistrationError::Malformed {
        status: status.as_u16(),
        endpoint: response.url().to_string(),
        reason: "a redirect is not followed with credentials".to_owned(),
    })
}

async fn client_information(endpoint: &str, response: Response) -> Result<ClientInformation, RegistrationError> {
    let status = response.status().as_u16();
    let body = read_bounded(response, MAX_BODY, TIMEOUT)
        .await
        .map_err(RegistrationError::Body)?;
    serde_json::from_slice(&body).map_err(|error| RegistrationError::Malformed {
        status,
        endpoint: endpoint.to_owned(),
        // The message of a data error may quote the answer, and the answer may hold a secret.
        reason: match error.classify() {
            serde_json::error::Category::Data => "no usable client_id in it".to_owned(),
            _ => format!("not JSON, line {} column {}", error.line(), error.column()),
        },
    })
}

/// `Retry-After` (RFC 9110 §10.2.3): seconds or a date.
fn retry_after(response: &Response, clock: &dyn Clock) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    httpdate::parse_http_date(value).ok()?.duration_since(clock.now()).ok()
}
