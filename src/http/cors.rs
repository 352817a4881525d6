//! CORS for clients that run in a browser: the answers of `/mcp` may be read by scripts of the configured origins only.
//! Credentials are bearer tokens that a script holds itself, so cookies are never allowed along.

use axum::http::header::{HeaderName, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::config::HttpGuardConfig;

/// The layer. It answers preflights itself, before the guard.
pub(super) fn layer(names: &HttpGuardConfig) -> CorsLayer {
    let readers = names.cors.clone();
    let admitted = move |origin: &HeaderValue, _: &_| origin.to_str().is_ok_and(|origin| readers.contains(origin));
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(admitted))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([WWW_AUTHENTICATE, HeaderName::from_static("mcp-protocol-version")])
}
