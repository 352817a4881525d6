//! `/api/1/tables/{id}/shares`.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::Value;

use super::not_found;
use super::store::date;
use super::table::{Permissions, Share};
use super::visitor::{Id, Parameters};
use crate::auth::CorsUser;
use crate::{AppState, reply};

/// `GET`.
pub(crate) async fn list(State(state): State<AppState>, CorsUser(user): CorsUser, Id(id): Id) -> Response {
    let tables = state.tables();
    let Some(table) = tables.table(id, &user.uid, |may| may.manage) else {
        return not_found();
    };
    let shares: Vec<Value> = tables
        .shares
        .values()
        .filter(|share| share.table == id)
        .map(|share| share.view(&state, &table.owner))
        .collect();
    reply::json(StatusCode::OK, &shares)
}

/// `POST`: with a user. Groups are not part of the sandbox.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(table): Id,
    parameters: Parameters,
) -> Response {
    let mut tables = state.tables();
    if tables.table(table, &user.uid, |may| may.manage).is_none() {
        return not_found();
    }
    let may = |name: &str| parameters.flag(name).unwrap_or(false);
    let permissions = Permissions {
        read: may("permissionRead"),
        create: may("permissionCreate"),
        update: may("permissionUpdate"),
        delete: may("permissionDelete"),
        manage: may("permissionManage"),
    };
    let at = date(state.clock().unix());
    let receiver = parameters.text("receiver").unwrap_or_default().to_owned();
    let id = tables.add_share(|id| Share {
        id,
        table,
        receiver,
        at,
        permissions,
    });
    let share = tables.shares.get(&id).map(|share| share.view(&state, &user.uid));
    reply::json(StatusCode::OK, &share)
}
