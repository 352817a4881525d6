//! `/api/1/tables/{id}/columns` and `/api/1/columns/{id}`.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::column::Column;
use super::store::date;
use super::table::display_name;
use super::visitor::{Id, Parameters};
use super::{crash, not_found};
use crate::auth::CorsUser;
use crate::{AppState, reply};

/// `GET`: the columns in the order in which they were made.
pub(crate) async fn list(State(state): State<AppState>, CorsUser(user): CorsUser, Id(id): Id) -> Response {
    let Some(columns) = of_table(&state, &user.uid, id) else {
        let message = format!("no read access to table id = {id}");
        return reply::json(StatusCode::FORBIDDEN, &json!({ "message": message }));
    };
    reply::json(StatusCode::OK, &columns)
}

/// The columns of a table that the user may read.
pub(crate) fn of_table(state: &AppState, uid: &str, id: i64) -> Option<Vec<Value>> {
    let tables = state.tables();
    let table = tables.table(id, uid, |may| may.read)?;
    let name = display_name(state, &table.owner);
    Some(tables.columns_of(id).map(|column| column.read(&name)).collect())
}

/// `POST`.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    parameters: Parameters,
) -> Response {
    let (Some(kind), Some(_), Some(_)) = (
        parameters.text("type"),
        parameters.text("title"),
        parameters.flag("mandatory"),
    ) else {
        return crash();
    };
    if !Column::is_kind(kind) {
        let message = format!("\"{kind}\" is not a valid backing value for enum OCA\\Tables\\Constants\\ColumnType");
        return reply::message(StatusCode::BAD_REQUEST, &message);
    }
    match added(&state, &user.uid, id, &parameters, &json!("")) {
        Some(column) => reply::json(StatusCode::OK, &column),
        None => not_found(),
    }
}

/// A new column of a table that the user may change.
pub(crate) fn added(state: &AppState, uid: &str, table: i64, parameters: &Parameters, unset: &Value) -> Option<Value> {
    let at = date(state.clock().unix());
    let mut tables = state.tables();
    tables.table(table, uid, |may| may.manage)?;
    let id = tables.add_column(|id| Column::new(id, table, uid, &at, &parameters.0, unset));
    let column = tables.columns.get(&id)?;
    Some(column.written(&display_name(state, uid)))
}

/// `GET /columns/{id}`. Whose column it is, is not asked first.
pub(crate) async fn read(State(state): State<AppState>, CorsUser(user): CorsUser, Id(id): Id) -> Response {
    let tables = state.tables();
    let column = tables
        .columns
        .get(&id)
        .filter(|column| tables.permissions(column.table, &user.uid).is_some());
    match column {
        Some(column) => reply::json(StatusCode::OK, &column.read(&display_name(&state, &user.uid))),
        None => no_such_column(),
    }
}

/// `PUT /columns/{id}`: everything that is not sent is unset.
pub(crate) async fn update(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    parameters: Parameters,
) -> Response {
    let mut tables = state.tables();
    let table = tables.columns.get(&id).map(|column| column.table);
    let permitted = table.is_some_and(|table| tables.table(table, &user.uid, |may| may.manage).is_some());
    match tables.columns.get_mut(&id).filter(|_| permitted) {
        Some(column) => {
            column.change(&parameters.0);
            reply::json(StatusCode::OK, &column.written(&display_name(&state, &user.uid)))
        }
        None => no_such_column(),
    }
}

fn no_such_column() -> Response {
    let message = "Did expect one result but found none when executing: query \"SELECT * FROM `*PREFIX*tables_columns` \
                   WHERE `id` = :dcValue1\"; ";
    reply::message(StatusCode::NOT_FOUND, message)
}
