//! `/apps/notes/api/v0.2/notes`: the old API, where a note's title comes from its text.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::api::{Id, create_from, update_from};
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
    let content = parameters.text("content")?.unwrap_or_default();
    let draft = Draft {
        title: title::from_content(&content),
        category: parameters.text("category")?.unwrap_or_default(),
        content,
        favorite: parameters.flag("favorite").unwrap_or(false),
        modified: parameters.number("modified"),
    };
    create_from(&state, &user.uid, draft)
}

/// `PUT /notes/{id}`.
pub(crate) async fn update(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    headers: HeaderMap,
    parameters: Parameters,
) -> Result<Response, Failure> {
    let content = parameters.text("content")?;
    let change = Change {
        title: content.as_deref().map(title::from_content),
        category: parameters.text("category")?,
        content,
        favorite: parameters.flag("favorite"),
        modified: parameters.number("modified"),
    };
    update_from(&state, &user.uid, id, &headers, change)
}
