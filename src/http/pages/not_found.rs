//! 404.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::{Kind, Link, message, wants_html};
use crate::http::Surface;

/// Whatever has no route: a page for people, a line for programs.
pub(in crate::http) async fn serve(State(surface): State<Arc<Surface>>, headers: HeaderMap) -> Response {
    if !wants_html(&headers) {
        return plain();
    }
    message(
        &surface.site,
        Kind::Failure(StatusCode::NOT_FOUND),
        "There is nothing here",
        &["Perhaps the address was mistyped, or it was a link that has expired."],
        Some(Link::own("Go to the start page", "/")),
    )
}

/// The line for programs.
pub(in crate::http) fn plain() -> Response {
    (StatusCode::NOT_FOUND, "Not found. MCP is served at /mcp.\n").into_response()
}
