//! `/api/1/tables`.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::table::display_name;
use super::visitor::{Id, Parameters};
use super::{crash, not_found};
use crate::auth::CorsUser;
use crate::{AppState, reply};

/// `GET`: own tables and shared ones.
pub(crate) async fn list(State(state): State<AppState>, CorsUser(user): CorsUser) -> Response {
    reply::json(StatusCode::OK, &all(&state, &user.uid))
}

/// The user's tables.
pub(crate) fn all(state: &AppState, uid: &str) -> Vec<Value> {
    let mut tables = state.tables();
    tables.welcome(uid, state.clock().unix());
    let mine = tables
        .tables
        .values()
        .filter(|table| tables.permissions(table.id, uid).is_some());
    mine.map(|table| table.view(state, &tables, uid)).collect()
}

/// `POST`.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    parameters: Parameters,
) -> Response {
    match created(&state, &user.uid, &parameters) {
        Some(table) => reply::json(StatusCode::OK, &table),
        None => crash(),
    }
}

/// A new table; `None` without a title.
pub(crate) fn created(state: &AppState, uid: &str, parameters: &Parameters) -> Option<Value> {
    let title = parameters.text("title")?;
    let now = state.clock().unix();
    let mut tables = state.tables();
    let id = tables.add_table(title, parameters.text("emoji"), uid, now);
    if parameters.text("template") == Some("todo") {
        tables.fill_todo(id, uid, now);
    }
    let table = tables.tables.get(&id)?;
    Some(table.view(state, &tables, uid))
}

/// `GET /{id}`.
pub(crate) async fn read(State(state): State<AppState>, CorsUser(user): CorsUser, Id(id): Id) -> Response {
    match shown(&state, &user.uid, id) {
        Some(table) => reply::json(StatusCode::OK, &table),
        None => not_found(),
    }
}

/// The table as the user sees it.
pub(crate) fn shown(state: &AppState, uid: &str, id: i64) -> Option<Value> {
    let tables = state.tables();
    let table = tables.table(id, uid, |may| may.read)?;
    Some(table.view(state, &tables, uid))
}

/// `PUT /{id}`.
pub(crate) async fn update(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    parameters: Parameters,
) -> Response {
    match changed(&state, &user.uid, id, &parameters) {
        Some(table) => reply::json(StatusCode::OK, &table),
        None => not_found(),
    }
}

/// The table after a change.
pub(crate) fn changed(state: &AppState, uid: &str, id: i64, parameters: &Parameters) -> Option<Value> {
    let mut tables = state.tables();
    tables.table(id, uid, |may| may.manage)?;
    let table = tables.tables.get_mut(&id)?;
    if let Some(title) = parameters.text("title") {
        title.clone_into(&mut table.title);
    }
    if let Some(emoji) = parameters.text("emoji") {
        table.emoji = Some(emoji.to_owned());
    }
    if let Some(archived) = parameters.flag("archived") {
        table.archived = archived;
    }
    table.edited_at = super::store::date(state.clock().unix());
    let table = tables.tables.get(&id)?;
    Some(table.view(state, &tables, uid))
}

/// `DELETE /{id}`: the table that was.
pub(crate) async fn delete(State(state): State<AppState>, CorsUser(user): CorsUser, Id(id): Id) -> Response {
    match deleted(&state, &user.uid, id) {
        Some(table) => reply::json(StatusCode::OK, &table),
        None => not_found(),
    }
}

/// Deletes a table of the user's.
pub(crate) fn deleted(state: &AppState, uid: &str, id: i64) -> Option<Value> {
    let mut tables = state.tables();
    let table = tables.table(id, uid, |may| may.manage)?.deleted();
    tables.remove_table(id);
    Some(table)
}

/// `GET /{id}/scheme`, as a file to be saved.
pub(crate) async fn scheme(State(state): State<AppState>, CorsUser(user): CorsUser, Id(id): Id) -> Response {
    let tables = state.tables();
    let Some(table) = tables.table(id, &user.uid, |may| may.read) else {
        return not_found();
    };
    let name = display_name(&state, &table.owner);
    let columns: Vec<Value> = tables.columns_of(id).map(|column| column.read(&name)).collect();
    let view = table.view(&state, &tables, &user.uid);
    let scheme = json!({
        "title": table.title, "emoji": table.emoji, "columns": columns, "views": view["views"], "description": "",
        "tablesVersion": "1.0.9",
    });
    let plain: String = table
        .title
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == ' ')
        .collect();
    let mut response = reply::json(StatusCode::OK, &scheme).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{plain}.json\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
