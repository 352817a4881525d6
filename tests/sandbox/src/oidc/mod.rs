//! The `oidc` app 2.0.9: Nextcloud as an OpenID Connect provider, with everything about it that is not standard.
//!
//! One endpoint per file. What the endpoints share is the app's memory (`store`): clients, consents and the token
//! rows. A *row* is born with an authorization code, and keeps its id (the `jti` of its tokens) through the exchange
//! of the code and every refresh.

mod admin;
mod authorize;
mod bearer;
mod client;
mod consent;
mod consents;
mod cors;
mod discovery;
mod error;
mod introspection;
mod jwks;
mod logout;
mod registration;
mod store;
mod token;
mod tokens;
mod userinfo;

use axum::Router;

pub use admin::{IssuedTokens, OidcAdmin, RegisteredClient, TokenRow};
pub(crate) use authorize::Request as AuthorizationRequest;
pub(crate) use bearer::user_of_bearer;
pub(crate) use store::Store;

use crate::AppState;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .merge(discovery::routes())
        .merge(jwks::routes())
        .merge(registration::routes())
        .merge(authorize::routes())
        .merge(consent::routes())
        .merge(consents::routes())
        .merge(token::routes())
        .merge(introspection::routes())
        .merge(userinfo::routes())
        .merge(logout::routes())
}
