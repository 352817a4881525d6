//! `/api/1/tables/{id}/rows` and `/api/1/rows/{id}`.

use axum::extract::{Query, State};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::not_found;
use super::store::NotWritten;
use super::visitor::{Id, Parameters};
use crate::auth::CorsUser;
use crate::{AppState, reply};

/// What the database says when there is no such row.
const NO_SUCH_ROW: &str = "Did expect one result but found none when executing: query \"SELECT * FROM \
                           `*PREFIX*tables_row_sleeves` WHERE `id` = :dcValue1\"; ";

/// Which rows of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Paging {
    limit: Option<usize>,
    offset: usize,
}

impl Paging {
    /// The rows of this page.
    pub(crate) fn of<'row, T: 'row>(&self, rows: impl Iterator<Item = T> + 'row) -> impl Iterator<Item = T> + 'row {
        rows.skip(self.offset).take(self.limit.unwrap_or(usize::MAX))
    }
}

/// `GET /tables/{id}/rows`.
pub(crate) async fn list(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    Query(paging): Query<Paging>,
) -> Response {
    let tables = state.tables();
    if tables.table(id, &user.uid, |may| may.read).is_none() {
        return not_found();
    }
    let rows: Vec<Value> = paging
        .of(tables.rows_of(id))
        .map(|row| row.read(&tables, |_| true))
        .collect();
    reply::json(StatusCode::OK, &rows)
}

/// `GET /tables/{id}/rows/simple`: the titles, then the values.
pub(crate) async fn simple(State(state): State<AppState>, CorsUser(user): CorsUser, Id(id): Id) -> Response {
    let tables = state.tables();
    if tables.table(id, &user.uid, |may| may.read).is_none() {
        return not_found();
    }
    let titles = tables.columns_of(id).map(|column| json!(column.title())).collect();
    let mut lines: Vec<Vec<Value>> = vec![titles];
    for row in tables.rows_of(id) {
        lines.push(tables.columns_of(id).map(|column| row.value(column)).collect());
    }
    reply::json(StatusCode::OK, &lines)
}

/// `POST /tables/{id}/rows`.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    parameters: Parameters,
) -> Response {
    let now = state.clock().unix();
    let mut tables = state.tables();
    if tables.table(id, &user.uid, |may| may.create).is_none() {
        return not_found();
    }
    let Some(cells) = parameters.cells() else {
        return reply::message(StatusCode::INTERNAL_SERVER_ERROR, "Could not create row.");
    };
    match tables.add_row(id, &cells, &user.uid, now) {
        Ok(row) => reply::json(StatusCode::OK, &tables.rows.get(&row).map(super::row::Row::written)),
        Err(error) => refusal(&error),
    }
}

fn refusal(error: &NotWritten) -> Response {
    let status = if error.is_bad_request() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    };
    reply::message(status, &error.message())
}

/// `GET /rows/{id}`.
pub(crate) async fn read(State(state): State<AppState>, CorsUser(user): CorsUser, Id(id): Id) -> Response {
    let tables = state.tables();
    let Some(row) = tables.rows.get(&id) else {
        let message = format!("OCA\\Tables\\Service\\RowService - find: {NO_SUCH_ROW}");
        return reply::message(StatusCode::NOT_FOUND, &message);
    };
    if tables.table(row.table, &user.uid, |may| may.read).is_none() {
        let message = format!("PermissionError: can not read row with id {id}");
        return reply::message(StatusCode::FORBIDDEN, &message);
    }
    reply::json(StatusCode::OK, &row.read(&tables, |_| true))
}

/// `PUT /rows/{id}`: cells that are not sent stay. A missing row is 500, somebody else's 404.
pub(crate) async fn update(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    parameters: Parameters,
) -> Response {
    let now = state.clock().unix();
    let mut tables = state.tables();
    let Some(cells) = parameters.cells() else {
        return reply::message(StatusCode::INTERNAL_SERVER_ERROR, "Could not update row.");
    };
    let Some(table) = tables.rows.get(&id).map(|row| row.table) else {
        let place = "OCA\\Tables\\Service\\RowService - updateSet: OCA\\Tables\\Service\\RowService - getRowById";
        return reply::message(StatusCode::INTERNAL_SERVER_ERROR, &format!("{place}: {NO_SUCH_ROW}"));
    };
    match tables.permissions(table, &user.uid) {
        Some(may) if may.update => {}
        Some(may) if may.read => return reply::empty(StatusCode::FORBIDDEN),
        _ => return not_found(),
    }
    match tables.change_row(id, &cells, &user.uid, now) {
        Ok(()) => {
            let row = tables.rows.get(&id).map(|row| row.read(&tables, |_| true));
            reply::json(StatusCode::OK, &row)
        }
        Err(error) => refusal(&error),
    }
}

/// `DELETE /rows/{id}`: the row that was. A missing row is 500, somebody else's 404.
pub(crate) async fn delete(State(state): State<AppState>, CorsUser(user): CorsUser, Id(id): Id) -> Response {
    let place = "OCA\\Tables\\Service\\RowService - delete";
    let mut tables = state.tables();
    let Some(row) = tables.rows.get(&id) else {
        let message = format!("{place}: OCA\\Tables\\Service\\RowService - getRowById: {NO_SUCH_ROW}");
        return reply::message(StatusCode::INTERNAL_SERVER_ERROR, &message);
    };
    match tables.permissions(row.table, &user.uid) {
        Some(may) if may.delete => {}
        Some(may) if may.read => {
            return reply::message(StatusCode::FORBIDDEN, &format!("{place}: Update row is not allowed."));
        }
        _ => return reply::message(StatusCode::NOT_FOUND, &format!("{place}: Row not found.")),
    }
    let deleted = row.read(&tables, |_| true);
    tables.rows.remove(&id);
    reply::json(StatusCode::OK, &deleted)
}
