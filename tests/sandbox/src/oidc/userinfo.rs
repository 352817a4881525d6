//! The userinfo endpoint. Its refusals are 400, not 401.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode};

use super::cors;
use super::error::bad_request;
use super::store::Row;
use super::tokens::about;
use crate::auth::bearer_token;
use crate::frontend::base_url;
use crate::params::Params;
use crate::{AppState, reply};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route(
        "/apps/oidc/userinfo",
        get(userinfo).post(userinfo).options(cors::preflight),
    )
}

/// The token comes in the header or as the form field `access_token`. An expired one is deleted.
async fn userinfo(State(state): State<AppState>, headers: HeaderMap, params: Params) -> Response {
    let Some(token) = bearer_token(&headers).or_else(|| params.filled("access_token")) else {
        return bad_request("invalid_request", "No bearer token found in request.");
    };
    let row = {
        let mut store = state.oidc();
        let row = store.row_of_access_token(token).cloned();
        let is_over = |row: &Row| state.clock().unix() > row.works_until(state.options().expire_time);
        if let Some(row) = row.as_ref().filter(|row| is_over(row)) {
            store.delete_row(row.id);
        }
        row.filter(|row| !is_over(row))
    };
    let Some((row, user)) = row.and_then(|row| state.user(&row.uid).map(|user| (row, user))) else {
        return bad_request("invalid_request", "Could not find provided bearer token.");
    };
    let last_login = state.users().last_login(&user.uid);
    let mut claims = about(&user, &row.scope, &base_url(&headers), last_login);
    claims.insert("sub".to_owned(), user.uid.as_str().into());
    cors::allow(&headers, "GET, POST", reply::json(StatusCode::OK, &claims))
}
