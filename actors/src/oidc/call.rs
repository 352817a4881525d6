//! Bounded calls to a provider, and why one failed.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{ACCEPT, LOCATION};
use reqwest::Response;
use serde::de::DeserializeOwned;
use url::Url;

use crate::http::{BodyError, read_bounded};

/// Bound on one call, from the first byte sent to the last one read.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// How many redirects are followed for a public document. Nextcloud's documented nginx rules need one.
const MAX_REDIRECTS: usize = 5;

/// Why a call to a provider failed. No variant holds a credential or a part of an answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// An endpoint is not an absolute http(s) URL.
    #[error("{0:?} is not an http(s) URL")]
    BadUrl(String),
    /// No answer: connection, TLS or time limit.
    #[error("{url} cannot be reached: {}", root_cause(.source))]
    Unreachable {
        /// The endpoint.
        url: String,
        /// What went wrong.
        source: reqwest::Error,
    },
    /// An HTTP status that is no answer to the question.
    #[error("{url} answered {status}")]
    Status {
        /// The endpoint.
        url: String,
        /// The status.
        status: StatusCode,
    },
    /// The body is too long, or broke off.
    #[error("{url}: {source}")]
    Body {
        /// The endpoint.
        url: String,
        /// What went wrong.
        source: BodyError,
    },
    /// The body is not what the protocol says, for example an HTML page.
    #[error("{url} did not answer with {expected}")]
    Malformed {
        /// The endpoint.
        url: String,
        /// What the protocol says.
        expected: &'static str,
    },
    /// A redirect that is not followed.
    #[error("{url} redirects {problem}")]
    Redirect {
        /// The endpoint.
        url: String,
        /// Why it is not followed.
        problem: &'static str,
    },
    /// The provider does not know our OAuth client, or not with this secret.
    #[error("{url} refused this server's OAuth client ({status})")]
    ClientRefused {
        /// The endpoint.
        url: String,
        /// The status.
        status: StatusCode,
    },
}

impl CallError {
    /// Whether another document at the same host may still be worth a try.
    pub(super) fn is_about_one_document(&self) -> bool {
        match self {
            Self::Unreachable { .. } => false,
            Self::Status { status, .. } => !status.is_server_error(),
            _ => true,
        }
    }
}

/// The innermost cause: "connection refused" rather than "error sending request".
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// An endpoint as metadata or configuration gives it.
pub(super) fn endpoint(url: &str) -> Result<Url, CallError> {
    Url::parse(url)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| CallError::BadUrl(url.chars().take(200).collect()))
}

/// A URL for an error: no user, password, query or fragment.
fn display(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

/// Sends one request, and follows nothing.
pub(super) async fn send(url: &Url, request: reqwest::RequestBuilder) -> Result<Response, CallError> {
    request
        .header(ACCEPT, "application/json")
        .timeout(CALL_TIMEOUT)
        .send()
        .await
        .map_err(|source| CallError::Unreachable {
            url: display(url),
            source: source.without_url(),
        })
}

/// Reads a whole answer of at most `limit` bytes.
pub(super) async fn body(url: &Url, response: Response, limit: usize) -> Result<Bytes, CallError> {
    read_bounded(response, limit, CALL_TIMEOUT)
        .await
        .map_err(|source| CallError::Body {
            url: display(url),
            source,
        })
}

/// Gets a public JSON document, following redirects.
pub(super) async fn get_document(http: &reqwest::Client, url: &Url, limit: usize) -> Result<Bytes, CallError> {
    let mut at = url.clone();
    for _ in 0..=MAX_REDIRECTS {
        let response = send(&at, http.get(at.clone())).await?;
        match response.status() {
            StatusCode::OK => return body(&at, response, limit).await,
            status if status.is_redirection() => at = redirect_target(&at, &response)?,
            status => return Err(status_error(&at, status)),
        }
    }
    Err(CallError::Redirect {
        url: display(url),
        problem: "too often",
    })
}

fn redirect_target(from: &Url, response: &Response) -> Result<Url, CallError> {
    let refuse = |problem| CallError::Redirect {
        url: display(from),
        problem,
    };
    let location = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| refuse("without saying where to"))?;
    let target = from.join(location).map_err(|_| refuse("to something that is no URL"))?;
    match (from.scheme(), target.scheme()) {
        ("https", "http") => Err(refuse("from https to http")),
        (_, "http" | "https") => Ok(target),
        _ => Err(refuse("to something that is not http")),
    }
}

/// An unexpected status as an error.
pub(super) fn status_error(url: &Url, status: StatusCode) -> CallError {
    CallError::Status {
        url: display(url),
        status,
    }
}

/// The refusal of our OAuth client as an error.
pub(super) fn client_refused(url: &Url, status: StatusCode) -> CallError {
    CallError::ClientRefused {
        url: display(url),
        status,
    }
}

/// An answer that is not what the protocol says.
pub(super) fn malformed(url: &Url, expected: &'static str) -> CallError {
    CallError::Malformed {
        url: display(url),
        expected,
    }
}

/// Parses an answer. What the parser objects to is left out: it may quote the answer.
pub(super) fn parse<T: DeserializeOwned>(url: &Url, body: &[u8], expected: &'static str) -> Result<T, CallError> {
    serde_json::from_slice(body).map_err(|_| malformed(url, expected))
}
