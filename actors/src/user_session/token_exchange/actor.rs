//! Owns one user's exchanged tokens. Requests that come with the same token at once make one exchange.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use arc_swap::ArcSwap;
use futures_util::FutureExt;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort, SupervisionEvent};
use secrecy::SecretString;
use tracing::Instrument;

use super::desk::{ExchangeDesk, ExchangeProblem, Exchanged, Fresh};
use super::message::TokenExchangeMessage;
use crate::admission::Permit;
use crate::digest::Fingerprint;
use crate::nextcloud::{Credential, NextcloudClient, NextcloudServer, UserCaches};
use crate::user_session::SessionError;

pub(super) struct TokenExchangeActor;

type Waiting = (RpcReplyPort<Result<NextcloudClient, SessionError>>, Permit);

pub(super) struct State {
    desk: Arc<ExchangeDesk>,
    server: Arc<NextcloudServer>,
    user: Arc<UserCaches>,
    published: Arc<ArcSwap<Exchanged>>,
    /// The exchanges under way; bounded, since every waiting caller holds a permit.
    waiting: HashMap<Fingerprint, Vec<Waiting>>,
}

impl State {
    pub(super) fn new(
        desk: Arc<ExchangeDesk>,
        server: Arc<NextcloudServer>,
        user: Arc<UserCaches>,
        published: Arc<ArcSwap<Exchanged>>,
    ) -> Self {
        Self {
            desk,
            server,
            user,
            published,
            waiting: HashMap::new(),
        }
    }

    fn ask(
        &mut self,
        myself: &ActorRef<TokenExchangeMessage>,
        bearer: SecretString,
        fingerprint: Fingerprint,
        waiting: Waiting,
    ) {
        if let Some(client) = self.published.load().get(&fingerprint, self.desk.now()) {
            let _ = waiting.0.send(Ok(client.clone()));
            return;
        }
        if let Some(others) = self.waiting.get_mut(&fingerprint) {
            others.push(waiting);
            return;
        }
        self.waiting.insert(fingerprint, vec![waiting]);
        let (desk, actor) = (Arc::clone(&self.desk), myself.clone());
        let exchange = async move {
            let outcome = AssertUnwindSafe(desk.exchange(&bearer)).catch_unwind().await;
            let outcome = outcome.unwrap_or(Err(ExchangeProblem::Unreachable));
            let _ = actor.cast(TokenExchangeMessage::Done { fingerprint, outcome });
        };
        tokio::spawn(exchange.in_current_span());
    }

    fn done(&mut self, fingerprint: Fingerprint, outcome: Result<Fresh, ExchangeProblem>) {
        let answer = outcome.map_err(SessionError::from).map(|fresh| {
            let credential = Credential::Bearer(fresh.access_token);
            let client = NextcloudClient::new(Arc::clone(&self.server), &credential, Arc::clone(&self.user));
            let published = self.published.load();
            self.published
                .store(Arc::new(published.with(fingerprint, client.clone(), fresh.until)));
            client
        });
        for (reply, _permit) in self.waiting.remove(&fingerprint).into_iter().flatten() {
            let _ = reply.send(answer.clone());
        }
    }
}

impl Actor for TokenExchangeActor {
    type Msg = TokenExchangeMessage;
    type State = State;
    type Arguments = State;

    async fn pre_start(&self, _: ActorRef<Self::Msg>, state: State) -> Result<State, ActorProcessingErr> {
        Ok(state)
    }

    async fn handle(
        &self,
        myself: ActorRef<Self::Msg>,
        message: Self::Msg,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            TokenExchangeMessage::Client {
                bearer,
                fingerprint,
                permit,
                reply,
            } => state.ask(&myself, bearer, fingerprint, (reply, permit)),
            TokenExchangeMessage::Done { fingerprint, outcome } => state.done(fingerprint, outcome),
        }
        Ok(())
    }

    /// It has no children; ractor's default would end it with the first.
    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<Self::Msg>,
        _: SupervisionEvent,
        _: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}
