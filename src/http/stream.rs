//! A long answer ends when the token ends that started it: a valid token is checked only at the start of a stream.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use futures_util::StreamExt;

/// Cuts an event stream after `lifetime`. Other answers are left as they are.
pub(super) fn end_with_token(response: Response, lifetime: Duration) -> Response {
    let is_stream = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|media_type| media_type.as_bytes().starts_with(b"text/event-stream"));
    if !is_stream {
        return response;
    }
    response.map(|body| {
        Body::from_stream(
            body.into_data_stream()
                .take_until(Box::pin(tokio::time::sleep(lifetime))),
        )
    })
}
