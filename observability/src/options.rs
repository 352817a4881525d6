//! What the configuration decides about logs and traces.

use std::str::FromStr;

use tracing_subscriber::filter::LevelFilter;

/// Settings of [`init`](crate::init), already read and parsed by the program's configuration.
#[derive(Clone, Debug)]
pub struct Options {
    /// Lowest level that is logged (`LOG_LEVEL`). Chatty dependencies stay at `warn` whatever this says.
    pub level: LevelFilter,
    /// `RUST_LOG`: filter directives put on top of `level`, such as `nextcloud_mcp=debug,ractor=info`.
    pub directives: Option<String>,
    /// Form of a log line (`LOG_FORMAT`).
    pub format: LogFormat,
    /// Whether a log line inside a trace carries `trace_id` and `span_id` (`LOG_INCLUDE_TRACE_CONTEXT`).
    pub trace_context: bool,
    /// Whether text lines are coloured; the caller knows whether standard error is a terminal.
    pub ansi: bool,
    /// `service.name` of exported spans. Without it `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` are asked,
    /// then it is `nextcloud-mcp-server`.
    pub service_name: Option<String>,
    /// `service.version` of exported spans.
    pub service_version: &'static str,
    /// Base URL of an OTLP/HTTP collector, to which `/v1/traces` is added. Without it
    /// `OTEL_EXPORTER_OTLP_ENDPOINT` is asked. `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` wins over both.
    pub otlp_endpoint: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            level: LevelFilter::INFO,
            directives: None,
            format: LogFormat::Text,
            trace_context: true,
            ansi: false,
            service_name: None,
            service_version: env!("CARGO_PKG_VERSION"),
            otlp_endpoint: None,
        }
    }
}

/// Form of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// The value is neither `text` nor `json`.
#[derive(Debug, thiserror::Error)]
#[error("must be `text` or `json`")]
pub struct UnknownLogFormat;

impl FromStr for LogFormat {
    type Err = UnknownLogFormat;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        if value.eq_ignore_ascii_case("text") {
            Ok(Self::Text)
        } else if value.eq_ignore_ascii_case("json") {
            Ok(Self::Json)
        } else {
            Err(UnknownLogFormat)
        }
    }
}
