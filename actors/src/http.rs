//! The one place that builds outgoing HTTP clients, and bounded reading of what comes back.

use std::path::PathBuf;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

/// How outgoing connections are made.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Whether certificates are checked (`NEXTCLOUD_VERIFY_SSL`).
    pub verify_tls: bool,
    /// A PEM file of further certificate authorities (`NEXTCLOUD_CA_BUNDLE`).
    pub ca_bundle: Option<PathBuf>,
    /// Whether connections are kept for the next request (`NEXTCLOUD_HTTP_KEEPALIVE`).
    pub keepalive: bool,
    /// Bound on making a connection.
    pub connect_timeout: Duration,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            verify_tls: true,
            ca_bundle: None,
            keepalive: true,
            connect_timeout: Duration::from_secs(5),
        }
    }
}

/// Why an outgoing client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The file of certificate authorities cannot be read.
    #[error("the certificate file {path} cannot be read: {source}")]
    ReadCaBundle {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file holds no usable certificate, or TLS could not be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[source] reqwest::Error),
}

/// A client without cookies (a session cookie outlives the token that made it), without redirects (each caller
/// decides) and without transparent decompression (nginx weakens the ETags of compressed answers). How long it waits for
/// an answer is up to each request.
#[expect(clippy::disallowed_methods, reason = "this is the one place that builds a client")]
pub fn client(options: &ClientOptions) -> Result<reqwest::Client, ClientError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("nextcloud-mcp-server/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(options.connect_timeout)
        .tcp_nodelay(true);
    if !options.keepalive {
        builder = builder.pool_max_idle_per_host(0);
    }
    if !options.verify_tls {
        builder = builder.tls_danger_accept_invalid_certs(true);
    }
    if let Some(path) = &options.ca_bundle {
        let pem = std::fs::read(path).map_err(|source| ClientError::ReadCaBundle {
            path: path.clone(),
            source,
        })?;
        let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(ClientError::Tls)?;
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map_err(ClientError::Tls)
}

/// Why a response body could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The body is longer than allowed.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The connection broke.
    #[error("the answer broke off: {0}")]
    Transport(#[source] reqwest::Error),
    /// Nothing more came.
    #[error("nothing more of the answer came within {} s", .0.as_secs())]
    Silent(Duration),
}

/// The next piece of a body, waiting at most `silence` for it; `None` at its end.
pub async fn next_chunk(response: &mut reqwest::Response, silence: Duration) -> Result<Option<Bytes>, BodyError> {
    match tokio::time::timeout(silence, response.chunk()).await {
        Ok(chunk) => chunk.map_err(BodyError::Transport),
        Err(_) => Err(BodyError::Silent(silence)),
    }
}

/// Reads a whole body of at most `limit` bytes, and stops reading as soon as it is longer or nothing comes for `silence`.
pub async fn read_bounded(
    mut response: reqwest::Response,
    limit: usize,
    silence: Duration,
) -> Result<Bytes, BodyError> {
    let too_large = BodyError::TooLarge { limit };
    let announced = response.content_length().unwrap_or(0);
    if announced > limit as u64 {
        return Err(too_large);
    }
    let Some(first) = next_chunk(&mut response, silence).await? else {
        return Ok(Bytes::new());
    };
    if first.len() as u64 == announced {
        return Ok(first);
    }
    // At most `limit`: an announced length beyond it was refused above.
    let mut body = BytesMut::with_capacity(usize::try_from(announced).unwrap_or(0).max(first.len()));
    body.extend_from_slice(&first);
    drop(first);
    loop {
        if body.len() > limit {
            return Err(too_large);
        }
        match next_chunk(&mut response, silence).await? {
            Some(chunk) => body.extend_from_slice(&chunk),
            None => return Ok(body.freeze()),
        }
    }
}
