//! From the provider's answer to a durable grant.

use actors::authorization_sessions::{Flow, Kind, Login};
use actors::oidc::{ClientCredentials, Grant as TokenGrant, IdTokenError, ProviderMetadata, TokenError, Tokens};
use actors::oidc::{request_tokens, revoke_refresh_token};
use actors::principal::Subject;
use actors::user_session::Grant;

use super::{DelegatedAccess, FinishError, SCOPE, principal};

/// The provider's answer (RFC 6749 §4.1.2), as it came through a browser.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// `state`.
    pub state: Option<String>,
    /// `code`.
    pub code: Option<String>,
    /// `error`.
    pub error: Option<String>,
    /// `iss` (RFC 9207).
    pub iss: Option<String>,
    /// The cookies of the browser, by name and value.
    pub cookies: Vec<(String, String)>,
}

/// A login that ended with a grant.
#[derive(Debug)]
pub struct Arrived {
    /// The name of the account, for its owner to read.
    pub account: String,
}

impl DelegatedAccess {
    /// The value of a `Set-Cookie` header that removes the cookie of a login.
    pub fn cookie_removal(&self, state: &str) -> String {
        self.set_cookie(&self.cookie_name(state), "", 0)
    }

    /// Finishes the login that an answer belongs to. Goes on when the browser leaves: the code is good once.
    pub async fn arrive(&self, arrival: Arrival) -> Result<Arrived, FinishError> {
        let access = self.clone();
        let work = tokio::spawn(async move { access.finish(arrival).await });
        work.await.map_err(|_| FinishError::BrokeOff)?
    }

    async fn finish(&self, arrival: Arrival) -> Result<Arrived, FinishError> {
        let state = arrival.state.as_deref().ok_or(FinishError::UnknownState)?;
        let flow = self.0.flows.take(Kind::State, state).await?;
        let Some(Flow::DelegatedAccess { subject, login }) = flow else {
            return Err(FinishError::UnknownState);
        };
        let name = self.cookie_name(state);
        let mut cookies = arrival.cookies.iter().filter(|(known, _)| *known == name);
        if !cookies.any(|(_, value)| login.went_through(value)) {
            return Err(FinishError::OtherBrowser);
        }
        let (provider, client) = self.provider().ok_or(FinishError::Changed)?;
        self.check_issuer(&provider, arrival.iss.as_deref())?;
        if let Some(error) = arrival.error {
            let error: String = error.chars().filter(char::is_ascii_graphic).take(100).collect();
            tracing::info!(error, "the identity provider gave no access");
            return Err(FinishError::Denied);
        }
        let code = arrival.code.ok_or(FinishError::Incomplete)?;
        if *client.client_id != *login.client_id {
            return Err(FinishError::Changed);
        }
        let asked_at = self.0.clock.unix_seconds();
        let tokens = self.redeem(&provider, &client, &login, &code).await?;
        match self.accept(&subject, &login, tokens.clone(), asked_at).await {
            Ok(arrived) => Ok(arrived),
            // The session may still be storing it.
            Err(error @ FinishError::Session(_)) => Err(error),
            Err(error) => {
                self.give_back(&provider, &client, &tokens).await;
                Err(error)
            }
        }
    }

    /// RFC 9207 §2.4: an answer of another provider is refused, and one that says nothing where this one always does.
    fn check_issuer(&self, provider: &ProviderMetadata, iss: Option<&str>) -> Result<(), FinishError> {
        let right = match iss {
            Some(iss) => self.0.verifier.is_issuer(iss),
            None => !provider.authorization_response_iss_parameter_supported,
        };
        if right { Ok(()) } else { Err(FinishError::OtherProvider) }
    }

    async fn redeem(
        &self,
        provider: &ProviderMetadata,
        client: &ClientCredentials,
        login: &Login,
        code: &str,
    ) -> Result<Tokens, FinishError> {
        let grant = TokenGrant::Code {
            code,
            redirect_uri: &self.redirect_uri(),
            verifier: &login.verifier,
        };
        let answer = request_tokens(&self.0.http, provider, client, grant).await;
        if let Err(TokenError::InvalidClient { .. }) = &answer {
            // The code ends with the client it was issued to; the next login is another client's.
            self.0.clients.replace(&client.client_id).await;
            return Err(FinishError::Changed);
        }
        Ok(answer?)
    }

    /// Keeps the grant if it is of the person who asked for it.
    async fn accept(
        &self,
        subject: &Subject,
        login: &Login,
        tokens: Tokens,
        asked_at: u64,
    ) -> Result<Arrived, FinishError> {
        let verifier = &self.0.verifier;
        let id_token = tokens.id_token.as_ref().ok_or(IdTokenError::Malformed)?;
        let person = verifier
            .verify_id_token(id_token, &login.client_id, &login.nonce)
            .await?;
        let issuer = verifier
            .provider()
            .borrow()
            .as_ref()
            .map(|provider| provider.issuer.clone());
        let is_who_asked = issuer.as_deref() == Some(&*subject.issuer) && *person.subject == *subject.subject;
        if !is_who_asked {
            return Err(FinishError::OtherAccount);
        }
        let account = person.username.clone().unwrap_or(person.subject);
        let grant = Grant::new(subject, person.username, &login.client_id, SCOPE, tokens, asked_at)
            .ok_or(FinishError::NoRefreshToken)?;
        let session = self.0.supervisor.session(&principal(subject.clone()));
        let session = session.map_err(actors::user_session::SessionError::from)?;
        let own_grant = session.own_grant().ok_or(FinishError::Changed)?;
        own_grant.install(grant).await?;
        Ok(Arrived { account })
    }

    /// Ends a grant that is not kept, where the provider can be told.
    async fn give_back(&self, provider: &ProviderMetadata, client: &ClientCredentials, tokens: &Tokens) {
        if let Some(token) = &tokens.refresh_token
            && let Err(error) = revoke_refresh_token(&self.0.http, provider, client, token).await
        {
            tracing::warn!(%error, "a grant that is not kept could not be ended at the identity provider");
        }
    }
}
