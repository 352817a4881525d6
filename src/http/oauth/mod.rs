//! The OAuth endpoints that browsers meet, one in each file.

mod authorize;
mod authorize_nextcloud;
mod callback;
mod failure;
mod parameters;
mod redirect;
mod registry;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

pub(super) use failure::FlowFailure;
pub(super) use redirect::see_other;
pub use registry::{AllowedClient, ClientRegistry, InvalidClient};

use super::Surface;
use crate::code_flow::CALLBACK_PATH;
use crate::delegated_access::LINK_PATH;

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
