//! `/apps/notes/api/v1/settings`.

use axum::extract::State;
use axum::response::Response;

use super::parameters::Parameters;
use super::respond::ok;
use crate::AppState;
use crate::auth::CorsUser;

/// `GET /settings`.
pub(crate) async fn read(State(state): State<AppState>, CorsUser(user): CorsUser) -> Response {
    ok(&state.notes().of(&user.uid).settings)
}

/// `PUT /settings`: changes what is named, and answers with all of them.
pub(crate) async fn update(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    parameters: Parameters,
) -> Response {
    let mut notes = state.notes();
    let settings = &mut notes.of(&user.uid).settings;
    settings.apply(&parameters.into_value());
    ok(settings)
}
