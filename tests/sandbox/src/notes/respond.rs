//! Answers in the Notes app's own forms.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::folder::NotesError;
use super::parameters::WrongType;
use crate::{pages, reply};

const API_VERSIONS: HeaderName = HeaderName::from_static("x-notes-api-versions");

/// Why a controller has no ordinary answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The app's exception, named in `errorType`.
    Notes(NotesError),
    /// PHP's `TypeError`: the server's error page.
    Crash,
    /// No route fits this path and method.
    NoRoute {
        /// Whether it was a GET, which the app's catch-all route takes.
        get: bool,
    },
}

impl From<NotesError> for Failure {
    fn from(error: NotesError) -> Self {
        Self::Notes(error)
    }
}

impl From<WrongType> for Failure {
    fn from(_: WrongType) -> Self {
        Self::Crash
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Notes(error) => with_versions(exception(error)),
            Self::Crash => pages::error(StatusCode::INTERNAL_SERVER_ERROR),
            Self::NoRoute { get: true } => no_such_route(),
            Self::NoRoute { get: false } => reply::empty(StatusCode::METHOD_NOT_ALLOWED),
        }
    }
}

/// `{"errorType": …}` with the status of this error.
pub(crate) fn exception(error: NotesError) -> Response {
    let status = match error {
        NotesError::NoSuchNote | NotesError::NoSuchFile => StatusCode::NOT_FOUND,
        NotesError::NotWritable => StatusCode::FORBIDDEN,
        NotesError::Locked => StatusCode::LOCKED,
        NotesError::Vanished | NotesError::NotPermitted => StatusCode::INTERNAL_SERVER_ERROR,
    };
    reply::json(status, &json!({ "errorType": error.to_string() }))
}

/// What the app's catch-all route says: 400 and an empty list.
pub(crate) fn no_such_route() -> Response {
    with_versions(reply::json(StatusCode::BAD_REQUEST, &json!([])))
}

/// 200 with this body.
pub(crate) fn ok(body: &impl Serialize) -> Response {
    with_versions(reply::json(StatusCode::OK, body))
}

/// The answer with the header that names the versions of the API.
pub(crate) fn with_versions(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(API_VERSIONS, HeaderValue::from_static("0.2, 1.3, 1.4"));
    response
}

/// Puts `etag` (unquoted) and `last_modified` on an answer, and makes it 304 if the request has either already.
///
/// As in Nextcloud both are compared as text: `If-Modified-Since` only matches the very same second.
pub(crate) fn conditional(
    request: &HeaderMap,
    mut response: Response,
    etag: &str,
    last_modified: Option<&str>,
) -> Response {
    let quoted = format!("\"{etag}\"");
    let sent = |name: HeaderName| request.get(name).and_then(|value| value.to_str().ok());
    let not_modified = sent(IF_NONE_MATCH).is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == quoted))
        || last_modified.is_some_and(|time| sent(IF_MODIFIED_SINCE) == Some(time));
    if not_modified {
        let headers = std::mem::take(response.headers_mut());
        response = StatusCode::NOT_MODIFIED.into_response();
        *response.headers_mut() = headers;
        response.headers_mut().remove(CONTENT_TYPE);
    }
    for (name, value) in [(ETAG, Some(quoted.as_str())), (LAST_MODIFIED, last_modified)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
