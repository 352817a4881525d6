//! The axum middleware around every request: its span and its metrics.

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use tracing::Instrument as _;

use crate::{Metrics, spans};

/// Label of a request that no route matched: the path itself would let a client make up label values.
const UNMATCHED: &str = "unmatched";

/// Traces and counts one request. Add it with `Router::layer`, so that the matched route is known:
///
/// ```ignore
/// router.layer(axum::middleware::from_fn_with_state(metrics, observability::http::observe))
/// ```
///
/// The span ends and the duration is taken when the response's headers are ready, also for a streamed body. Merge
/// health routes after this layer to keep probes out of both.
pub async fn observe(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let span = spans::http_server(
        request.method(),
        route.map(MatchedPath::as_str),
        request.version(),
        request.headers(),
    );
    let timer = metrics
        .http_request(request.method(), route.map_or(UNMATCHED, MatchedPath::as_str))
        .start();
    let response = next.run(request).instrument(span.clone()).await;
    timer.finish(response.status());
    spans::http_server_finished(&span, response.status());
    response
}
