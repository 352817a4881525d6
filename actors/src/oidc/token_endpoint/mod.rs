//! The token endpoint (RFC 6749 §3.2): codes and refresh tokens redeemed, tokens exchanged (RFC 8693), and the revocation
//! endpoint beside it (RFC 7009).

mod answer;
mod error;
#[cfg(test)]
mod tests;

use http::StatusCode;
use http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};

pub use answer::Tokens;
pub use error::TokenError;

use super::call::{body, endpoint, send};
use super::credentials::ClientCredentials;
use super::discovery::ProviderMetadata;
use super::introspection::ClientAuthentication;

/// RFC 8693 §2.1.
pub const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Longest answer that is read.
const ANSWER_LIMIT: usize = 64 * 1024;

/// What tokens are asked for with.
#[derive(Debug, Clone, Copy)]
pub enum Grant<'a> {
    /// The code of an authorization (RFC 6749 §4.1.3) with its PKCE verifier (RFC 7636 §4.5). It is good for one attempt:
    /// a provider that refuses the verifier burns the code.
    Code {
        /// The code.
        code: &'a str,
        /// As it was in the authorization request.
        redirect_uri: &'a str,
        /// Whose challenge was in the authorization request.
        verifier: &'a SecretString,
        /// What the access token is for, as it was in the authorization request (RFC 8707 §2.2): many providers want to
        /// be told twice, and give a token for nobody otherwise.
        resource: Option<&'a str>,
    },
    /// A refresh token (RFC 6749 §6).
    Refresh {
        /// The token.
        refresh_token: &'a SecretString,
        /// What the access token is for (RFC 8707 §2.2).
        resource: Option<&'a str>,
    },
    /// Somebody's access token, for one that is good elsewhere (RFC 8693 §2.1).
    Exchange {
        /// Their access token.
        subject_token: &'a SecretString,
        /// The name of the service that the new token is for.
        audience: Option<&'a str>,
    },
}

/// Asks for tokens as `client`.
///
/// # Errors
/// See [`TokenError`]. After [`TokenError::Unavailable`] it is not known whether the provider did what was asked: a
/// refresh token may have been rotated away.
pub async fn request_tokens(
    http: &reqwest::Client,
    provider: &ProviderMetadata,
    client: &ClientCredentials,
    grant: Grant<'_>,
) -> Result<Tokens, TokenError> {
    let form = match grant {
        Grant::Code {
            code,
            redirect_uri,
            verifier,
            resource,
        } => [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier.expose_secret()),
        ]
        .into_iter()
        .chain(resource.map(|resource| ("resource", resource)))
        .collect(),
        Grant::Refresh {
            refresh_token,
            resource,
        } => [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose_secret()),
        ]
        .into_iter()
        .chain(resource.map(|resource| ("resource", resource)))
        .collect(),
        Grant::Exchange {
            subject_token,
            audience,
        } => [
            ("grant_type", TOKEN_EXCHANGE),
            ("subject_token", subject_token.expose_secret()),
            ("subject_token_type", ACCESS_TOKEN),
            ("requested_token_type", ACCESS_TOKEN),
        ]
        .into_iter()
        .chain(audience.map(|audience| ("audience", audience)))
        .collect(),
    };
    let url = endpoint(&provider.token_endpoint)?;
    let request = authenticated(http.post(url.clone()), provider, client, form);
    let response = send(&url, request).await?;
    let status = response.status();
    let body = body(&url, response, ANSWER_LIMIT).await?;
    if status == StatusCode::OK {
        answer::read(&url, &body)
    } else {
        Err(error::read(&url, status, &body))
    }
}

/// Revokes a refresh token, and with it what was issued for it (RFC 7009 §2.1). `false` if the provider offers no
/// revocation.
///
/// # Errors
/// See [`TokenError`]. A token that is not known any more is no error (§2.2).
pub async fn revoke_refresh_token(
    http: &reqwest::Client,
    provider: &ProviderMetadata,
    client: &ClientCredentials,
    token: &SecretString,
) -> Result<bool, TokenError> {
    let Some(revocation_endpoint) = &provider.revocation_endpoint else {
        return Ok(false);
    };
    let form = vec![("token", token.expose_secret()), ("token_type_hint", "refresh_token")];
    let url = endpoint(revocation_endpoint)?;
    let request = authenticated(http.post(url.clone()), provider, client, form);
    let response = send(&url, request).await?;
    let status = response.status();
    if status.is_success() {
        return Ok(true);
    }
    let body = body(&url, response, ANSWER_LIMIT).await?;
    Err(error::read(&url, status, &body))
}

/// A form as `client` sends it (RFC 6749 §2.3.1). A public client names itself.
fn authenticated<'a>(
    request: reqwest::RequestBuilder,
    provider: &ProviderMetadata,
    client: &'a ClientCredentials,
    mut form: Vec<(&'a str, &'a str)>,
) -> reqwest::RequestBuilder {
    if let (ClientAuthentication::Basic, Some(basic)) = (provider.client_authentication(), client.basic()) {
        return request.header(AUTHORIZATION, basic.expose_secret()).form(&form);
    }
    form.push(("client_id", &client.client_id));
    if let Some(secret) = &client.client_secret {
        form.push(("client_secret", secret.expose_secret()));
    }
    request.form(&form)
}
