//! Every metric family: name, labels and meaning in one place, from which the handles are made and the reference page
//! is written.

use prometheus::{CounterVec, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry};

/// Upper bounds of duration buckets, in seconds: from a cached answer to the longest Nextcloud call.
pub const DURATION_BUCKETS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];

/// What a family measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Durations in [`DURATION_BUCKETS`].
    Histogram,
}

/// One label and the values it can have.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    /// Name.
    pub name: &'static str,
    /// Its values; always a bounded set.
    pub values: &'static str,
}

/// One metric family.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// Name as scraped.
    pub name: &'static str,
    /// What it measures.
    pub kind: Kind,
    /// Labels in the order of their values.
    pub labels: &'static [Label],
    /// Meaning, one sentence.
    pub help: &'static str,
}

const METHOD: Label = Label {
    name: "method",
    values: "HTTP method, `_OTHER` for an undefined one",
};
const ENDPOINT: Label = Label {
    name: "endpoint",
    values: "matched route, `unmatched`",
};
const STATUS_CODE: Label = Label {
    name: "status_code",
    values: "HTTP status, `other` outside 100–599",
};
const TOOL_NAME: Label = Label {
    name: "tool_name",
    values: "a tool of the catalogue",
};
const APP: Label = Label {
    name: "app",
    values: "Nextcloud app or protocol: `notes`, `webdav`, `ocs` …",
};
const API_METHOD: Label = Label {
    name: "method",
    values: "HTTP or WebDAV method, `_OTHER` for any further one",
};

macro_rules! families {
    ($($(#[$doc:meta])* $id:ident = $kind:ident $name:literal [$($label:expr),*] $help:literal;)*) => {
        $(
            $(#[$doc])*
            pub(super) const $id: Family = Family { name: $name, kind: Kind::$kind, labels: &[$($label),*], help: $help };
        )*
        /// Every family, in the order of the reference page.
        pub const FAMILIES: &[Family] = &[$($id),*];
    };
}

families! {
    HTTP_REQUESTS = Counter "mcp_http_requests_total" [METHOD, ENDPOINT, STATUS_CODE]
        "Requests answered by the HTTP server.";
    HTTP_DURATION = Histogram "mcp_http_request_duration_seconds" [METHOD, ENDPOINT]
        "Time until the response's headers are ready.";
    HTTP_IN_PROGRESS = Gauge "mcp_http_requests_in_progress" [METHOD, ENDPOINT]
        "Requests being worked on.";
    TOOL_CALLS = Counter "mcp_tool_calls_total" [TOOL_NAME, Label { name: "status", values: "`success`, `error`" }]
        "Tool calls that ended.";
    TOOL_DURATION = Histogram "mcp_tool_duration_seconds" [TOOL_NAME]
        "Time a tool call took.";
    TOOL_ERRORS = Counter "mcp_tool_errors_total"
        [TOOL_NAME, Label { name: "error_type", values: "kind of error, as in the span's `error.type`" }]
        "Tool calls that ended with an error, by kind.";
    NEXTCLOUD_REQUESTS = Counter "mcp_nextcloud_api_requests_total"
        [APP, API_METHOD, Label { name: "status_code", values: "HTTP status, `none` without an answer" }]
        "Requests to Nextcloud.";
    NEXTCLOUD_DURATION = Histogram "mcp_nextcloud_api_duration_seconds" [APP, API_METHOD]
        "Time until Nextcloud's answer began, or the attempt failed.";
    TOKEN_VALIDATIONS = Counter "mcp_oauth_token_validations_total" [
        Label { name: "method", values: "`jwt`, `introspection`, `userinfo`" },
        Label { name: "result", values: "`valid`, `invalid`, `error`" },
        Label { name: "reason", values: "why it was refused (`expired`, `bad_audience` …), `ok` if it was not" }
    ] "Access tokens checked; one answered from the cache is not counted.";
    TOKEN_CACHE = Counter "mcp_oauth_token_cache_hits_total" [Label { name: "hit", values: "`true`, `false`" }]
        "Look-ups in the cache of verified tokens.";
    CLIENT_REGISTRATIONS = Counter "mcp_oauth_client_registrations_total"
        [Label { name: "result", values: "`registered`, `refused`, `failed` (it may pass)" }]
        "Attempts to register this server's OAuth client at the identity provider.";
    GRANT_REFRESHES = Counter "mcp_oauth_grant_refreshes_total"
        [Label { name: "result", values: "`renewed`, `ended` (its user has to agree again), `failed` (it may pass)" }]
        "Refreshes of the grants that users gave this server.";
    GRANTS = Gauge "mcp_oauth_grants" []
        "Users who have given this server access to their Nextcloud.";
    DEPENDENCY_HEALTH = Gauge "mcp_dependency_health"
        [Label { name: "dependency", values: "`nextcloud`, `identity_provider`, `credential_vault`" }]
        "1 when the dependency answered last time, 0 when it did not.";
    SESSIONS = Gauge "mcp_user_sessions" []
        "Users with a session in memory.";
    BUILD = Gauge "mcp_build_info" [Label { name: "version", values: "the running version" }]
        "Always 1.";
    PROCESS_START = Gauge "process_start_time_seconds" []
        "When the process started, in seconds since 1970 (Linux only, as are the following).";
    PROCESS_CPU = Counter "process_cpu_seconds_total" []
        "Processor time used, user and system.";
    PROCESS_MEMORY = Gauge "process_resident_memory_bytes" []
        "Memory in use.";
    PROCESS_THREADS = Gauge "process_threads" []
        "Threads running.";
    PROCESS_FDS = Gauge "process_open_fds" []
        "Files and connections open.";
}

impl Family {
    fn label_names(&self) -> Vec<&'static str> {
        self.labels.iter().map(|label| label.name).collect()
    }

    fn opts(&self) -> Opts {
        Opts::new(self.name, self.help)
    }

    pub(super) fn counter(&self, registry: &Registry) -> prometheus::Result<IntCounterVec> {
        let family = IntCounterVec::new(self.opts(), &self.label_names())?;
        registry.register(Box::new(family.clone()))?;
        Ok(family)
    }

    pub(super) fn gauge(&self, registry: &Registry) -> prometheus::Result<IntGaugeVec> {
        let family = IntGaugeVec::new(self.opts(), &self.label_names())?;
        registry.register(Box::new(family.clone()))?;
        Ok(family)
    }

    pub(super) fn float_gauge(&self, registry: &Registry) -> prometheus::Result<GaugeVec> {
        let family = GaugeVec::new(self.opts(), &self.label_names())?;
        registry.register(Box::new(family.clone()))?;
        Ok(family)
    }

    pub(super) fn float_counter(&self, registry: &Registry) -> prometheus::Result<CounterVec> {
        let family = CounterVec::new(self.opts(), &self.label_names())?;
        registry.register(Box::new(family.clone()))?;
        Ok(family)
    }

    pub(super) fn histogram(&self, registry: &Registry) -> prometheus::Result<HistogramVec> {
        let opts = HistogramOpts::new(self.name, self.help).buckets(DURATION_BUCKETS.to_vec());
        let family = HistogramVec::new(opts, &self.label_names())?;
        registry.register(Box::new(family.clone()))?;
        Ok(family)
    }
}
