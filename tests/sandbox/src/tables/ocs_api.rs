//! `/ocs/v2.php/apps/tables/api/2`.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::visitor::{Id, Parameters, TablesUser};
use super::{not_found, rest_columns, rest_tables};
use crate::AppState;
use crate::ocs::Ocs;

/// `GET /tables`.
pub(crate) async fn list(State(state): State<AppState>, TablesUser(user): TablesUser, ocs: Ocs) -> Response {
    ocs.ok(rest_tables::all(&state, &user.uid))
}

/// `GET /init`: the tables, and the views that are shared without their table.
pub(crate) async fn init(State(state): State<AppState>, TablesUser(user): TablesUser, ocs: Ocs) -> Response {
    ocs.ok(json!({ "tables": rest_tables::all(&state, &user.uid), "views": [] }))
}

/// `POST /tables`.
pub(crate) async fn create(
    State(state): State<AppState>,
    TablesUser(user): TablesUser,
    ocs: Ocs,
    parameters: Parameters,
) -> Response {
    match rest_tables::created(&state, &user.uid, &parameters) {
        Some(table) => ocs.ok(table),
        None => crashed(ocs),
    }
}

/// `GET /tables/{id}`.
pub(crate) async fn read(
    State(state): State<AppState>,
    TablesUser(user): TablesUser,
    Id(id): Id,
    ocs: Ocs,
) -> Response {
    found(ocs, rest_tables::shown(&state, &user.uid, id))
}

/// `PUT /tables/{id}`.
pub(crate) async fn update(
    State(state): State<AppState>,
    TablesUser(user): TablesUser,
    Id(id): Id,
    ocs: Ocs,
    parameters: Parameters,
) -> Response {
    found(ocs, rest_tables::changed(&state, &user.uid, id, &parameters))
}

/// `DELETE /tables/{id}`.
pub(crate) async fn delete(
    State(state): State<AppState>,
    TablesUser(user): TablesUser,
    Id(id): Id,
    ocs: Ocs,
) -> Response {
    found(ocs, rest_tables::deleted(&state, &user.uid, id))
}

/// `POST /columns/{kind}`, the table in `baseNodeId`.
pub(crate) async fn create_column(
    State(state): State<AppState>,
    TablesUser(user): TablesUser,
    Path(kind): Path<String>,
    ocs: Ocs,
    mut parameters: Parameters,
) -> Response {
    let table = parameters.0.get("baseNodeId").and_then(Value::as_i64);
    let (Some(table), Some(_)) = (table, parameters.text("title")) else {
        return crashed(ocs);
    };
    if kind == "text" {
        parameters.0.entry("textUnique").or_insert(json!(false));
    }
    parameters.0.insert("type".to_owned(), json!(kind));
    found(
        ocs,
        rest_columns::added(&state, &user.uid, table, &parameters, &Value::Null),
    )
}

/// `GET /columns/table/{id}`.
pub(crate) async fn columns(
    State(state): State<AppState>,
    TablesUser(user): TablesUser,
    Id(id): Id,
    ocs: Ocs,
) -> Response {
    found(ocs, rest_columns::of_table(&state, &user.uid, id))
}

/// `POST /tables/{id}/rows`.
pub(crate) async fn create_row(
    State(state): State<AppState>,
    TablesUser(user): TablesUser,
    Id(id): Id,
    ocs: Ocs,
    parameters: Parameters,
) -> Response {
    let now = state.clock().unix();
    let mut tables = state.tables();
    if tables.table(id, &user.uid, |may| may.create).is_none() {
        return not_found();
    }
    match tables.add_row(id, &parameters.cells().unwrap_or_default(), &user.uid, now) {
        Ok(row) => ocs.ok(tables.rows.get(&row).map(super::row::Row::written)),
        Err(error) if error.is_bad_request() => ocs.failure_with(400, "", json!({ "message": error.message() })),
        Err(_) => {
            let message = "An unexpected error occurred. More details can be found in the logs. Please reach out to \
                           your administration.";
            ocs.failure_with(500, "", json!({ "message": message }))
        }
    }
}

/// `POST /favorites/{kind}/{id}`.
pub(crate) async fn favorite(
    State(state): State<AppState>,
    TablesUser(user): TablesUser,
    Path((_, id)): Path<(u8, i64)>,
    ocs: Ocs,
) -> Response {
    if let Some(table) = state.tables().tables.get_mut(&id) {
        table.favorite_of.insert(user.uid.clone());
    }
    ocs.ok(json!([]))
}

/// `DELETE /favorites/{kind}/{id}`.
pub(crate) async fn unfavorite(
    State(state): State<AppState>,
    TablesUser(user): TablesUser,
    Path((_, id)): Path<(u8, i64)>,
    ocs: Ocs,
) -> Response {
    if let Some(table) = state.tables().tables.get_mut(&id) {
        table.favorite_of.remove(&user.uid);
    }
    ocs.ok(json!([]))
}

/// `GET /contexts`: applications are not part of the sandbox.
pub(crate) async fn contexts(_: TablesUser, ocs: Ocs) -> Response {
    ocs.ok(json!([]))
}

/// `GET /tables/scheme/{id}`: crashes in this version.
pub(crate) async fn crash(_: TablesUser, ocs: Ocs) -> Response {
    crashed(ocs)
}

fn crashed(ocs: Ocs) -> Response {
    ocs.failure(996, "Internal Server Error\n")
}

fn found(ocs: Ocs, data: Option<impl serde::Serialize>) -> Response {
    data.map_or_else(not_found, |data| ocs.ok(data))
}
