//! RP-initiated logout.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::cors;
use crate::params::Params;
use crate::sessions::Visit;
use crate::{AppState, reply};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/apps/oidc/logout", get(log_out).post(log_out).options(cors::preflight))
}

/// Ends the browser's session and revokes every token of its user. `post_logout_redirect_uri` is followed only when
/// an administrator listed it; the sandbox lists none.
async fn log_out(State(state): State<AppState>, visit: Visit, _: Params) -> Response {
    if let Some(uid) = visit.session(&state).and_then(|session| session.uid) {
        state.oidc().delete_rows(|row| row.uid == uid);
    }
    visit.close(&state);
    reply::see_other("/login")
}
