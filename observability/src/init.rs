//! Builds the `tracing` subscriber and takes it down again.

use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Dispatch, Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{ParseError, filter_fn},
    fmt::MakeWriter,
    layer::SubscriberExt as _,
    registry::LookupSpan,
};

use crate::{
    Options,
    log_format::{ContextFields, Lines},
    otlp::{self, Environment},
};

/// Targets of this project's crates all begin with this.
const OURS: &str = "nextcloud_mcp";

/// Dependencies that say too much, or (rmcp at `debug`) print tool arguments and results.
const QUIET: &str = "ractor=warn,rmcp=warn,hyper=warn,hyper_util=warn,h2=warn,reqwest=warn,rustls=warn,tower=warn,\
                     opentelemetry=warn,opentelemetry_sdk=warn,opentelemetry-otlp=warn,opentelemetry_otlp=warn";

/// How long [`Guard`] waits for the last spans when it is dropped without [`Guard::shutdown`].
const DROP_LIMIT: Duration = Duration::from_secs(3);

/// Why logs and traces could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// `RUST_LOG` is not a list of filter directives.
    #[error("RUST_LOG: `{directives}` is not a list of filter directives such as `info,nextcloud_mcp=debug`: {source}")]
    Directives {
        /// What was configured.
        directives: String,
        /// Where it goes wrong.
        source: ParseError,
    },
    /// The collector's address cannot be used. The value itself is not shown, it may hold a password.
    #[error("{variable}: {problem}; give an address such as `http://localhost:4318`")]
    Endpoint {
        /// The variable the address came from.
        variable: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The exporter refused its settings (`OTEL_EXPORTER_OTLP_*`).
    #[error("OTLP exporter: {0}")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    /// The process already has a `tracing` subscriber.
    #[error("logging is already set up in this process")]
    AlreadyInitialised,
}

/// Why the last spans may not have been delivered.
#[derive(Debug, thiserror::Error)]
#[error("the last spans may not have been delivered: {0}")]
pub struct ShutdownError(#[from] opentelemetry_sdk::error::OTelSdkError);

/// Keeps the exporter running. Hold it until the process ends, then call [`Guard::shutdown`].
#[derive(Debug)]
#[must_use = "dropping the guard stops the export of spans"]
pub struct Guard {
    provider: Option<SdkTracerProvider>,
}

impl Guard {
    /// Whether spans are exported.
    pub fn exports(&self) -> bool {
        self.provider.is_some()
    }

    /// Sends what is waiting and keeps running. Blocks for up to 5 seconds: not for async code.
    pub fn flush(&self) -> Result<(), ShutdownError> {
        match &self.provider {
            Some(provider) => Ok(provider.force_flush()?),
            None => Ok(()),
        }
    }

    /// Sends what is waiting and stops the exporter, waiting no longer than `limit`. Blocks: call it after the
    /// runtime has ended or from a blocking thread.
    pub fn shutdown(mut self, limit: Duration) -> Result<(), ShutdownError> {
        match self.provider.take() {
            Some(provider) => Ok(provider.shutdown_with_timeout(limit)?),
            None => Ok(()),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(provider) = self.provider.take() {
            // Nobody is left to tell; `shutdown` is the way to learn of a failure.
            let _ = provider.shutdown_with_timeout(DROP_LIMIT);
        }
    }
}

/// Installs the process's subscriber. Log lines go to standard error: standard output belongs to the stdio transport.
///
/// # Errors
///
/// See [`InitError`]. Nothing is installed then.
pub fn init(options: &Options) -> Result<Guard, InitError> {
    let (dispatch, guard) = subscriber(options, std::io::stderr)?;
    tracing::dispatcher::set_global_default(dispatch).map_err(|_| InitError::AlreadyInitialised)?;
    Ok(guard)
}

/// Builds the subscriber without installing it, writing log lines to `writer`.
///
/// # Errors
///
/// See [`InitError`], except [`InitError::AlreadyInitialised`].
pub fn subscriber<W>(options: &Options, writer: W) -> Result<(Dispatch, Guard), InitError>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let environment = Environment::read(|name| std::env::var(name).ok());
    let target = otlp::target(options.otlp_endpoint.as_deref(), &environment)?;
    let filter = log_filter(options)?;
    let Some(target) = target else {
        // One filter for everything: a disabled callsite is then known to be off and costs an atomic load.
        let dispatch = Dispatch::new(Registry::default().with(filter).with(lines(options, writer)));
        return Ok((dispatch, Guard { provider: None }));
    };
    let provider = otlp::provider(options, &target)?;
    let export = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("nextcloud-mcp-server"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(filter_fn(exported).with_max_level_hint(Level::DEBUG));
    let dispatch = Dispatch::new(
        Registry::default()
            .with(export)
            .with(lines(options, writer).with_filter(filter)),
    );
    tracing::dispatcher::with_default(&dispatch, || {
        tracing::info!(collector = %target.shown(), "spans are exported over OTLP/HTTP");
        for notice in target.notices() {
            tracing::warn!("{notice}");
        }
    });
    Ok((
        dispatch,
        Guard {
            provider: Some(provider),
        },
    ))
}

/// The layer that writes log lines.
fn lines<S, W>(options: &Options, writer: W) -> impl Layer<S>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .fmt_fields(ContextFields::new(options.format))
        .event_format(Lines::new(options))
}

/// Spans of ours, and what they say at `info` and above.
fn exported(metadata: &Metadata<'_>) -> bool {
    let lowest = if metadata.is_span() { Level::DEBUG } else { Level::INFO };
    *metadata.level() <= lowest && metadata.target().starts_with(OURS)
}

/// The level, then the quiet dependencies, then what the operator asked for: of two directives for the same target
/// the later one counts.
fn log_filter(options: &Options) -> Result<EnvFilter, InitError> {
    let mut directives = format!("{},{QUIET}", options.level);
    if let Some(own) = options.directives.as_deref().filter(|own| !own.trim().is_empty()) {
        directives.push(',');
        directives.push_str(own);
    }
    EnvFilter::builder()
        .parse(directives)
        .map_err(|source| InitError::Directives {
            directives: options.directives.clone().unwrap_or_default(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::filter::LevelFilter;

    use super::*;

    fn filter(level: LevelFilter, directives: Option<&str>) -> Result<String, InitError> {
        let directives = directives.map(str::to_owned);
        log_filter(&Options {
            level,
            directives,
            ..Options::default()
        })
        .map(|filter| filter.to_string())
    }

    #[test]
    fn dependencies_are_quiet_until_asked() {
        let quiet = filter(LevelFilter::DEBUG, None).unwrap();
        assert!(quiet.contains("rmcp=warn") && quiet.contains("ractor=warn"), "{quiet}");
        let asked = filter(LevelFilter::INFO, Some("debug,rmcp=trace")).unwrap();
        assert!(asked.contains("rmcp=trace") && !asked.contains("rmcp=warn"), "{asked}");
        assert!(
            asked.contains("ractor=warn") && asked.split(',').any(|directive| directive == "debug"),
            "{asked}"
        );
    }

    #[test]
    fn bad_directives_are_an_error_that_names_the_variable() {
        let error = filter(LevelFilter::INFO, Some("nextcloud_mcp=loud")).unwrap_err();
        assert!(
            error.to_string().starts_with("RUST_LOG: `nextcloud_mcp=loud`"),
            "{error}"
        );
    }
}
