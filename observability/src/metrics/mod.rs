//! The metrics of the server: typed handles, so that no caller makes up a name or a label.
//!
//! Handles for routes, tools and Nextcloud apps are resolved once and kept by who records; recording is then a few
//! atomic operations.

mod by_method;
mod families;
mod handles;
mod process;
mod reference;
mod server;

use std::sync::Arc;

use http::Method;
use prometheus::{HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Registry, TextEncoder};

use self::{
    by_method::{ByMethod, StatusCounters},
    handles::{HttpSeries, NextcloudSeries},
};
pub use self::{
    families::{DURATION_BUCKETS, FAMILIES, Family, Kind, Label},
    handles::{
        Dependency, HttpMetrics, HttpTimer, NextcloudMetrics, RefreshResult, RegistrationResult, TokenCheck,
        TokenResult, ToolMetrics,
    },
    reference::reference_markdown,
    server::{MetricsServer, ServeError, serve_metrics},
};

/// The `Content-Type` of [`Metrics::render`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Every metric of the process. Cloning shares them.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    http_requests: IntCounterVec,
    http_duration: HistogramVec,
    http_in_progress: IntGaugeVec,
    http: ByMethod<HttpSeries>,
    tool_calls: IntCounterVec,
    tool_duration: HistogramVec,
    tool_errors: IntCounterVec,
    nextcloud_requests: IntCounterVec,
    nextcloud_duration: HistogramVec,
    nextcloud: ByMethod<NextcloudSeries>,
    token_validations: IntCounterVec,
    token_cache_hit: IntCounter,
    token_cache_miss: IntCounter,
    client_registrations: IntCounterVec,
    grant_refreshes: IntCounterVec,
    grants: IntGauge,
    dependency_health: IntGaugeVec,
    sessions: IntGauge,
    process: process::Process,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Metrics of their own registry: two of them share nothing.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "names and labels are constants, and a test registers them all"
    )]
    pub fn new() -> Self {
        Self(Arc::new(
            Inner::register(Registry::new()).expect("the metric families are valid and distinct"),
        ))
    }

    /// Everything in the Prometheus text format ([`CONTENT_TYPE`]).
    ///
    /// # Errors
    ///
    /// The encoder's, when a family is inconsistent.
    pub fn render(&self) -> Result<String, prometheus::Error> {
        self.0.process.refresh();
        TextEncoder::new().encode_to_string(&self.0.registry.gather())
    }

    /// The series of one method at one matched route.
    pub fn http_request(&self, method: &Method, endpoint: &str) -> HttpMetrics {
        let inner = &self.0;
        HttpMetrics(
            inner
                .http
                .get(endpoint, method.as_str(), |endpoint, method| HttpSeries {
                    requests: StatusCounters::new(&inner.http_requests, [method, endpoint]),
                    duration: inner.http_duration.with_label_values(&[method, endpoint]),
                    in_progress: inner.http_in_progress.with_label_values(&[method, endpoint]),
                }),
        )
    }

    /// The series of one tool; resolve it with the catalogue and keep it.
    pub fn tool(&self, tool_name: &str) -> ToolMetrics {
        ToolMetrics::new(tool_name, self)
    }

    /// The series of requests to one Nextcloud app with one method.
    pub fn nextcloud(&self, app: &str, method: &str) -> NextcloudMetrics {
        let inner = &self.0;
        NextcloudMetrics(inner.nextcloud.get(app, method, |app, method| NextcloudSeries {
            requests: StatusCounters::new(&inner.nextcloud_requests, [app, method]),
            duration: inner.nextcloud_duration.with_label_values(&[app, method]),
        }))
    }

    /// Counts one check of a token that was not in the cache. `reason` is one of a fixed set.
    pub fn token_validation(&self, check: TokenCheck, result: TokenResult, reason: &'static str) {
        self.0
            .token_validations
            .with_label_values(&[check.label(), result.label(), reason])
            .inc();
    }

    /// Counts one look-up in the cache of verified tokens.
    pub fn token_cache(&self, hit: bool) {
        if hit {
            self.0.token_cache_hit.inc();
        } else {
            self.0.token_cache_miss.inc();
        }
    }

    /// Counts one attempt to register our OAuth client.
    pub fn client_registration(&self, result: RegistrationResult) {
        let series = &self.0.client_registrations;
        series.with_label_values(&[result.label()]).inc();
    }

    /// Counts one refresh of a user's grant.
    pub fn grant_refresh(&self, result: RefreshResult) {
        self.0.grant_refreshes.with_label_values(&[result.label()]).inc();
    }

    /// The number of users who have given this server access.
    pub fn grants(&self) -> &IntGauge {
        &self.0.grants
    }

    /// Says how a dependency is.
    pub fn dependency_health(&self, dependency: Dependency, healthy: bool) {
        self.0
            .dependency_health
            .with_label_values(&[dependency.label()])
            .set(i64::from(healthy));
    }

    /// The number of users with a session in memory.
    pub fn sessions(&self) -> &IntGauge {
        &self.0.sessions
    }
}

impl Inner {
    fn register(registry: Registry) -> prometheus::Result<Self> {
        let token_cache = families::TOKEN_CACHE.counter(&registry)?;
        let build = families::BUILD.gauge(&registry)?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Ok(Self {
            http_requests: families::HTTP_REQUESTS.counter(&registry)?,
            http_duration: families::HTTP_DURATION.histogram(&registry)?,
            http_in_progress: families::HTTP_IN_PROGRESS.gauge(&registry)?,
            http: ByMethod::new(),
            tool_calls: families::TOOL_CALLS.counter(&registry)?,
            tool_duration: families::TOOL_DURATION.histogram(&registry)?,
            tool_errors: families::TOOL_ERRORS.counter(&registry)?,
            nextcloud_requests: families::NEXTCLOUD_REQUESTS.counter(&registry)?,
            nextcloud_duration: families::NEXTCLOUD_DURATION.histogram(&registry)?,
            nextcloud: ByMethod::new(),
            token_validations: families::TOKEN_VALIDATIONS.counter(&registry)?,
            token_cache_hit: token_cache.with_label_values(&["true"]),
            token_cache_miss: token_cache.with_label_values(&["false"]),
            client_registrations: families::CLIENT_REGISTRATIONS.counter(&registry)?,
            grant_refreshes: families::GRANT_REFRESHES.counter(&registry)?,
            grants: families::GRANTS.gauge(&registry)?.with_label_values::<&str>(&[]),
            dependency_health: families::DEPENDENCY_HEALTH.gauge(&registry)?,
            sessions: families::SESSIONS.gauge(&registry)?.with_label_values::<&str>(&[]),
            process: process::Process::register(&registry)?,
            registry,
        })
    }
}

#[cfg(test)]
mod tests;
