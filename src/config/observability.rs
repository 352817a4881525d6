//! Logs, traces and metrics.

use std::net::SocketAddr;

use ::observability::{LogFormat, Options};
use tracing::level_filters::LevelFilter;
use url::Url;

use super::problem::Invalid;
use super::reader::Reader;
use super::values::{base_url, boolean, ip_address, port, shown};
use super::variables::{
    LOG_FORMAT, LOG_INCLUDE_TRACE_CONTEXT, LOG_LEVEL, METRICS_ENABLED, METRICS_HOST, METRICS_PORT,
    OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME, RUST_LOG,
};

/// The port of OTLP over gRPC, which the Python server speaks and this one does not.
const OTLP_GRPC_PORT: u16 = 4317;

/// The section "Logs, traces and metrics".
#[derive(Debug, Clone)]
pub struct ObservabilityConfig {
    /// Logs and traces; whether text is coloured is for the program to say.
    pub options: Options,
    /// Where `/metrics` listens; `None` when metrics are off.
    pub metrics: Option<SocketAddr>,
}

impl ObservabilityConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let options = Options {
            level: reader.value(&LOG_LEVEL, level),
            directives: reader.optional(&RUST_LOG, |text| Ok(text.to_owned())),
            format: reader.value(&LOG_FORMAT, format),
            trace_context: reader.value(&LOG_INCLUDE_TRACE_CONTEXT, boolean),
            service_name: reader.optional(&OTEL_SERVICE_NAME, |text| Ok(text.to_owned())),
            otlp_endpoint: otlp_endpoint(reader),
            ..Options::default()
        };
        let enabled = reader.value(&METRICS_ENABLED, boolean);
        let host = reader.value(&METRICS_HOST, ip_address);
        let port = reader.value(&METRICS_PORT, port);
        Self {
            options,
            metrics: enabled.then(|| SocketAddr::new(host, port)),
        }
    }
}

fn otlp_endpoint(reader: &mut Reader<'_>) -> Option<String> {
    let endpoint: Url = reader.optional(&OTEL_EXPORTER_OTLP_ENDPOINT, base_url)?;
    if endpoint.port() == Some(OTLP_GRPC_PORT) {
        reader.notice(
            "OTEL_EXPORTER_OTLP_ENDPOINT names port 4317, where receivers expect gRPC; traces are sent over HTTP, usually to port 4318",
        );
    }
    Some(endpoint.into())
}

/// The Python server's levels; `critical` has no counterpart in `tracing`, where errors are the most important.
fn level(text: &str) -> Result<LevelFilter, Invalid> {
    match text.to_ascii_lowercase().as_str() {
        "critical" | "error" => Ok(LevelFilter::ERROR),
        "warning" | "warn" => Ok(LevelFilter::WARN),
        "info" => Ok(LevelFilter::INFO),
        "debug" => Ok(LevelFilter::DEBUG),
        "trace" => Ok(LevelFilter::TRACE),
        _ => Err(Invalid::new(
            format!("{} is not a log level", shown(text)),
            "use critical, error, warning, info, debug or trace",
        )),
    }
}

fn format(text: &str) -> Result<LogFormat, Invalid> {
    match text.to_ascii_lowercase().as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(Invalid::new(
            format!("{} is not a log format", shown(text)),
            "use text or json",
        )),
    }
}

#[cfg(test)]
mod tests {
    use ::observability::LogFormat;
    use tracing::level_filters::LevelFilter;

    use super::super::tests::{OAUTH, load, notices, problems};

    #[test]
    fn metrics_stay_on_loopback_unless_told_otherwise() {
        let metrics = |settings: &[(&str, &str)]| load(&[OAUTH, settings].concat()).config.observability.metrics;
        assert_eq!(metrics(&[]), Some("127.0.0.1:9090".parse().unwrap()));
        let wide = metrics(&[("METRICS_HOST", "::"), ("METRICS_PORT", "1")]);
        assert_eq!(wide, Some("[::]:1".parse().unwrap()));
        assert_eq!(metrics(&[("METRICS_ENABLED", "false")]), None);
    }

    #[test]
    fn logs_and_traces() {
        let options = load(OAUTH).config.observability.options;
        assert_eq!((options.level, options.format), (LevelFilter::INFO, LogFormat::Text));
        assert!(options.trace_context && options.otlp_endpoint.is_none() && options.service_name.is_none());

        let settings = [
            ("LOG_LEVEL", "WARNING"),
            ("RUST_LOG", "hyper=trace"),
            ("LOG_FORMAT", "json"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"),
            ("OTEL_SERVICE_NAME", "mcp"),
        ];
        let settings = [OAUTH, &settings].concat();
        let options = load(&settings).config.observability.options;
        assert_eq!((options.level, options.format), (LevelFilter::WARN, LogFormat::Json));
        assert_eq!(options.directives.as_deref(), Some("hyper=trace"));
        assert_eq!(options.otlp_endpoint.as_deref(), Some("http://collector:4317/"));
        assert_eq!(options.service_name.as_deref(), Some("mcp"));
        assert!(notices(&settings).contains("expect gRPC"));
    }

    #[test]
    fn unknown_words_are_refused_with_the_choices() {
        let settings = [
            ("LOG_LEVEL", "loud"),
            ("LOG_FORMAT", "xml"),
            ("METRICS_HOST", "localhost"),
        ];
        let told = problems(&[OAUTH, &settings].concat());
        for part in [
            "use critical, error,",
            "use text or json",
            "METRICS_HOST: \"localhost\" is not an IP address",
        ] {
            assert!(told.contains(part), "{told}");
        }
    }
}
