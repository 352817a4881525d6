//! The pages that people see: one layout, no scripts, nothing of other servers.
//!
//! [`message`] is for the ends of flows; the other pages are here, one in a file.

mod accept;
mod front;
pub(crate) mod html;
mod layout;
mod message;
pub(super) mod not_found;
mod site;
mod stylesheet;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

pub(crate) use accept::wants_html;
pub(super) use layout::Page;
pub use message::{Kind, Link, message};
pub use site::Site;

use super::Surface;

/// The pages that need no login.
pub(super) fn routes() -> Router<Arc<Surface>> {
    Router::new()
        .route("/", get(front::serve))
        .route(stylesheet::ROUTE, get(stylesheet::serve))
}
