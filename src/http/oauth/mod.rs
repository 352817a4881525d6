//! The OAuth endpoints that browsers meet, one in each file.

mod authorize;
mod authorize_nextcloud;
mod callback;
mod parameters;
mod registry;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

pub use registry::{AllowedClient, ClientRegistry, InvalidClient};

use super::Surface;
use crate::delegated_access::{CALLBACK_PATH, LINK_PATH};

/// The routes.
pub(super) fn routes() -> Router<Arc<Surface>> {
    Router::new()
        .route("/oauth/authorize", get(authorize::authorize))
        .route(
            LINK_PATH,
            get(authorize_nextcloud::authorize_nextcloud).head(authorize_nextcloud::preview),
        )
        .route(CALLBACK_PATH, get(callback::callback))
}
