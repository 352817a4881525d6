//! Traces, logs and metrics of `nextcloud-mcp-server`.
//!
//! [`init`] installs the one `tracing` subscriber of the process: log lines on standard error and, when an OTLP
//! endpoint is configured, spans over OTLP/HTTP. [`spans`] makes the spans whose names and attributes follow the
//! OpenTelemetry semantic conventions (HTTP and MCP), [`propagation`] carries W3C trace context in and out,
//! [`metrics`] holds every metric family the server has, and [`http::observe`] is the axum middleware that uses
//! them all for one request.
//!
//! # Which spans are exported
//!
//! Every span of this project's crates at `DEBUG` and above, and their events at `INFO` and above. A crate that wants
//! a step of its own to show in a trace writes a plain `tracing::debug_span!`. Spans and events of dependencies are
//! never exported.
//!
//! # Cost
//!
//! Only the MCP operation's span is at `INFO`, so that log lines name the tool they belong to. The others are at
//! `DEBUG`: without an exporter and at the default log level each costs one atomic load.

pub mod http;
mod init;
mod log_format;
pub mod metrics;
mod options;
mod otlp;
pub mod propagation;
pub mod spans;
#[cfg(feature = "testing")]
pub mod testing;

pub use init::{Guard, InitError, ShutdownError, init, subscriber};
pub use metrics::Metrics;
pub use options::{LogFormat, Options, UnknownLogFormat};
