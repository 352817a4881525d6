//! Answers in Deck's own forms.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::{hex, random, reply};

/// Why a controller has no ordinary answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Missing, deleted, or not this user's: Deck does not tell which.
    Denied,
    /// An attachment that is not on the card.
    NotAttached,
    /// A card in the trash.
    CardDeleted,
    /// The app's validation, in its words.
    Invalid(String),
    /// Nothing there, in the app's words.
    NotFound(String),
    /// What is archived cannot be changed.
    Archived(&'static str),
    /// A label of another board.
    ForeignLabel,
    /// A comment that somebody else wrote.
    NotAuthor,
    /// PHP threw something else; the answer is no OCS even where all others are.
    Crash,
}

impl Failure {
    /// Status and message, the same in REST and in OCS.
    pub(crate) fn parts(&self) -> (StatusCode, String) {
        match self {
            Self::Denied => (StatusCode::FORBIDDEN, "Permission denied".to_owned()),
            Self::NotAttached => (
                StatusCode::FORBIDDEN,
                "No permission to access the attachment from the card".to_owned(),
            ),
            Self::CardDeleted => (StatusCode::FORBIDDEN, "Card is deleted".to_owned()),
            Self::Invalid(message) => (StatusCode::BAD_REQUEST, message.clone()),
            Self::NotFound(message) => (StatusCode::NOT_FOUND, message.clone()),
            Self::Archived(what) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("Operation not allowed. This {what} is archived."),
            ),
            Self::ForeignLabel => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Operation not allowed. Label does not exist.".to_owned(),
            ),
            Self::NotAuthor => (
                StatusCode::FORBIDDEN,
                "Only authors are allowed to edit their comment.".to_owned(),
            ),
            Self::Crash => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, message) = self.parts();
        if self == Self::Crash {
            let id = random::alphanumeric(20);
            let message = format!(
                "Internal server error: Please contact the server administrator if this error reappears multiple \
                 times, please include the request ID \"{id}\" below in your report."
            );
            return reply::json(
                status,
                &json!({ "status": status.as_u16(), "message": message, "requestId": id }),
            );
        }
        reply::json(status, &json!({ "status": status.as_u16(), "message": message }))
    }
}

/// 200 with this body.
pub(crate) fn ok(body: &impl Serialize) -> Response {
    reply::json(StatusCode::OK, body)
}

/// 200 with this body and ETag, or 304 if the request has that one.
pub(crate) fn tagged(request: &HeaderMap, body: &impl Serialize, etag: &str) -> Response {
    let quoted = format!("\"{etag}\"");
    let known = request
        .get(IF_NONE_MATCH)
        .is_some_and(|sent| sent.as_bytes() == quoted.as_bytes());
    let mut response = if known {
        let mut response = reply::empty(StatusCode::NOT_MODIFIED);
        response.headers_mut().remove(CONTENT_TYPE);
        response
    } else {
        ok(body)
    };
    if let Ok(value) = HeaderValue::from_str(&quoted) {
        response.headers_mut().insert(ETAG, value);
    }
    response
}

/// The ETag of what was last changed then: two changes in one second have the same.
pub(crate) fn etag(last_modified: Option<i64>) -> String {
    hex::fingerprint(last_modified.map(|time| time.to_string()).unwrap_or_default())
}
