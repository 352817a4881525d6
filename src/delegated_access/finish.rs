//! From the provider's answer to a durable grant.

use actors::authorization_sessions::{Flow, Kind, Login};
use actors::principal::Subject;
use actors::user_session::{Grant, SessionError};

use super::{DelegatedAccess, FinishError, SCOPE, principal};
use crate::code_flow::{Answer, ArriveError, Redeemed};

/// A login that ended with a grant.
#[derive(Debug)]
pub struct Arrived {
    /// The name of the account, for its owner to read.
    pub account: String,
}

impl DelegatedAccess {
    /// Finishes the login that an answer belongs to. Goes on when the browser leaves: the code is good once.
    pub async fn arrive(&self, answer: Answer) -> Result<Arrived, FinishError> {
        let access = self.clone();
        let work = tokio::spawn(async move { access.finish(&answer).await });
        work.await.map_err(|_| FinishError::BrokeOff)?
    }

    async fn finish(&self, answer: &Answer) -> Result<Arrived, FinishError> {
        let state = answer.state.as_deref().ok_or(FinishError::UnknownState)?;
        let flow = self.0.flows.take(Kind::State, state).await?;
        let Some(Flow::DelegatedAccess { subject, login }) = flow else {
            return Err(FinishError::UnknownState);
        };
        let redeemed = self
            .0
            .code_flow
            .redeem(&login, self.0.resource.as_deref(), answer)
            .await?;
        match self.accept(&subject, &login, &redeemed).await {
            Ok(arrived) => Ok(arrived),
            // The session may still be storing it.
            Err(error @ FinishError::Session(_)) => Err(error),
            Err(error) => {
                self.0.code_flow.give_back(&redeemed).await;
                Err(error)
            }
        }
    }

    /// Keeps the grant if it is of the person who asked for it.
    async fn accept(&self, subject: &Subject, login: &Login, redeemed: &Redeemed) -> Result<Arrived, FinishError> {
        let person = self.0.code_flow.identify(login, redeemed).await?;
        if person.subject != *subject {
            return Err(FinishError::OtherAccount);
        }
        let account = person.username.as_deref().unwrap_or(&subject.subject).to_owned();
        let (tokens, asked_at) = (redeemed.tokens.clone(), redeemed.asked_at);
        let grant = Grant::new(subject, person.username, &login.client_id, SCOPE, tokens, asked_at)
            .ok_or(FinishError::NoRefreshToken)?
            .for_resource(self.0.resource.as_deref());
        let session = self.0.supervisor.session(&principal(subject.clone()));
        let session = session.map_err(SessionError::from)?;
        let own_grant = session.own_grant().ok_or(ArriveError::Changed)?;
        own_grant.install(grant).await?;
        Ok(Arrived { account })
    }
}
