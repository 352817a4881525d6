//! The Nextcloud that this server serves: one per process, shared by every session.

use std::sync::Arc;
use std::time::Duration;

use observability::Metrics;
use url::Url;

use crate::http::{ClientError, ClientOptions, client};
use crate::randomness::{SharedRandomness, SystemRandomness};

/// Where Nextcloud is and how patient we are with it.
#[derive(Debug, Clone)]
pub struct NextcloudOptions {
    /// The base URL (`NEXTCLOUD_HOST`); it may carry a path (`https://example.org/cloud`).
    pub base_url: Url,
    /// The URL that people's browsers use, for links (`NEXTCLOUD_PUBLIC_URL`).
    pub public_url: Option<Url>,
    /// TLS and connection settings.
    pub http: ClientOptions,
    /// Bound on one request up to the head of its answer, each try counted anew, and on silence within the answer.
    pub request_timeout: Duration,
    /// Bound on an answer that is held in memory, in bytes.
    pub max_body: usize,
    /// Where requests are counted.
    pub metrics: Metrics,
    /// For the pauses between tries.
    pub randomness: SharedRandomness,
}

impl NextcloudOptions {
    /// The defaults for the Nextcloud at `base_url`.
    pub fn new(base_url: Url) -> Self {
        Self {
            base_url,
            public_url: None,
            http: ClientOptions::default(),
            request_timeout: Duration::from_secs(30),
            max_body: 32 * 1024 * 1024,
            metrics: Metrics::new(),
            randomness: SystemRandomness::shared(),
        }
    }
}

/// One Nextcloud and the connections to it. Connections carry no cookies, so sessions share them.
#[derive(Debug)]
pub struct NextcloudServer {
    pub(super) base: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) public: Option<Url>,
    pub(super) http: reqwest::Client,
    pub(super) request_timeout: Duration,
    pub(super) max_body: usize,
    pub(super) metrics: Metrics,
    pub(super) randomness: SharedRandomness,
}

impl NextcloudServer {
    /// Prepares the connections; nothing is sent yet.
    pub fn new(options: &NextcloudOptions) -> Result<Arc<Self>, ClientError> {
        Ok(Arc::new(Self {
            base: options.base_url.as_str().trim_end_matches('/').to_owned(),
            host: options.base_url.host_str().unwrap_or_default().to_owned(),
            port: options.base_url.port_or_known_default().unwrap_or_default(),
            public: options.public_url.clone(),
            http: client(&options.http)?,
            request_timeout: options.request_timeout,
            max_body: options.max_body,
            metrics: options.metrics.clone(),
            randomness: Arc::clone(&options.randomness),
        }))
    }

    /// The base URL without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// A link that a person can open, or `None` when no public address is known: no link is better than a dead one.
    ///
    /// `path` starts with `/` and is encoded already.
    pub fn deep_link(&self, path: &str) -> Option<String> {
        let public = self.public.as_ref()?;
        Some(format!("{}{path}", public.as_str().trim_end_matches('/')))
    }
}
