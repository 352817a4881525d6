//! The OAuth endpoints that browsers meet, one in each file.

mod authorize;
mod parameters;
mod registry;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

pub use registry::{AllowedClient, ClientRegistry, InvalidClient};

use super::Surface;

/// The routes.
pub(super) fn routes() -> Router<Arc<Surface>> {
    Router::new().route("/oauth/authorize", get(authorize::authorize))
}
