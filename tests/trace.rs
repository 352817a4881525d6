//! One tool call as a real OTLP receiver gets it: one trace, from the client's own span to Nextcloud's answer.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, unused_imports, reason = "the behaviour tests use the rest")]
#[path = "behaviour/support/mod.rs"]
mod support;

use std::time::Duration;

use observability::testing::{OtlpReceiver, tree};
use serde_json::json;
use support::{TestNextcloud, TestServer};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[tokio::test(flavor = "multi_thread")]
async fn one_tool_call_is_one_trace() {
    let collector = OtlpReceiver::start().await.unwrap();
    let telemetry = observability::init(&observability::Options {
        otlp_endpoint: Some(collector.endpoint()),
        ..observability::Options::default()
    })
    .unwrap();
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mcp = server
        .client_of(&nextcloud.user, "openid profile email notes:read")
        .await;

    let call = mcp
        .request(
            "tools/call",
            json!({"name": "nc_notes_get_note", "arguments": {"note_id": 0}}),
        )
        .header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"));
    assert!(call.send().await.unwrap().status().is_success());

    let telemetry = tokio::task::spawn_blocking(move || {
        telemetry.flush().unwrap();
        telemetry
    });
    let _telemetry = telemetry.await.unwrap();
    let received = collector
        .wait_for(Duration::from_secs(10), |received| received.trace(TRACE).len() >= 6)
        .await
        .expect("the spans of the call");
    let shown = tree(
        &received.trace(TRACE),
        &[
            "http.response.status_code",
            "gen_ai.tool.name",
            "url.template",
            "error.type",
        ],
    );
    let expected = "\
POST /mcp (server) http.response.status_code=200
  verify token (internal)
  tools/call nc_notes_get_note (server) FAILED gen_ai.tool.name=nc_notes_get_note error.type=tool_error
    user session (internal)
    GET /index.php/apps/notes/api/v1/notes/{id} (client) FAILED http.response.status_code=404 \
        url.template=/index.php/apps/notes/api/v1/notes/{id} error.type=404
    GET /ocs/v2.php/cloud/capabilities (client) http.response.status_code=200 \
        url.template=/ocs/v2.php/cloud/capabilities
";
    assert_eq!(shown, expected);
    for span in received.trace(TRACE) {
        let text = format!("{span:?}");
        assert!(
            !text.contains(mcp.token.as_deref().unwrap()),
            "a token is in no span: {text}"
        );
    }
}
