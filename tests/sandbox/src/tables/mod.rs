//! The Tables app 1.0.9: version 1 of its API (`/apps/tables/api/1`, `@CORS`) and version 2 (OCS).

mod column;
mod controls;
mod ocs_api;
mod rest_columns;
mod rest_rows;
mod rest_shares;
mod rest_tables;
mod rest_views;
mod row;
mod seed;
mod store;
mod table;
mod value;
mod visitor;

use axum::Router;
use axum::response::Response;
use axum::routing::{any, get, post};
use http::StatusCode;

use crate::{AppState, ocs, pages, reply};

pub(crate) use store::Tables;

pub(crate) fn routes() -> Router<AppState> {
    let path = |rest: &str| format!("/apps/tables/api/1{rest}");
    let rest = Router::new()
        .route(&path("/tables"), get(rest_tables::list).post(rest_tables::create))
        .route(
            &path("/tables/{id}"),
            get(rest_tables::read)
                .put(rest_tables::update)
                .delete(rest_tables::delete),
        )
        .route(&path("/tables/{id}/scheme"), get(rest_tables::scheme))
        .route(
            &path("/tables/{id}/columns"),
            get(rest_columns::list).post(rest_columns::create),
        )
        .route(
            &path("/columns/{id}"),
            get(rest_columns::read).put(rest_columns::update),
        )
        .route(&path("/tables/{id}/rows"), get(rest_rows::list).post(rest_rows::create))
        .route(&path("/tables/{id}/rows/simple"), get(rest_rows::simple))
        .route(
            &path("/rows/{id}"),
            get(rest_rows::read).put(rest_rows::update).delete(rest_rows::delete),
        )
        .route(
            &path("/tables/{id}/views"),
            get(rest_views::list).post(rest_views::create),
        )
        .route(&path("/views/{id}"), any(rest_views::update_or_delete))
        .route(&path("/views/{id}/rows"), get(rest_views::rows))
        .route(&path("/views/{id}/columns"), get(rest_views::columns))
        .route(
            &path("/tables/{id}/shares"),
            get(rest_shares::list).post(rest_shares::create),
        );
    let path = |rest: &str| format!("/apps/tables/api/2{rest}");
    let router = ocs::route(rest, &path("/tables"), get(ocs_api::list).post(ocs_api::create));
    let router = ocs::route(router, &path("/init"), get(ocs_api::init));
    let router = ocs::route(
        router,
        &path("/tables/{id}"),
        get(ocs_api::read).put(ocs_api::update).delete(ocs_api::delete),
    );
    let router = ocs::route(router, &path("/tables/scheme/{id}"), get(ocs_api::crash));
    let router = ocs::route(router, &path("/columns/{kind}"), post(ocs_api::create_column));
    let router = ocs::route(router, &path("/columns/table/{id}"), get(ocs_api::columns));
    let router = ocs::route(router, &path("/tables/{id}/rows"), post(ocs_api::create_row));
    let router = ocs::route(
        router,
        &path("/favorites/{kind}/{id}"),
        post(ocs_api::favorite).delete(ocs_api::unfavorite),
    );
    ocs::route(router, &path("/contexts"), get(ocs_api::contexts))
}

/// 404 without a word: a table that is missing, or is not the user's.
fn not_found() -> Response {
    reply::empty(StatusCode::NOT_FOUND)
}

/// PHP's `TypeError`.
fn crash() -> Response {
    pages::error(StatusCode::INTERNAL_SERVER_ERROR)
}
