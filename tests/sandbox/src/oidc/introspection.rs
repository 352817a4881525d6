//! Token introspection (RFC 7662).

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::{client, cors, error};
use crate::params::Params;
use crate::{AppState, reply};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/apps/oidc/introspect", post(introspect).options(cors::preflight))
}

/// A token is active for the client it was issued to, and for the client whose id or `resource_url` it names as its
/// resource; for everybody else it is not. An expired token is left where it is.
async fn introspect(State(state): State<AppState>, headers: HeaderMap, params: Params) -> Response {
    let now = state.clock().unix();
    let mut store = state.oidc();
    let (id, secret) = client::credentials(&headers, &params);
    let client = id.and_then(|id| store.client(&id, now).cloned());
    let Some(client) = client.filter(|client| secret.is_some_and(|secret| client.has_secret(&secret))) else {
        return error::with_status(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "Client authentication failed.",
        );
    };
    let Some(token) = params.filled("token") else {
        return error::bad_request("invalid_request", "Token parameter is required.");
    };
    let lifetime = state.options().expire_time;
    let row = store.row_of_access_token(token).filter(|row| {
        let is_owner = row.client_id == client.id;
        let is_audience = row
            .resource
            .as_ref()
            .is_some_and(|it| *it == client.id || Some(it) == client.resource_url.as_ref());
        (is_owner || is_audience) && now <= row.works_until(lifetime)
    });
    let Some(row) = row else {
        return reply::json(StatusCode::OK, &json!({ "active": false }));
    };
    let active = json!({
        "active": true,
        "scope": row.scope,
        "client_id": row.client_id,
        "username": row.uid,
        "token_type": "Bearer",
        "exp": row.works_until(lifetime),
        "iat": row.created,
        "sub": row.uid,
        "aud": row.client_id,
    });
    cors::allow(&headers, "POST", reply::json(StatusCode::OK, &active))
}
