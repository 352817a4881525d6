//! What `user_oidc` makes of a bearer token: it asks the `oidc` app whose it is.

use jsonwebtoken::{Algorithm, Validation, decode};
use serde::Deserialize;

use crate::AppState;

/// The claims by which a JWT that is in no row is still taken for a user.
#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    exp: u64,
    /// Access tokens have it, id tokens do not: that is what keeps the latter out.
    #[serde(rename = "preferred_username")]
    _preferred_username: String,
}

/// The user id behind a bearer token, at every API.
///
/// A token with a row works as long as the row says, whatever its `exp`; presenting it later deletes the row, and the
/// refresh token with it. A token without one (rotated away, or revoked) still works while it is a JWT with a good
/// signature and a future `exp`: the recorded server names the user on such a request.
pub(crate) fn user_of_bearer(state: &AppState, token: &str) -> Option<String> {
    if !state.options().bearer_validation {
        return None;
    }
    let now = state.clock().unix();
    let mut store = state.oidc();
    if let Some(row) = store.row_of_access_token(token) {
        let (id, uid) = (row.id, row.uid.clone());
        if now <= row.works_until(state.options().expire_time) {
            return Some(uid);
        }
        store.delete_row(id);
        return None;
    }
    let key = store.key.verifier()?;
    drop(store);
    let mut validation = Validation::new(Algorithm::RS256);
    // The expiry is compared with the sandbox's clock, below.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let claims = decode::<Claims>(token, &key, &validation).ok()?.claims;
    (claims.exp > now).then_some(claims.sub)
}
