//! `nextcloud-mcp-server run`: serve until told to stop.

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use observability::Metrics;
use observability::metrics::serve_metrics;
use tokio::net::TcpListener;

use crate::cli::RunArgs;
use crate::config::{Config, Loaded, Transport};
use crate::server::{Server, StartError};

/// How long requests under way and actors have to finish after a signal to stop.
const STOP_LIMIT: Duration = Duration::from_secs(20);
/// How long buffered spans have to reach their collector at the end.
const FLUSH_LIMIT: Duration = Duration::from_secs(5);

/// Reads the configuration and serves.
#[expect(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "configuration problems come before logs exist"
)]
pub async fn run(args: &RunArgs) -> ExitCode {
    let loaded = match super::configuration(args) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    if args.check_config {
        for notice in &loaded.notices {
            eprintln!("{notice}");
        }
        println!("{}", loaded.config.summary());
        return ExitCode::SUCCESS;
    }
    let mut options = loaded.config.observability.options.clone();
    options.ansi = io::stderr().is_terminal();
    let telemetry = match observability::init(&options) {
        Ok(telemetry) => telemetry,
        Err(error) => {
            eprintln!("logs and traces cannot be set up: {error}");
            return ExitCode::from(2);
        }
    };
    let outcome = serve(&loaded).await;
    if let Err(error) = &outcome {
        tracing::error!("{error}");
    }
    if let Err(error) = telemetry.shutdown(FLUSH_LIMIT) {
        eprintln!("the last spans were not exported: {error}");
    }
    if outcome.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn serve(loaded: &Loaded) -> Result<(), StartError> {
    let config = &loaded.config;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        mode = config.mode.name(),
        nextcloud = %config.nextcloud.base_url,
        "starting nextcloud-mcp-server"
    );
    for notice in &loaded.notices {
        tracing::warn!("{notice}");
    }
    if config.server.transport == Transport::Stdio {
        return crate::stdio::serve(config).await;
    }
    let metrics = Metrics::new();
    let metrics_server = match config.observability.metrics {
        Some(address) => match serve_metrics(address, metrics.clone()).await {
            Ok(server) => {
                tracing::info!(address = %server.address(), "metrics at /metrics");
                Some(server)
            }
            Err(error) => {
                // Whoever asked for metrics wants to know; whoever wants notes does not care.
                tracing::error!(%error, "going on without metrics");
                None
            }
        },
        None => None,
    };
    let listener = listen(config).await?;
    let server = Server::start(config, listener, metrics).await?;
    tracing::info!(address = %server.address(), mcp = %config.server.resource(), "serving MCP");
    stop_signal().await;
    tracing::info!("stopping");
    server.stop(STOP_LIMIT).await;
    if let Some(metrics_server) = metrics_server {
        metrics_server.shutdown().await;
    }
    Ok(())
}

async fn listen(config: &Config) -> Result<TcpListener, StartError> {
    let address = (config.server.host.as_str(), config.server.port);
    TcpListener::bind(address).await.map_err(|error| {
        let place = format!("{}:{}", address.0, address.1);
        StartError::Listen(io::Error::new(
            error.kind(),
            format!("{place}: {error}; choose another --host or --port"),
        ))
    })
}

/// Waits for SIGTERM or Ctrl-C.
pub(super) async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM is not handled; stop with Ctrl-C");
            let _ = interrupt.await;
        }
    }
}
