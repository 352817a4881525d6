//! `/apps/notes/api/v0.2/notes`: the old API, where a note's title comes from its text.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::api::{Id, create_from, untitled, update_from};
use super::folder::{Change, Draft};
use super::parameters::Parameters;
use super::respond::Failure;
use super::title;
use crate::AppState;
use crate::auth::CorsUser;

/// `POST /notes`.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    parameters: Parameters,
) -> Result<Response, Failure> {
    let draft = Draft::from(untitled(&parameters)?);
    let title = title::from_content(&draft.content);
    create_from(&state, &user.uid, Draft { title, ..draft })
}

/// `PUT /notes/{id}`.
pub(crate) async fn update(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    headers: HeaderMap,
    parameters: Parameters,
) -> Result<Response, Failure> {
    let change = untitled(&parameters)?;
    let title = change.content.as_deref().map(title::from_content);
    update_from(&state, &user.uid, id, &headers, Change { title, ..change })
}
