//! Spans named and described by the OpenTelemetry semantic conventions.
//!
//! HTTP: <https://opentelemetry.io/docs/specs/semconv/http/http-spans/>. MCP: `docs/gen-ai/mcp.md` of
//! open-telemetry/semantic-conventions-genai (status: development). Values that only later steps know are recorded by
//! [`http_server_finished`], [`http_client_finished`], [`mcp_finished`] and [`failed`].
//!
//! A field's value is made only when the span is enabled; a disabled span costs nothing to record on.

use std::fmt;

use http::{HeaderMap, Method, StatusCode, Version, header};
use opentelemetry::trace::TraceContextExt as _;
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::propagation::{RemoteParent, extract_parent};

/// Longest value taken over from a client into an attribute, in bytes.
const MAX_ATTRIBUTE: usize = 128;

/// One request to our HTTP server: `{method} {route}`, continuing the caller's trace.
///
/// `route` is the matched route template, never the path, which may hold a secret. `X-Request-Id` becomes
/// `client.request.id`.
pub fn http_server(method: &Method, route: Option<&str>, version: Version, headers: &HeaderMap) -> Span {
    let span = tracing::debug_span!(
        target: "nextcloud_mcp::http",
        "http.server",
        otel.name = %Name(known_method(method), route),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = known_method(method),
        http.route = route,
        http.response.status_code = Empty,
        network.protocol.version = protocol_version(version),
        user_agent.original = text(headers, header::USER_AGENT.as_str()),
        client.request.id = text(headers, "x-request-id"),
        error.type = Empty,
    );
    if !span.is_disabled()
        && let Some(parent) = extract_parent(headers)
    {
        parent.adopt(&span);
    }
    span
}

/// Records the answer: a server error marks the span as failed, a client's mistake does not.
pub fn http_server_finished(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        failed(span, status.as_str());
    }
}

/// An outgoing request.
#[derive(Clone, Copy, Debug)]
pub struct ClientRequest<'a> {
    /// HTTP or WebDAV method.
    pub method: &'a str,
    /// Host asked.
    pub server_address: &'a str,
    /// Port asked, where it is known.
    pub server_port: Option<u16>,
    /// Path with placeholders for what differs between calls: `/apps/notes/api/v1/notes/{id}`.
    pub url_template: &'a str,
}

/// One request to Nextcloud or an identity provider: `{method} {template}`.
///
/// Send it with the context of this span: [`inject_span`](crate::propagation::inject_span).
pub fn http_client(request: ClientRequest<'_>) -> Span {
    tracing::debug_span!(
        target: "nextcloud_mcp::http",
        "http.client",
        otel.name = %Name(request.method, Some(request.url_template)),
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = request.method,
        server.address = request.server_address,
        server.port = request.server_port.map(i64::from),
        url.template = request.url_template,
        http.response.status_code = Empty,
        error.type = Empty,
    )
}

/// Records the answer: for a client every status from 400 on is a failure.
pub fn http_client_finished(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", i64::from(status.as_u16()));
    if status.is_client_error() || status.is_server_error() {
        failed(span, status.as_str());
    }
}

/// What an MCP request is about.
#[derive(Clone, Copy, Debug)]
pub enum McpTarget<'a> {
    /// A tool of the catalogue.
    Tool(&'a str),
    /// A prompt.
    Prompt(&'a str),
    /// A resource, by its template (`nc://Notes/{note_id}`) so that the user's own paths stay out of traces.
    Resource(&'a str),
    /// The method says it all (`tools/list`).
    Nothing,
}

/// One MCP request.
#[derive(Clone, Copy, Debug)]
pub struct McpRequest<'a> {
    /// JSON-RPC method, one the server implements.
    pub method: &'a str,
    /// What it is about.
    pub target: McpTarget<'a>,
    /// JSON-RPC id as text.
    pub request_id: Option<&'a str>,
    /// Negotiated or stated protocol version.
    pub protocol_version: Option<&'a str>,
    /// Trace context of the request's `_meta`.
    pub parent: Option<&'a RemoteParent>,
}

/// One MCP operation: `{method} {tool or prompt}`.
///
/// Its parent is the one named in `_meta`, with a link to the HTTP request it came in; without one the current span is
/// the parent.
pub fn mcp_server(request: McpRequest<'_>) -> Span {
    let (tool, prompt, resource) = match request.target {
        McpTarget::Tool(name) => (Some(name), None, None),
        McpTarget::Prompt(name) => (None, Some(name), None),
        McpTarget::Resource(uri) => (None, None, Some(uri)),
        McpTarget::Nothing => (None, None, None),
    };
    let span = tracing::info_span!(
        target: "nextcloud_mcp::mcp",
        "mcp",
        otel.name = %Name(request.method, tool.or(prompt)),
        otel.kind = "server",
        otel.status_code = Empty,
        mcp.method.name = request.method,
        gen_ai.operation.name = tool.map(|_| "execute_tool"),
        gen_ai.tool.name = tool,
        gen_ai.prompt.name = prompt,
        mcp.resource.uri = resource,
        jsonrpc.request.id = request.request_id.map(clip),
        mcp.protocol.version = request.protocol_version.map(clip),
        rpc.response.status_code = Empty,
        error.type = Empty,
    );
    if !span.is_disabled()
        && let Some(parent) = request.parent
    {
        let http = Span::current().context();
        parent.adopt(&span);
        span.add_link(http.span().span_context().clone());
    }
    span
}

/// How an MCP operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum McpOutcome {
    /// With a result.
    Success,
    /// With a result that says `isError`.
    ToolError,
    /// With a JSON-RPC error of this code.
    ProtocolError(i32),
}

/// Records how an MCP operation ended.
pub fn mcp_finished(span: &Span, outcome: McpOutcome) {
    match outcome {
        McpOutcome::Success => {}
        McpOutcome::ToolError => failed(span, "tool_error"),
        McpOutcome::ProtocolError(code) if span.is_disabled() => _ = code,
        McpOutcome::ProtocolError(code) => {
            let code = code.to_string();
            span.record("rpc.response.status_code", code.as_str());
            failed(span, &code);
        }
    }
}

/// Marks a span as failed. `error_type` is one of a small fixed set (`timeout`, `connect`, a status code), not a message.
pub fn failed(span: &Span, error_type: &str) {
    span.record("error.type", error_type);
    span.record("otel.status_code", "ERROR");
}

/// `{first} {second}`, written only when somebody looks.
struct Name<'a>(&'a str, Option<&'a str>);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(second) => write!(f, "{} {second}", self.0),
            None => f.write_str(self.0),
        }
    }
}

/// The method, or `_OTHER` for one nobody defined: a client chooses it.
fn known_method(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH") => known,
        _ => "_OTHER",
    }
}

fn protocol_version(version: Version) -> Option<&'static str> {
    match version {
        Version::HTTP_10 => Some("1.0"),
        Version::HTTP_11 => Some("1.1"),
        Version::HTTP_2 => Some("2"),
        _ => None,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(clip)
}

fn clip(value: &str) -> &str {
    &value[..value.floor_char_boundary(MAX_ATTRIBUTE)]
}
