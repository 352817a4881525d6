//! `/recipes`: create, read, change, delete.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::book::NotWritten;
use super::refusal;
use super::visitor::{Cook, Id, Parameters};
use crate::{AppState, pages, reply};

/// `POST /recipes`: the bare id of the new recipe.
pub(crate) async fn create(State(state): State<AppState>, Cook(user): Cook, parameters: Parameters) -> Response {
    write(&state, &user.uid, parameters)
}

/// `PUT /recipes/{id}`: the id in the path is not looked at. Which recipe is written says the document.
pub(crate) async fn update(State(state): State<AppState>, Cook(user): Cook, parameters: Parameters) -> Response {
    write(&state, &user.uid, parameters)
}

fn write(state: &AppState, uid: &str, Parameters(document): Parameters) -> Response {
    let now = state.clock().unix();
    match state.cookbook().write(uid, document, now) {
        Ok(id) => reply::json(StatusCode::OK, &id),
        Err(NotWritten::NoName) => refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            "No recipe name was given. A unique name is required to store the recipe.",
            207,
        ),
        Err(NotWritten::NameTaken) => refusal(
            StatusCode::CONFLICT,
            "Another recipe with that name already exists",
            248,
        ),
        Err(NotWritten::NoSuchId) => pages::error(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// `GET /recipes/{id}`; for a missing one the bare id.
pub(crate) async fn read(State(state): State<AppState>, Cook(user): Cook, Id(id): Id) -> Response {
    match state.cookbook().of(&user.uid).view(id) {
        Some(recipe) => reply::json(StatusCode::OK, &recipe),
        None => reply::json(StatusCode::NOT_FOUND, &id),
    }
}

/// `DELETE /recipes/{id}`: done, whether there was one or not.
pub(crate) async fn delete(State(state): State<AppState>, Cook(user): Cook, Id(id): Id) -> Response {
    state.cookbook().of(&user.uid).recipes.remove(&id);
    reply::json(StatusCode::OK, &format!("Recipe {id} deleted successfully"))
}

/// `GET /recipes/{id}/image`: no recipe here has one.
pub(crate) async fn image(_: Cook) -> Response {
    let message = "No image with the matching MIME type was found on the server.";
    reply::json(StatusCode::NOT_ACCEPTABLE, &json!({ "msg": message }))
}
