//! `/metrics` on a port of its own, so that it is not reachable where the MCP endpoint is.

use std::{io, net::SocketAddr, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::{CONTENT_TYPE, Metrics};

/// How long [`MetricsServer::shutdown`] waits for a scrape under way.
const DRAIN_LIMIT: Duration = Duration::from_secs(2);

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("metrics: cannot listen on {address}: {source}; choose another METRICS_PORT or set METRICS_ENABLED=false")]
pub struct ServeError {
    address: SocketAddr,
    source: io::Error,
}

/// A running metrics server. Dropping it stops it.
#[derive(Debug)]
pub struct MetricsServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// Serves `GET /metrics`, and nothing else, on `bind`. Port 0 takes a free one.
///
/// # Errors
///
/// [`ServeError`] when the address cannot be listened on.
pub async fn serve_metrics(bind: SocketAddr, metrics: Metrics) -> Result<MetricsServer, ServeError> {
    let failed = |source| ServeError { address: bind, source };
    let listener = TcpListener::bind(bind).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let router = Router::new().route("/metrics", get(scrape)).with_state(metrics);
    let task = tokio::spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(async {
            // A dropped handle stops the server too.
            let _ = stopped.await;
        });
        if let Err(error) = served.await {
            tracing::error!(%error, "the metrics server stopped");
        }
    });
    Ok(MetricsServer {
        address,
        stop: Some(stop),
        task,
    })
}

impl MetricsServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening and waits up to two seconds for scrapes under way.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if tokio::time::timeout(DRAIN_LIMIT, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

async fn scrape(State(metrics): State<Metrics>) -> Response {
    match metrics.render() {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;

    async fn request(address: SocketAddr, line: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn serves_metrics_and_nothing_else_until_stopped() {
        let metrics = Metrics::new();
        metrics.sessions().set(7);
        let server = serve_metrics(([127, 0, 0, 1], 0).into(), metrics).await.unwrap();
        let address = server.address();

        let answer = request(address, "GET /metrics").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(
            answer.contains(&format!("content-type: {CONTENT_TYPE}\r\n")),
            "{answer}"
        );
        assert!(answer.contains("\nmcp_user_sessions 7\n"), "{answer}");
        assert!(request(address, "GET /").await.starts_with("HTTP/1.1 404 "));
        assert!(request(address, "POST /metrics").await.starts_with("HTTP/1.1 405 "));

        server.shutdown().await;
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn a_taken_port_is_an_error_that_names_the_address() {
        let first = serve_metrics(([127, 0, 0, 1], 0).into(), Metrics::new()).await.unwrap();
        let error = serve_metrics(first.address(), Metrics::new()).await.unwrap_err();
        assert!(error.to_string().contains(&first.address().to_string()), "{error}");
        first.shutdown().await;
    }
}
