//! Making tokens: opaque and JWT access tokens, id tokens, and the claims about a user.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::store::{Row, Store};
use crate::{AppState, TokenType, User, random};

/// The answer of the token endpoint.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TokenResponse {
    pub(super) access_token: String,
    pub(super) token_type: &'static str,
    pub(super) expires_in: u64,
    pub(super) id_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_expires_in: Option<u64>,
}

/// Gives a row new tokens. Those it had stop being found at this moment.
pub(super) fn renew(state: &AppState, store: &mut Store, mut row: Row, issuer: &str) -> Option<TokenResponse> {
    let options = state.options();
    let now = state.clock().unix();
    let user = state.user(&row.uid)?;
    let client = store.client(&row.client_id, now)?.clone();
    let lifetime = options.expire_time.as_secs();
    let last_login = state.users().last_login(&user.uid);
    let shared = json!({
        "iss": issuer,
        "sub": user.uid,
        "exp": now + lifetime,
        "auth_time": row.created,
        "iat": now,
        "acr": "0",
        "azp": row.client_id,
        "jti": row.id.to_string(),
    });
    let access_token = match client.token_type {
        TokenType::Opaque => random::alphanumeric(72),
        TokenType::Jwt => {
            let mut claims = shared.clone();
            claims["aud"] = row.resource.as_ref().unwrap_or(&row.client_id).as_str().into();
            claims["client_id"] = row.client_id.as_str().into();
            extend(&mut claims, about(&user, &row.scope, issuer, last_login));
            let mut header = Header::new(Algorithm::RS256);
            header.typ = Some("at+JWT".to_owned());
            header.kid = Some(store.key.kid.clone());
            encode(&header, &claims, &store.key.private).ok()?
        }
    };
    let mut claims = shared;
    claims["aud"] = row.client_id.as_str().into();
    claims["nbf"] = now.into();
    if let Some(nonce) = &row.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    let id_token = if client.signing_alg == "HS256" {
        encode(
            &Header::new(Algorithm::HS256),
            &claims,
            &EncodingKey::from_secret(client.secret.as_bytes()),
        )
        .ok()?
    } else {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(store.key.kid.clone());
        encode(&header, &claims, &store.key.private).ok()?
    };
    let offline = row.scope.split_whitespace().any(|scope| scope == "offline_access");
    let refresh_token = offline.then(|| random::alphanumeric(128));
    row.access_token = Some(access_token.clone());
    row.refresh_token.clone_from(&refresh_token);
    row.refreshed = now + lifetime;
    store.update_row(row);
    Some(TokenResponse {
        access_token,
        token_type: "Bearer",
        expires_in: lifetime,
        id_token,
        refresh_expires_in: refresh_token.is_some().then_some(options.refresh_expire_time.as_secs()),
        refresh_token,
    })
}

/// The claims about a user that this scope opens: in JWT access tokens and at the userinfo endpoint.
pub(super) fn about(user: &User, scope: &str, base: &str, last_login: u64) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("preferred_username".to_owned(), user.uid.as_str().into());
    claims.insert("scope".to_owned(), scope.into());
    let has = |wanted| scope.split_whitespace().any(|scope| scope == wanted);
    if has("profile") {
        let (given, family) = user.display_name.rsplit_once(' ').unwrap_or(("", &user.display_name));
        claims.insert("updated_at".to_owned(), last_login.into());
        claims.insert("name".to_owned(), user.display_name.as_str().into());
        claims.insert("family_name".to_owned(), family.into());
        claims.insert("given_name".to_owned(), given.into());
        claims.insert("picture".to_owned(), format!("{base}/avatar/{}/64", user.uid).into());
    }
    if has("email") {
        claims.insert("email".to_owned(), user.email.as_str().into());
        claims.insert("email_verified".to_owned(), false.into());
    }
    for list in ["roles", "groups"] {
        if has(list) {
            claims.insert(list.to_owned(), json!([]));
        }
    }
    claims
}

fn extend(claims: &mut Value, more: Map<String, Value>) {
    if let Value::Object(claims) = claims {
        claims.extend(more);
    }
}
