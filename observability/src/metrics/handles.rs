//! What records: resolved series of a route, a tool or a Nextcloud app, and the values of the small label sets.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use http::StatusCode;
use prometheus::{Histogram, IntCounter, IntGauge};

use super::{Metrics, by_method::StatusCounters};

#[derive(Debug)]
pub(super) struct HttpSeries {
    pub(super) requests: StatusCounters,
    pub(super) duration: Histogram,
    pub(super) in_progress: IntGauge,
}

/// Series of one method at one route.
#[derive(Clone, Debug)]
pub struct HttpMetrics(pub(super) Arc<HttpSeries>);

impl HttpMetrics {
    /// Counts the request as being worked on until the timer is finished or dropped.
    pub fn start(self) -> HttpTimer {
        self.0.in_progress.inc();
        HttpTimer {
            series: self.0,
            started: Instant::now(),
        }
    }
}

/// A request being worked on. Dropped unfinished (the client went away), it counts no answer.
#[derive(Debug)]
pub struct HttpTimer {
    series: Arc<HttpSeries>,
    started: Instant,
}

impl HttpTimer {
    /// Records the answer.
    pub fn finish(self, status: StatusCode) {
        self.series.requests.add(status.as_u16());
        self.series.duration.observe(self.started.elapsed().as_secs_f64());
    }
}

impl Drop for HttpTimer {
    fn drop(&mut self) {
        self.series.in_progress.dec();
    }
}

/// Series of one tool, made when it is first called.
#[derive(Clone, Debug)]
pub struct ToolMetrics(Arc<Tool>);

#[derive(Debug)]
struct Tool {
    name: String,
    metrics: Metrics,
    series: OnceLock<ToolSeries>,
}

#[derive(Debug)]
struct ToolSeries {
    succeeded: IntCounter,
    failed: IntCounter,
    duration: Histogram,
}

impl ToolMetrics {
    pub(super) fn new(tool_name: &str, metrics: &Metrics) -> Self {
        Self(Arc::new(Tool {
            name: tool_name.to_owned(),
            metrics: metrics.clone(),
            series: OnceLock::new(),
        }))
    }

    /// Records a call that ended. The error is its kind, one of a fixed set.
    pub fn record(&self, elapsed: Duration, outcome: Result<(), &'static str>) {
        let Tool { name, metrics, series } = &*self.0;
        let inner = &metrics.0;
        let series = series.get_or_init(|| ToolSeries {
            succeeded: inner.tool_calls.with_label_values(&[name.as_str(), "success"]),
            failed: inner.tool_calls.with_label_values(&[name.as_str(), "error"]),
            duration: inner.tool_duration.with_label_values(&[name.as_str()]),
        });
        series.duration.observe(elapsed.as_secs_f64());
        match outcome {
            Ok(()) => series.succeeded.inc(),
            Err(kind) => {
                series.failed.inc();
                inner.tool_errors.with_label_values(&[name.as_str(), kind]).inc();
            }
        }
    }
}

#[derive(Debug)]
pub(super) struct NextcloudSeries {
    pub(super) requests: StatusCounters,
    pub(super) duration: Histogram,
}

/// Series of requests to one Nextcloud app with one method.
#[derive(Clone, Debug)]
pub struct NextcloudMetrics(pub(super) Arc<NextcloudSeries>);

impl NextcloudMetrics {
    /// Records an attempt; without a status there was no answer.
    pub fn record(&self, elapsed: Duration, status: Option<StatusCode>) {
        self.0.duration.observe(elapsed.as_secs_f64());
        match status {
            Some(status) => self.0.requests.add(status.as_u16()),
            None => self.0.requests.add_unanswered(),
        }
    }
}

/// How a token was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenCheck {
    /// By its signature.
    Jwt,
    /// RFC 7662.
    Introspection,
    /// By asking the userinfo endpoint.
    Userinfo,
}

impl TokenCheck {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::Introspection => "introspection",
            Self::Userinfo => "userinfo",
        }
    }
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenResult {
    /// The token is good.
    Valid,
    /// The token is refused.
    Invalid,
    /// The check itself failed.
    Error,
}

impl TokenResult {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Error => "error",
        }
    }
}

/// What became of an attempt to register our OAuth client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationResult {
    /// There is a new client.
    Registered,
    /// The provider does not register it.
    Refused,
    /// The provider did not answer, or not yet.
    Failed,
}

impl RegistrationResult {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// What became of a refresh of a user's grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshResult {
    /// There is a new access token, and it is durable.
    Renewed,
    /// The provider has ended the grant.
    Ended,
    /// It is not renewed now, and kept.
    Failed,
}

impl RefreshResult {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Renewed => "renewed",
            Self::Ended => "ended",
            Self::Failed => "failed",
        }
    }
}

/// What the server needs to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dependency {
    /// The Nextcloud served.
    Nextcloud,
    /// The issuer of access tokens.
    IdentityProvider,
    /// The store of credentials.
    CredentialVault,
}

impl Dependency {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Nextcloud => "nextcloud",
            Self::IdentityProvider => "identity_provider",
            Self::CredentialVault => "credential_vault",
        }
    }
}
