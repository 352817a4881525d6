//! The stylesheet, from our own origin. Its address changes with its content, so that browsers may keep it.

use std::sync::LazyLock;

use actors::digest;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};

const STYLESHEET: &str = include_str!("style.css");

static PATH: LazyLock<String> = LazyLock::new(|| {
    let digest = digest::base64url([STYLESHEET]);
    format!("/assets/{}.css", &digest[..12])
});

/// The route's pattern.
pub(super) const ROUTE: &str = "/assets/{name}";

/// Where the stylesheet is.
pub(super) fn path() -> &'static str {
    &PATH
}

/// `GET /assets/…`. An older or newer name (another version of the server behind the same address) is not found rather
/// than cached with the wrong content.
pub(super) async fn serve(Path(name): Path<String>) -> Response {
    if Some(name.as_str()) != path().strip_prefix("/assets/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLESHEET).into_response()
}
