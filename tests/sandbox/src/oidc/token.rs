//! The token endpoint: a code or a refresh token becomes tokens. Every refusal is 400.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use sha2::{Digest as _, Sha256};

use super::error::bad_request;
use super::store::{Challenge, Row, Store};
use super::{client, cors, tokens};
use crate::frontend::base_url;
use crate::params::Params;
use crate::{AppState, reply};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/apps/oidc/token", post(token).options(cors::preflight))
}

async fn token(State(state): State<AppState>, headers: HeaderMap, params: Params) -> Response {
    let mut store = state.oidc();
    let granted = match params.get("grant_type") {
        Some("authorization_code") => by_code(&state, &mut store, &headers, &params),
        Some("refresh_token") => by_refresh_token(&state, &mut store, &headers, &params),
        _ => Err(bad_request(
            "invalid_grant",
            "Invalid grant_type provided. Must be authorization_code or refresh_token.",
        )),
    };
    let row = match granted {
        Ok(row) => row,
        Err(refusal) => return refusal,
    };
    match tokens::renew(&state, &mut store, row, &base_url(&headers)) {
        Some(response) => cors::allow(&headers, "GET, POST", reply::json(StatusCode::OK, &response)),
        None => not_found(),
    }
}

/// The redirect URI is not compared, as a recorded exchange shows.
fn by_code(state: &AppState, store: &mut Store, headers: &HeaderMap, params: &Params) -> Result<Row, Response> {
    let code = params.filled("code").ok_or_else(missing)?;
    let client_id = authenticate(state, store, headers, params)?;
    let row = store.row_of_code(code).cloned().ok_or_else(not_found)?;
    belongs(&row, &client_id)?;
    if row.access_token.is_some() {
        store.delete_row(row.id);
        return Err(bad_request(
            "invalid_grant",
            "Authorization code has already been used.",
        ));
    }
    if state.clock().unix() > row.works_until(state.options().expire_time) {
        store.delete_row(row.id);
        return Err(expired());
    }
    if let Some(challenge) = &row.challenge
        && let Err(description) = verify(challenge, params.filled("code_verifier"))
    {
        store.delete_row(row.id);
        return Err(bad_request("invalid_grant", description));
    }
    Ok(row)
}

fn by_refresh_token(
    state: &AppState,
    store: &mut Store,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Row, Response> {
    let token = params.filled("refresh_token").ok_or_else(missing)?;
    let client_id = authenticate(state, store, headers, params)?;
    let row = store.row_of_refresh_token(token).cloned().ok_or_else(not_found)?;
    belongs(&row, &client_id)?;
    if state.clock().unix() > row.works_until(state.options().refresh_expire_time) {
        store.delete_row(row.id);
        return Err(expired());
    }
    Ok(row)
}

fn authenticate(state: &AppState, store: &mut Store, headers: &HeaderMap, params: &Params) -> Result<String, Response> {
    let (id, secret) = client::credentials(headers, params);
    let id = id.ok_or_else(|| bad_request("invalid_client", "Missing client_id."))?;
    let client = store.client(&id, state.clock().unix());
    let client = client.ok_or_else(|| bad_request("invalid_client", "Client not found."))?;
    if !secret.is_some_and(|secret| client.has_secret(&secret)) {
        return Err(bad_request("invalid_client", "Client authentication failed."));
    }
    Ok(id)
}

fn belongs(row: &Row, client_id: &str) -> Result<(), Response> {
    if row.client_id == client_id {
        return Ok(());
    }
    Err(bad_request("invalid_grant", "Grant is not valid for this client."))
}

/// RFC 7636, 4.6. A failure burns the code.
fn verify(challenge: &Challenge, verifier: Option<&str>) -> Result<(), &'static str> {
    let verifier = verifier.ok_or("code_verifier required for PKCE flow.")?;
    let matches = if challenge.plain {
        challenge.value == verifier
    } else {
        challenge.value == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
    };
    if matches { Ok(()) } else { Err("Invalid code_verifier.") }
}

fn missing() -> Response {
    bad_request("invalid_request", "Missing code or refresh_token.")
}

fn not_found() -> Response {
    bad_request(
        "invalid_grant",
        "Could not find access token for code or refresh_token.",
    )
}

fn expired() -> Response {
    bad_request("invalid_grant", "Access token already expired.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifier_of_rfc_7636_appendix_b_matches() {
        let value = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned();
        let challenge = Challenge { value, plain: false };
        assert_eq!(
            verify(&challenge, Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")),
            Ok(())
        );
        assert!(verify(&challenge, Some("other")).is_err());
        assert!(verify(&challenge, None).is_err());
    }
}
