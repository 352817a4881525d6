//! What can go wrong between us and Nextcloud.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{NoCredential, Open, Overloaded};
use crate::http::BodyError;

/// Longest text of Nextcloud's that an error repeats, in characters.
const CLIPPED: usize = 200;

/// A request to Nextcloud that did not give what it should.
#[derive(Debug, thiserror::Error)]
pub enum NextcloudError {
    /// The request cannot be made as asked; nothing was sent.
    #[error("the request is not valid: {0}")]
    Invalid(&'static str),
    /// There is no credential to show at the moment; nothing was sent.
    #[error(transparent)]
    NoCredential(#[from] NoCredential),
    /// The user's other requests take up all places; nothing was sent.
    #[error(transparent)]
    Overloaded(#[from] Overloaded),
    /// Nextcloud failed repeatedly a moment ago; nothing was sent.
    #[error(transparent)]
    CircuitOpen(#[from] Open),
    /// No connection: refused, no such host, TLS failure.
    #[error("Nextcloud cannot be reached: {0}")]
    Unreachable(String),
    /// No answer in time.
    #[error("Nextcloud did not answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// The connection broke while the answer was read.
    #[error("the connection to Nextcloud broke: {0}")]
    Interrupted(String),
    /// Nextcloud answered with an error.
    #[error("{0}")]
    Status(Box<StatusError>),
    /// A success whose body is not what the API answers with: HTML, nothing, or something else.
    #[error("Nextcloud answered {status} with {what} where {expected} was expected")]
    Unexpected {
        /// The status.
        status: StatusCode,
        /// What the body was, in words.
        what: String,
        /// What it should have been.
        expected: &'static str,
    },
    /// The answer is larger than we hold in memory.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

/// An error status and what came with it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("Nextcloud answered {}{}", .status.as_u16(), .message.as_deref().map(|message| format!(": {message}")).unwrap_or_default())]
pub struct StatusError {
    /// The HTTP status, or the OCS status code where that tells more.
    pub status: StatusCode,
    /// What Nextcloud said, clipped, without control characters. `None` when the body told nothing (empty, HTML).
    pub message: Option<String>,
    /// `Retry-After`, where given in seconds.
    pub retry_after: Option<Duration>,
    /// The body, for the few errors whose body is data (a 412 of Notes is the current note).
    pub body: Bytes,
}

impl StatusError {
    /// Reads status, headers and body of an error answer.
    pub fn new(status: StatusCode, headers: &HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            message: message_of(&body),
            retry_after: retry_after(headers),
            body,
        }
    }
}

impl NextcloudError {
    /// The HTTP status that Nextcloud answered with, if it answered with an error.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Status(error) => Some(error.status),
            _ => None,
        }
    }

    /// A short name for metrics and `error.type` in traces.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_request",
            Self::NoCredential(error) if error.has_ended => "not_provisioned",
            Self::NoCredential(_) => "no_credential",
            Self::Overloaded(_) => "overloaded",
            Self::CircuitOpen(_) => "circuit_open",
            Self::Unreachable(_) => "unreachable",
            Self::Timeout(_) => "timeout",
            Self::Interrupted(_) => "interrupted",
            Self::Status(error) if error.status.is_server_error() => "server_error",
            Self::Status(error) => match error.status.as_u16() {
                401 => "unauthorized",
                403 => "forbidden",
                404 => "not_found",
                409 => "conflict",
                412 => "precondition_failed",
                423 => "locked",
                429 => "rate_limited",
                507 => "quota_exceeded",
                _ => "client_error",
            },
            Self::Unexpected { .. } => "unexpected_answer",
            Self::TooLarge { .. } => "too_large",
        }
    }
}

impl From<StatusError> for NextcloudError {
    fn from(error: StatusError) -> Self {
        Self::Status(Box::new(error))
    }
}

impl From<BodyError> for NextcloudError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge { limit } => Self::TooLarge { limit },
            BodyError::Transport(error) => Self::Interrupted(root_cause(&error)),
            BodyError::Silent(silence) => Self::Timeout(silence),
        }
    }
}

