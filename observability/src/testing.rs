//! A small OTLP/HTTP receiver for tests, and traces written as trees.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io,
    net::SocketAddr,
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
    common::v1::{AnyValue, KeyValue, any_value::Value},
    trace::v1::{Span, span::SpanKind, status::StatusCode as SpanStatus},
};
use prost::Message as _;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// One span as the receiver got it.
#[derive(Clone, Debug)]
pub struct ReceivedSpan {
    /// Name.
    pub name: String,
    /// Lower-case hexadecimal.
    pub trace_id: String,
    /// Lower-case hexadecimal.
    pub span_id: String,
    /// Lower-case hexadecimal; `None` for a root.
    pub parent_id: Option<String>,
    /// `internal`, `server`, `client`, `producer` or `consumer`.
    pub kind: &'static str,
    /// Whether its status is an error.
    pub failed: bool,
    /// Nanoseconds since 1970.
    pub start: u64,
    /// Attributes as text.
    pub attributes: BTreeMap<String, String>,
    /// Names of its events.
    pub events: Vec<String>,
    /// Trace and span ids it links to.
    pub links: Vec<(String, String)>,
    /// Attributes of the process that sent it.
    pub resource: BTreeMap<String, String>,
}

/// Everything received so far.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// Spans in the order of arrival.
    pub spans: Vec<ReceivedSpan>,
    /// Headers of each export request.
    pub requests: Vec<HeaderMap>,
}

/// A collector on a free loopback port. It stops when dropped.
#[derive(Debug)]
pub struct OtlpReceiver {
    address: SocketAddr,
    received: watch::Receiver<Received>,
    task: JoinHandle<()>,
}

impl OtlpReceiver {
    /// Starts listening.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (sender, received) = watch::channel(Received::default());
        let router = Router::new().route("/v1/traces", post(export)).with_state(sender);
        let task = tokio::spawn(async move {
            // Ends with the task; a listener that fails shows as a test that gets no spans.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            received,
            task,
        })
    }

    /// Base URL: what `OTEL_EXPORTER_OTLP_ENDPOINT` takes.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has arrived.
    pub fn received(&self) -> Received {
        self.received.borrow().clone()
    }

    /// Waits until what has arrived satisfies `enough`; `None` when it does not within `limit`. The exporter sends
    /// every few seconds: flush it first with [`Guard::flush`](crate::Guard::flush) from a blocking thread.
    pub async fn wait_for(&self, limit: Duration, enough: impl FnMut(&Received) -> bool) -> Option<Received> {
        let mut received = self.received.clone();
        let arrived = tokio::time::timeout(limit, received.wait_for(enough)).await;
        arrived.ok()?.ok().map(|received| received.clone())
    }
}

impl Drop for OtlpReceiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Received {
    /// The spans of one trace.
    pub fn trace(&self, trace_id: &str) -> Vec<ReceivedSpan> {
        self.spans
            .iter()
            .filter(|span| span.trace_id == trace_id)
            .cloned()
            .collect()
    }

    /// The trace that the first span with this name belongs to.
    pub fn trace_of(&self, name: &str) -> Option<Vec<ReceivedSpan>> {
        let span = self.spans.iter().find(|span| span.name == name)?;
        Some(self.trace(&span.trace_id))
    }
}

/// Writes the spans of one trace as an indented tree, siblings in order of their start:
///
/// ```text
/// POST /mcp (server) http.response.status_code=200
///   tools/call nc_notes_get_note (server)
///     GET /apps/notes/api/v1/notes/{id} (client) http.response.status_code=200
/// ```
///
/// Only the named attributes are shown, where a span has them. A span whose parent was not received is a root.
pub fn tree(spans: &[ReceivedSpan], attributes: &[&str]) -> String {
    let known: BTreeSet<&str> = spans.iter().map(|span| span.span_id.as_str()).collect();
    let mut children: BTreeMap<Option<&str>, Vec<&ReceivedSpan>> = BTreeMap::new();
    for span in spans {
        children
            .entry(span.parent_id.as_deref().filter(|parent| known.contains(parent)))
            .or_default()
            .push(span);
    }
    for siblings in children.values_mut() {
        siblings.sort_by_key(|span| span.start);
    }
    let mut text = String::new();
    let mut waiting = below(&mut children, None, 0);
    while let Some((depth, span)) = waiting.pop() {
        let failed = if span.failed { " FAILED" } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "{:indent$}{} ({}){failed}",
            "",
            span.name,
            span.kind,
            indent = depth * 2
        );
        for name in attributes {
            if let Some(value) = span.attributes.get(*name) {
                let _ = write!(text, " {name}={value}");
            }
        }
        text.push('\n');
        waiting.extend(below(&mut children, Some(span.span_id.as_str()), depth + 1));
    }
    text
}

/// The children of `parent` at `depth`, the first one last.
fn below<'a>(
    children: &mut BTreeMap<Option<&'a str>, Vec<&'a ReceivedSpan>>,
    parent: Option<&'a str>,
    depth: usize,
) -> Vec<(usize, &'a ReceivedSpan)> {
    let siblings = children.remove(&parent).unwrap_or_default();
    siblings.into_iter().rev().map(|span| (depth, span)).collect()
}

async fn export(State(sender): State<watch::Sender<Received>>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(request) = ExportTraceServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    sender.send_modify(|received| {
        received.requests.push(headers);
        for resource_spans in request.resource_spans {
            let resource = texts(resource_spans.resource.unwrap_or_default().attributes);
            let spans = resource_spans.scope_spans.into_iter().flat_map(|scope| scope.spans);
            received.spans.extend(spans.map(|span| received_span(span, &resource)));
        }
    });
    let answer = ExportTraceServiceResponse::default().encode_to_vec();
    ([(header::CONTENT_TYPE, "application/x-protobuf")], answer).into_response()
}

fn received_span(span: Span, resource: &BTreeMap<String, String>) -> ReceivedSpan {
    let kind = match span.kind() {
        SpanKind::Server => "server",
        SpanKind::Client => "client",
        SpanKind::Producer => "producer",
        SpanKind::Consumer => "consumer",
        SpanKind::Internal | SpanKind::Unspecified => "internal",
    };
    let failed = span
        .status
        .as_ref()
        .is_some_and(|status| status.code() == SpanStatus::Error);
    ReceivedSpan {
        trace_id: hex(&span.trace_id),
        span_id: hex(&span.span_id),
        parent_id: (!span.parent_span_id.is_empty()).then(|| hex(&span.parent_span_id)),
        kind,
        failed,
        start: span.start_time_unix_nano,
        attributes: texts(span.attributes),
        events: span.events.into_iter().map(|event| event.name).collect(),
        links: span
            .links
            .iter()
            .map(|link| (hex(&link.trace_id), hex(&link.span_id)))
            .collect(),
        resource: resource.clone(),
        name: span.name,
    }
}

fn texts(attributes: Vec<KeyValue>) -> BTreeMap<String, String> {
    attributes
        .into_iter()
        .map(|attribute| (attribute.key, attribute.value.map(text).unwrap_or_default()))
        .collect()
}

fn text(value: AnyValue) -> String {
    match value.value {
        Some(Value::StringValue(value)) => value,
        Some(Value::BoolValue(value)) => value.to_string(),
        Some(Value::IntValue(value)) => value.to_string(),
        Some(Value::DoubleValue(value)) => value.to_string(),
        other => format!("{other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
