//! A running sandbox.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::ServiceExt;
use axum::extract::Request;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::{AppState, SandboxOptions, router};

/// How long requests in flight may take once the sandbox stops.
const GRACE: Duration = Duration::from_secs(1);

/// A Nextcloud listening on an address of this machine until it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    url: String,
    state: AppState,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Binds the address and answers from a background task.
    ///
    /// # Errors
    ///
    /// The address cannot be bound.
    pub async fn start(options: SandboxOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(options.bind).await?;
        let address = listener.local_addr()?;
        let state = AppState::new(options);
        let service = router::service(&state);
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(async move {
            let shutdown = async move {
                let mut stopped = stopped;
                // An error means that the sandbox was dropped, which stops it as well.
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            let service = ServiceExt::<Request>::into_make_service(service);
            if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(shutdown).await {
                tracing::error!(%error, "the sandbox stopped");
            }
        });
        Ok(Self {
            address,
            url: format!("http://{address}"),
            state,
            stop,
            server,
        })
    }

    /// The address of the server, `http://127.0.0.1:port`, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The bound address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The sandbox's memory, for tests to look into and to steer.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Stops listening and waits until requests in flight are answered, at most a second.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(GRACE, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}
