//! One request as a real OTLP receiver gets it.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use axum::{Router, body::Body, http::Request, middleware::from_fn_with_state, routing::post};
use http::{HeaderMap, Method, StatusCode};
use nextcloud_mcp_observability::{
    Guard, Metrics, Options,
    http::observe,
    propagation::{RemoteParent, inject, inject_span},
    spans::{
        ClientRequest, McpOutcome, McpRequest, McpTarget, http_client, http_client_finished, mcp_finished, mcp_server,
    },
    subscriber,
    testing::{OtlpReceiver, Received, tree},
};
use tower::ServiceExt as _;
use tracing::{Instrument as _, instrument::WithSubscriber as _};

const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const OTHER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// A tool call that asks Nextcloud once and gets 404. Returns the headers Nextcloud saw.
async fn call_tool(meta: Option<&str>) -> HeaderMap {
    let parent = meta.and_then(|traceparent| RemoteParent::from_strings(traceparent, None));
    let operation = mcp_server(McpRequest {
        method: "tools/call",
        target: McpTarget::Tool("nc_notes_get_note"),
        request_id: Some("1"),
        protocol_version: Some("2026-07-28"),
        parent: parent.as_ref(),
    });
    let headers = async {
        let asked = http_client(ClientRequest {
            method: "GET",
            server_address: "cloud.example.org",
            server_port: Some(443),
            url_template: "/apps/notes/api/v1/notes/{id}",
        });
        let mut headers = HeaderMap::new();
        inject_span(&asked, &mut headers);
        http_client_finished(&asked, StatusCode::NOT_FOUND);
        headers
    }
    .instrument(operation.clone())
    .await;
    mcp_finished(&operation, McpOutcome::ToolError);
    headers
}

/// Sends one request through the middleware and returns what the collector got, and the headers Nextcloud saw.
async fn traced(meta: Option<&'static str>) -> (Received, String) {
    let collector = OtlpReceiver::start().await.unwrap();
    let options = Options {
        otlp_endpoint: Some(collector.endpoint()),
        ..Options::default()
    };
    let (dispatch, guard) = subscriber(&options, std::io::sink).unwrap();
    let router = Router::new()
        .route(
            "/mcp",
            post(move || async move { call_tool(meta).await["traceparent"].to_str().unwrap().to_owned() }),
        )
        .layer(from_fn_with_state(Metrics::new(), observe));
    let request = Request::post("/mcp?code=secret")
        .header("traceparent", CALLER)
        .header("x-request-id", "r-1")
        .body(Body::empty())
        .unwrap();
    let response = router.oneshot(request).with_subscriber(dispatch).await.unwrap();
    let body = http_body_util::BodyExt::collect(response.into_body())
        .await
        .unwrap()
        .to_bytes();
    shutdown(guard).await;
    let received = collector
        .wait_for(Duration::from_secs(10), |received| received.spans.len() >= 3)
        .await;
    (
        received.expect("three spans"),
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

async fn shutdown(guard: Guard) {
    tokio::task::spawn_blocking(move || guard.shutdown(Duration::from_secs(10)))
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_tool_call_is_one_trace() {
    let (received, upstream) = traced(None).await;
    let trace = received.trace_of("POST /mcp").unwrap();
    assert_eq!(
        tree(
            &trace,
            &[
                "http.route",
                "gen_ai.tool.name",
                "http.response.status_code",
                "error.type"
            ]
        ),
        "POST /mcp (server) http.route=/mcp http.response.status_code=200\n  \
           tools/call nc_notes_get_note (server) FAILED gen_ai.tool.name=nc_notes_get_note error.type=tool_error\n    \
             GET /apps/notes/api/v1/notes/{id} (client) FAILED http.response.status_code=404 error.type=404\n"
    );
    let find = |name: &str| trace.iter().find(|span| span.name == name).unwrap();
    let (server, client) = (find("POST /mcp"), find("GET /apps/notes/api/v1/notes/{id}"));
    assert_eq!(server.parent_id.as_deref(), Some("00f067aa0ba902b7"));
    assert_eq!(
        upstream,
        format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{}-01", client.span_id)
    );
    assert_eq!(server.attributes["client.request.id"], "r-1");
    assert_eq!(server.resource["service.name"], "nextcloud-mcp-server");
    assert!(!format!("{received:?}").contains("secret"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parent_in_meta_wins_and_the_http_request_is_linked() {
    let (received, upstream) = traced(Some(OTHER)).await;
    let http = &received.trace_of("POST /mcp").unwrap()[0];
    let operation = received.trace("0af7651916cd43dd8448eb211c80319c");
    assert_eq!(
        tree(&operation, &[]),
        "tools/call nc_notes_get_note (server) FAILED\n  GET /apps/notes/api/v1/notes/{id} (client) FAILED\n"
    );
    let call = operation.iter().find(|span| span.kind == "server").unwrap();
    assert_eq!(call.parent_id.as_deref(), Some("b7ad6b7169203331"));
    assert_eq!(call.links, [(http.trace_id.clone(), http.span_id.clone())]);
    assert!(upstream.starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_our_spans_are_exported() {
    let collector = OtlpReceiver::start().await.unwrap();
    let options = Options {
        otlp_endpoint: Some(collector.endpoint()),
        ..Options::default()
    };
    let (dispatch, guard) = subscriber(&options, std::io::sink).unwrap();
    tracing::dispatcher::with_default(&dispatch, || {
        let theirs = tracing::info_span!(target: "ractor::actor", "Actor");
        theirs.in_scope(|| {
            tracing::debug_span!(target: "nextcloud_mcp_actors", "guard").in_scope(|| {
                tracing::info!(target: "nextcloud_mcp_actors", "kept");
                tracing::debug!(target: "nextcloud_mcp_actors", "too fine");
                tracing::warn!(target: "hyper", "foreign");
            });
        });
    });
    shutdown(guard).await;
    let received = collector.received();
    let spans: Vec<_> = received
        .spans
        .iter()
        .map(|span| (span.name.as_str(), &span.parent_id))
        .collect();
    assert_eq!(spans, [("guard", &None)]);
    assert_eq!(received.spans[0].events, ["kept"]);
}

#[tokio::test]
async fn without_an_exporter_nothing_is_sent_on() {
    let (dispatch, guard) = subscriber(&Options::default(), std::io::sink).unwrap();
    tracing::dispatcher::with_default(&dispatch, || {
        let span = tracing::info_span!("any");
        span.in_scope(|| {
            let mut headers = HeaderMap::new();
            inject(&mut headers);
            assert!(headers.is_empty());
        });
    });
    guard.shutdown(Duration::ZERO).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreachable_collector_does_not_hold_up_the_end() {
    // Accepts connections in its backlog and never answers.
    let silent = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let options = Options {
        otlp_endpoint: Some(endpoint),
        ..Options::default()
    };
    let (dispatch, guard) = subscriber(&options, std::io::sink).unwrap();
    tracing::dispatcher::with_default(&dispatch, || {
        drop(nextcloud_mcp_observability::spans::http_server(
            &Method::GET,
            None,
            http::Version::HTTP_11,
            &HeaderMap::new(),
        ));
    });
    let ended = tokio::task::spawn_blocking(move || guard.shutdown(Duration::from_millis(50)))
        .await
        .unwrap();
    assert!(ended.is_err(), "the span cannot have been delivered");
}
