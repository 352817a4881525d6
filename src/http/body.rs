//! Reading a request body, bounded in size and time.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use super::challenge::Refusal;
use crate::mcp::bulk::{Held, SMALL};

/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_mins(1);

/// The whole body of at most `limit` bytes, counted as held by its exchange before it is read.
pub(super) async fn read(body: Body, limit: usize, held: &Held) -> Result<Bytes, Refusal> {
    let announced = body.size_hint().exact();
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(Refusal::TooLarge);
    }
    if let Some(length) = announced {
        take(held, length).await?;
    }
    let whole = collect(body, limit, announced, held);
    tokio::time::timeout(PATIENCE, whole)
        .await
        .map_err(|_| Refusal::TooSlow)?
}

async fn collect(mut body: Body, limit: usize, announced: Option<u64>, held: &Held) -> Result<Bytes, Refusal> {
    let capacity = announced.and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let mut whole = BytesMut::with_capacity(capacity);
    // Who does not say how long the body is may send all that is allowed.
    let mut counted = announced.is_some();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::InvalidRequest("The request body broke off"))?;
        let Ok(data) = frame.into_data() else { continue };
        let length = whole.len() + data.len();
        if length > limit {
            return Err(Refusal::TooLarge);
        }
        if !counted && length as u64 > SMALL {
            take(held, limit as u64).await?;
            counted = true;
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

async fn take(held: &Held, bytes: u64) -> Result<(), Refusal> {
    let taken = held.take(bytes).await;
    taken.map_err(|no_room| Refusal::Unavailable {
        reason: no_room.to_string(),
        retry_after: None,
    })
}

/// The answer, whose bytes hold what their exchange holds until they have been sent.
pub(super) fn hold(mut response: Response, held: Held) -> Response {
    if held.is_empty() {
        return response;
    }
    // The length is lost with the body's type, and told by the header instead.
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    response.map(|body| Body::new(body.map_frame(move |frame| frame.map_data(|data| held.by(data)))))
}
