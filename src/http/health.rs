//! `/health/live` and `/health/ready`.

use std::sync::Arc;

use actors::supervisor::Readiness;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::Surface;

/// What health is told from.
#[derive(Debug)]
pub struct Health {
    /// `basic` or `oauth`.
    pub mode: &'static str,
    /// The state of the actors and of what they need.
    pub readiness: watch::Receiver<Readiness>,
}

/// The process answers.
pub(super) async fn live(State(surface): State<Arc<Surface>>) -> Json<Value> {
    Json(json!({"status": "alive", "mode": surface.health.mode}))
}

/// The server can do its work: every required actor runs and every condition is met. Names the ones that are not.
pub(super) async fn ready(State(surface): State<Arc<Surface>>) -> (StatusCode, Json<Value>) {
    let readiness = surface.health.readiness.borrow().clone();
    let (code, status) = if readiness.is_ready() {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not_ready")
    };
    (code, Json(json!({"status": status, "checks": readiness})))
}
