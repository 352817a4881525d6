//! `/api/1/tables/{id}/views` and `/api/1/views/{id}`.

use axum::extract::{Query, State};
use axum::response::Response;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::rest_rows::Paging;
use super::store::{Tables, date};
use super::table::View;
use super::visitor::{Id, Parameters};
use super::{crash, not_found};
use crate::auth::CorsUser;
use crate::{AppState, reply};

/// `GET`.
pub(crate) async fn list(State(state): State<AppState>, CorsUser(user): CorsUser, Id(id): Id) -> Response {
    let tables = state.tables();
    let Some(table) = tables.table(id, &user.uid, |may| may.read) else {
        return not_found();
    };
    let view = table.view(&state, &tables, &user.uid);
    reply::json(StatusCode::OK, &view["views"])
}

/// `POST`: a view without columns.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(table): Id,
    parameters: Parameters,
) -> Response {
    let Some(title) = parameters.text("title") else {
        return crash();
    };
    let at = date(state.clock().unix());
    let mut tables = state.tables();
    if tables.table(table, &user.uid, |may| may.manage).is_none() {
        return not_found();
    }
    let id = tables.add_view(|id| View {
        id,
        table,
        title: title.to_owned(),
        emoji: parameters.text("emoji").map(ToOwned::to_owned),
        at,
        columns: Vec::new(),
        filter: json!([]),
    });
    reply::json(
        StatusCode::OK,
        &tables.views.get(&id).map(|view| view.written(&user.uid)),
    )
}

/// `DELETE` gives the view that was. `PUT` in the form that was recorded crashes, and no other is known here.
pub(crate) async fn update_or_delete(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    method: Method,
) -> Response {
    let mut tables = state.tables();
    if readable(&tables, id, &user.uid).is_none() {
        return not_found();
    }
    match method {
        Method::DELETE => match tables.views.remove(&id) {
            Some(view) => reply::json(StatusCode::OK, &view.written(&user.uid)),
            None => not_found(),
        },
        Method::PUT => crash(),
        _ => reply::empty(StatusCode::METHOD_NOT_ALLOWED),
    }
}

/// `GET /views/{id}/rows`: with the cells of the view's columns.
pub(crate) async fn rows(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    Query(paging): Query<Paging>,
) -> Response {
    let tables = state.tables();
    let Some(view) = readable(&tables, id, &user.uid) else {
        return not_found();
    };
    let rows: Vec<Value> = paging
        .of(tables.rows_of(view.table).filter(|row| view.shows(&tables, row)))
        .map(|row| row.read(&tables, |column| view.columns.contains(&column)))
        .collect();
    reply::json(StatusCode::OK, &rows)
}

/// `GET /views/{id}/columns`.
pub(crate) async fn columns(State(state): State<AppState>, CorsUser(user): CorsUser, Id(id): Id) -> Response {
    let tables = state.tables();
    let Some(view) = readable(&tables, id, &user.uid) else {
        return not_found();
    };
    let columns: Vec<Value> = view
        .columns
        .iter()
        .filter_map(|column| tables.columns.get(column))
        .map(|column| column.read(&user.display_name))
        .collect();
    reply::json(StatusCode::OK, &columns)
}

fn readable<'tables>(tables: &'tables Tables, id: i64, uid: &str) -> Option<&'tables View> {
    let view = tables.views.get(&id)?;
    tables.table(view.table, uid, |may| may.read)?;
    Some(view)
}
