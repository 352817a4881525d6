//! Shares of files and folders: `/ocs/v2.php/apps/files_sharing/api/v1/shares`.

mod api;
mod create;
mod expiry;
mod items;
mod link;
mod share;
mod store;
mod update;

use axum::Router;
use axum::routing::get;

use crate::{AppState, ocs};

pub(crate) use store::Shares;

pub(crate) fn routes() -> Router<AppState> {
    let router = Router::new();
    let path = "/apps/files_sharing/api/v1/shares";
    let router = ocs::route(router, path, get(api::list).post(create::create));
    ocs::route(
        router,
        &format!("{path}/{{id}}"),
        get(api::read).put(update::update).delete(api::delete),
    )
}

#[cfg(test)]
mod tests;
