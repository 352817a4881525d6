//! Owns the clients of one user's tokens. Requests that come with the same new token at once get the same client,
//! because they queue here.

use std::sync::Arc;

use arc_swap::ArcSwap;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort, SupervisionEvent};
use secrecy::SecretString;

use super::clients::BearerClients;
use super::message::CallerBearerMessage;
use crate::digest::Fingerprint;
use crate::nextcloud::{Credential, NextcloudClient, NextcloudServer, UserCaches};

pub(super) struct CallerBearerActor;

pub(super) struct State {
    pub(super) server: Arc<NextcloudServer>,
    pub(super) user: Arc<UserCaches>,
    pub(super) published: Arc<ArcSwap<BearerClients>>,
}

impl State {
    fn client(&self, bearer: SecretString, fingerprint: Fingerprint, reply: RpcReplyPort<NextcloudClient>) {
        let published = self.published.load();
        if let Some(client) = published.get(&fingerprint) {
            let _ = reply.send(client.clone());
            return;
        }
        let client = NextcloudClient::new(
            Arc::clone(&self.server),
            &Credential::Bearer(bearer),
            Arc::clone(&self.user),
        );
        self.published
            .store(Arc::new(published.with(fingerprint, client.clone())));
        let _ = reply.send(client);
    }
}

impl Actor for CallerBearerActor {
    type Msg = CallerBearerMessage;
    type State = State;
    type Arguments = State;

    async fn pre_start(&self, _: ActorRef<Self::Msg>, state: State) -> Result<State, ActorProcessingErr> {
        Ok(state)
    }

    async fn handle(
        &self,
        _: ActorRef<Self::Msg>,
        message: Self::Msg,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        let CallerBearerMessage::Client {
            bearer,
            fingerprint,
            permit,
            reply,
        } = message;
        // Who asked may have left already: then the work is not worth doing.
        if !reply.is_closed() {
            state.client(bearer, fingerprint, reply);
        }
        drop(permit);
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
