//! `{"error": …, "error_description": …}`.

use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use crate::reply;

/// A refusal with 400, which the app prefers to every other status.
pub(super) fn bad_request(error: &str, description: &str) -> Response {
    with_status(StatusCode::BAD_REQUEST, error, description)
}

pub(super) fn with_status(status: StatusCode, error: &str, description: &str) -> Response {
    reply::json(status, &json!({ "error": error, "error_description": description }))
}
