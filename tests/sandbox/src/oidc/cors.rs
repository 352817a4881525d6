//! The app's CORS headers: on successes and preflights, not on refusals.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::reply;

/// Lets any origin read a success.
pub(super) fn allow(request: &HeaderMap, methods: &'static str, mut response: Response) -> Response {
    let origin = request
        .get(header::ORIGIN)
        .cloned()
        .unwrap_or(HeaderValue::from_static("*"));
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
    response
}

/// The answer to every preflight of the app.
pub(super) async fn preflight() -> Response {
    let mut response = reply::empty(StatusCode::OK);
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "PUT, POST, GET, DELETE, PATCH"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type, Accept, OCS-APIRequest, Range, Depth, Destination, Overwrite, X-Requested-With",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "1728000"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
