//! The apps that the administrator has disabled: `occ app:disable`.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use serde_json::Value;

use crate::ocs::Ocs;
use crate::router::UNKNOWN_ROUTE;
use crate::{AppState, reply};

/// Which apps are disabled.
#[derive(Debug, Default)]
pub struct DisabledApps(Mutex<BTreeSet<&'static str>>);

impl DisabledApps {
    /// Disables an app: its routes and capabilities are gone, what it stored stays.
    pub fn disable(&self, app: &'static str) {
        self.lock().insert(app);
    }

    /// Enables it again.
    pub fn enable(&self, app: &str) {
        self.lock().remove(app);
    }

    /// Takes them out of capabilities.
    pub(crate) fn leave_out(&self, data: &mut Value) {
        if let Some(capabilities) = data["capabilities"].as_object_mut() {
            capabilities.retain(|app, _| !self.lock().contains(app.as_str()));
        }
    }

    /// Whether an app is disabled.
    pub(crate) fn has(&self, app: &str) -> bool {
        self.lock().contains(app)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Middleware: the answers for apps that are disabled.
pub(crate) async fn refuse_disabled(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let ocs = Ocs::of(request.uri(), request.headers());
    let below = match ocs {
        Some(_) => path.splitn(4, '/').nth(3).unwrap_or_default(),
        None => path.trim_start_matches('/'),
    };
    let is_disabled = |prefix: &str| {
        let app = below.strip_prefix(prefix).and_then(|rest| rest.split('/').next());
        app.is_some_and(|app| state.disabled_apps().has(app))
    };
    match ocs {
        Some(ocs) if is_disabled("search/providers/") => ocs.failure(996, "Internal Server Error\n"),
        Some(ocs) if is_disabled("apps/") => ocs.failure(998, UNKNOWN_ROUTE),
        None if is_disabled("apps/") => reply::text(StatusCode::NOT_FOUND, "text/html; charset=UTF-8", String::new()),
        _ => next.run(request).await,
    }
}
