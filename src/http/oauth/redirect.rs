//! Sending a browser on.

use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// Sends the browser to `target` with a cookie, the value of a `Set-Cookie` header.
pub(in crate::http) fn see_other(target: &str, cookie: &str) -> Response {
    let values = HeaderValue::from_str(target).and_then(|target| Ok((target, HeaderValue::from_str(cookie)?)));
    let Ok((location, cookie)) = values else {
        // Neither can hold what a header may not: URLs are encoded, cookies are made of base64url.
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (LOCATION, location),
        (SET_COOKIE, cookie),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
