//! The Cookbook app 0.11.9: `/apps/cookbook/api/v1`.
//!
//! A recipe is a JSON document in a folder named after it, and its id is the folder's. Every route is `@CORS`, but the
//! app crashes where others ask for a login. A path that no route has is 405: the catch-all for `OPTIONS` has it.

mod api;
mod book;
mod controls;
mod import;
mod lists;
mod normalise;
mod seed;
mod settings;
#[cfg(test)]
mod tests;
mod visitor;

use axum::Router;
use axum::response::Response;
use axum::routing::{any, get, post, put};
use http::StatusCode;
use serde_json::json;

use crate::{AppState, reply};

pub(crate) use book::Cookbook;
pub(crate) use seed::seed;

pub(crate) fn routes() -> Router<AppState> {
    let path = |rest: &str| format!("/apps/cookbook/api/v1{rest}");
    Router::new()
        .route("/apps/cookbook/api/version", get(settings::version))
        .route(&path("/config"), get(settings::read).post(settings::update))
        .route(&path("/reindex"), post(settings::reindex))
        .route(&path("/recipes"), get(lists::all).post(api::create))
        .route(
            &path("/recipes/{id}"),
            get(api::read).put(api::update).delete(api::delete),
        )
        .route(&path("/recipes/{id}/image"), get(api::image))
        .route(&path("/categories"), get(lists::categories))
        .route(
            &path("/category/{category}"),
            get(lists::in_category).merge(put(lists::rename_category)),
        )
        .route(&path("/keywords"), get(lists::keywords))
        .route(&path("/tags/{keywords}"), get(lists::with_keywords))
        .route(&path("/search/{query}"), get(lists::search))
        .route(&path("/import"), post(import::import))
        .route("/apps/cookbook/api/{*rest}", any(|| async { no_route() }))
}

fn no_route() -> Response {
    reply::empty(StatusCode::METHOD_NOT_ALLOWED)
}

/// `{"msg": …}` with the place in the code that it comes from.
fn refusal(status: StatusCode, message: &str, line: u32) -> Response {
    let file = "/tmp/nc/html/apps/cookbook/lib/Service/RecipeService.php";
    reply::json(status, &json!({ "msg": message, "file": file, "line": line }))
}
