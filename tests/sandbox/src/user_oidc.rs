//! The app `user_oidc` where another identity provider than this Nextcloud is set up, with "check bearer token" on: what it
//! makes of that provider's access tokens.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::AppState;

/// The client that `user_oidc` is at the provider: what tokens have to be meant for.
const CLIENT_ID: &str = "nextcloud";

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Claims {
    /// The user id, as long as no other claim is mapped to it.
    sub: String,
    exp: u64,
}

/// The user id behind a bearer token of the trusted provider. It is checked as the app's `SelfEncodedValidator` does it: a
/// JWT signed with a published key, of the discovered issuer, not expired, and meant for the app's client. Scopes are not
/// looked at. Nothing is kept between two requests, so keys that were changed count at once.
pub(crate) async fn user_of_bearer(state: &AppState, token: &str) -> Option<String> {
    let trusted = state.options().trusted_issuer.as_deref()?;
    let key_id = decode_header(token).ok()?.kid?;
    let discovery: Discovery = get(&format!("{trusted}/.well-known/openid-configuration")).await?;
    let keys: JwkSet = get(&discovery.jwks_uri).await?;
    let key = DecodingKey::from_jwk(keys.find(&key_id)?).ok()?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[discovery.issuer]);
    validation.set_audience(&[CLIENT_ID]);
    // The expiry is compared with the sandbox's clock, below.
    validation.validate_exp = false;
    let claims = decode::<Claims>(token, &key, &validation).ok()?.claims;
    (claims.exp >= state.clock().unix()).then_some(claims.sub)
}

#[expect(clippy::disallowed_methods, reason = "the sandbox has a client of its own")]
async fn get<T: DeserializeOwned>(url: &str) -> Option<T> {
    let client = reqwest::Client::builder().no_proxy().build().ok()?;
    client.get(url).send().await.ok()?.json().await.ok()
}
