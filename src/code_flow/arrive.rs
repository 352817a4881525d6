//! From the provider's answer to tokens, and to who logged in.

use std::sync::Arc;

use actors::authorization_sessions::Login;
use actors::oidc::{
    ClientCredentials, Grant, IdTokenError, ProviderMetadata, TokenError, Tokens, UserInfoAnswer, request_tokens,
    revoke_refresh_token, userinfo,
};
use actors::principal::Subject;
use axum::http::HeaderMap;
use secrecy::ExposeSecret;

use super::{ArriveError, CodeFlow, cookie_name};

/// The provider does not know the resource (RFC 8707 §2).
const INVALID_TARGET: &str = "invalid_target";

/// Longest name of a person that is shown, in bytes.
const NAME_LIMIT: usize = 255;

/// The provider's answer (RFC 6749 §4.1.2), as it came through a browser.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// `state`.
    pub state: Option<String>,
    /// `code`.
    pub code: Option<String>,
    /// `error`.
    pub error: Option<String>,
    /// `iss` (RFC 9207).
    pub iss: Option<String>,
    /// What the browser sent with it.
    pub headers: HeaderMap,
}

/// A code that was redeemed.
#[derive(Debug)]
pub struct Redeemed {
    /// What it was redeemed for.
    pub tokens: Tokens,
    /// When they were asked for, in Unix seconds.
    pub asked_at: u64,
    provider: Arc<ProviderMetadata>,
    client: ClientCredentials,
}

/// Who logged in.
#[derive(Debug)]
pub struct Person {
    /// The issuer and the account there.
    pub subject: Subject,
    /// Their name, for people to read. It proves nothing.
    pub username: Option<String>,
}

impl CodeFlow {
    /// Takes the answer to `login`, if it comes through the same browser and from the same provider, and redeems its code.
    /// `resource` is what the request was for.
    pub async fn redeem(
        &self,
        login: &Login,
        resource: Option<&str>,
        answer: &Answer,
    ) -> Result<Redeemed, ArriveError> {
        let name = cookie_name(answer.state.as_deref().unwrap_or_default());
        let shown = self.0.cookies.read(&name, &answer.headers);
        if !shown.is_some_and(|cookie| login.went_through(cookie)) {
            return Err(ArriveError::OtherBrowser);
        }
        let (provider, client) = self.provider().ok_or(ArriveError::Changed)?;
        self.check_issuer(&provider, answer.iss.as_deref())?;
        if let Some(error) = &answer.error {
            let error: String = error.chars().filter(char::is_ascii_graphic).take(100).collect();
            tracing::info!(error, "the identity provider gave no access");
            return Err(match error.as_str() {
                INVALID_TARGET => ArriveError::UnknownResource,
                _ => ArriveError::Denied,
            });
        }
        let code = answer.code.as_deref().ok_or(ArriveError::Incomplete)?;
        if *client.client_id != *login.client_id {
            return Err(ArriveError::Changed);
        }
        let asked_at = self.0.clock.unix_seconds();
        let grant = Grant::Code {
            code,
            redirect_uri: &self.redirect_uri(),
            verifier: &login.verifier,
            resource,
        };
        let tokens = match request_tokens(&self.0.http, &provider, &client, grant).await {
            Err(TokenError::InvalidClient { .. }) => {
                // The code ends with the client it was issued to; the next login is another client's.
                let _ = self.0.clients.replace(&client.client_id).await;
                return Err(ArriveError::Changed);
            }
            Err(TokenError::Refused { error, .. }) if error == INVALID_TARGET => {
                return Err(ArriveError::UnknownResource);
            }
            answer => answer?,
        };
        Ok(Redeemed {
            tokens,
            asked_at,
            provider,
            client,
        })
    }

    /// RFC 9207 §2.4: an answer of another provider is refused, and one that says nothing where this one always does.
    fn check_issuer(&self, provider: &ProviderMetadata, iss: Option<&str>) -> Result<(), ArriveError> {
        let right = match iss {
            Some(iss) => self.0.verifier.is_issuer(iss),
            None => !provider.authorization_response_iss_parameter_supported,
        };
        if right { Ok(()) } else { Err(ArriveError::OtherProvider) }
    }

    /// Who logged in, by the ID token (OpenID Connect Core §3.1.3.7).
    pub async fn identify(&self, login: &Login, redeemed: &Redeemed) -> Result<Person, ArriveError> {
        let id_token = redeemed.tokens.id_token.as_ref().ok_or(IdTokenError::Malformed)?;
        let verifier = &self.0.verifier;
        let person = verifier
            .verify_id_token(id_token, &login.client_id, &login.nonce)
            .await?;
        Ok(Person {
            subject: Subject::new(redeemed.provider.issuer.as_str(), person.subject.as_str()),
            username: person.username,
        })
    }

    /// What the provider calls a person, for people to read; `None` if it does not say. Nextcloud's ID tokens hold no names.
    pub async fn display_name(&self, person: &Person, redeemed: &Redeemed) -> Option<String> {
        let endpoint = redeemed.provider.userinfo_endpoint.as_deref()?;
        let token = redeemed.tokens.access_token.expose_secret();
        let info = match userinfo(&self.0.http, endpoint, token).await {
            Ok(UserInfoAnswer::Known(info)) => info,
            Ok(UserInfoAnswer::Refused) => return None,
            Err(error) => {
                tracing::debug!(%error, "a person's name is not known");
                return None;
            }
        };
        // OpenID Connect Core §5.3.2: otherwise it is somebody else's.
        let is_theirs = *info.sub == *person.subject.subject;
        let name = info.name.filter(|_| is_theirs)?;
        let usable = !name.trim().is_empty() && name.len() <= NAME_LIMIT && !name.contains(char::is_control);
        usable.then_some(name)
    }

    /// Ends what was issued and is not kept, where the provider can be told.
    pub async fn give_back(&self, redeemed: &Redeemed) {
        let Redeemed {
            tokens,
            provider,
            client,
            ..
        } = redeemed;
        if let Some(token) = &tokens.refresh_token
            && let Err(error) = revoke_refresh_token(&self.0.http, provider, client, token).await
        {
            tracing::warn!(%error, "a grant that is not kept could not be ended at the identity provider");
        }
    }
}