/// The innermost reason of a transport error. The outer ones repeat the URL, which can hold names of a user's files.
pub(super) fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    if std::ptr::addr_eq(cause, std::ptr::from_ref(error)) {
        return "the request failed".to_owned();
    }
    clip(&cause.to_string())
}

/// `Retry-After` in its form of delay seconds (RFC 9110 §10.2.3).
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// The shapes in which Nextcloud's apps say what is wrong.
#[derive(Deserialize)]
struct ErrorBody {
    message: Option<String>,
    msg: Option<String>,
    #[serde(rename = "errorType")]
    error_type: Option<String>,
    error_description: Option<String>,
    error: Option<serde_json::Value>,
    ocs: Option<OcsEnvelope>,
}

#[derive(Deserialize)]
struct OcsEnvelope {
    meta: OcsMeta,
}

#[derive(Deserialize)]
struct OcsMeta {
    message: Option<String>,
}

fn message_of(body: &[u8]) -> Option<String> {
    let message = if body.first() == Some(&b'{') {
        let error: ErrorBody = serde_json::from_slice(body).ok()?;
        error
            .ocs
            .and_then(|ocs| ocs.meta.message)
            .or(error.message)
            .or(error.msg)
            .or(error.error_description)
            .or_else(|| error.error_type.as_deref().map(short_class))
            .or_else(|| Some(error.error?.as_str()?.to_owned()))?
    } else {
        sabre_message(std::str::from_utf8(body).ok()?)?
    };
    let message = clip(&message);
    (!message.is_empty()).then_some(message)
}

/// `OCA\Notes\Service\NoteDoesNotExistException` → `NoteDoesNotExistException`.
fn short_class(class: &str) -> String {
    class.rsplit('\\').next().unwrap_or(class).to_owned()
}

/// The text of `<s:message>` in a DAV error (`{http://sabredav.org/ns}message`). The error is not worth an XML
/// parser: the text is only shown.
fn sabre_message(body: &str) -> Option<String> {
    let (_, rest) = body.split_once("<s:message>")?;
    let (message, _) = rest.split_once("</s:message>")?;
    Some(
        message
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&"),
    )
}

/// One line of bounded length.
pub(super) fn clip(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(CLIPPED)
        .collect();
    let trimmed = line.trim();
    if text.chars().nth(CLIPPED).is_some() {
        format!("{trimmed}…")
    } else {
        trimmed.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::StatusError;

    fn message(body: &str) -> Option<String> {
        StatusError::new(StatusCode::BAD_REQUEST, &HeaderMap::new(), body.to_owned().into()).message
    }

    #[test]
    fn every_recorded_shape_of_an_error_gives_its_message() {
        let ocs = r#"{"ocs":{"meta":{"status":"failure","statuscode":997,"message":"Current user is not logged in"},"data":[]}}"#;
        assert_eq!(message(ocs).unwrap(), "Current user is not logged in");
        assert_eq!(
            message(r#"{"status":403,"message":"Permission denied"}"#).unwrap(),
            "Permission denied"
        );
        assert_eq!(message(r#"{"msg":"No name","file":"x","line":1}"#).unwrap(), "No name");
        let note = r#"{"errorType":"OCA\\Notes\\Service\\NoteDoesNotExistException"}"#;
        assert_eq!(message(note).unwrap(), "NoteDoesNotExistException");
        let dav = "<?xml version=\"1.0\"?><d:error xmlns:s=\"http://sabredav.org/ns\"><s:message>File &amp; folder\nnot found</s:message></d:error>";
        assert_eq!(message(dav).unwrap(), "File & folder not found");
    }

    #[test]
    fn bodies_that_tell_nothing_give_no_message() {
        for body in ["", "<html><body>…</body></html>", "[]", "{\"message\":\"\"}", "{"] {
            assert_eq!(message(body), None, "{body}");
        }
    }

    #[test]
    fn long_messages_are_clipped() {
        let body = format!(r#"{{"message":"{}"}}"#, "é".repeat(500));
        assert_eq!(message(&body).unwrap().chars().count(), 201);
    }
}
