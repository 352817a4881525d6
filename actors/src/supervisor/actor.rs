//! The supervisor's actor: dispatch only.

use std::sync::Arc;
use std::time::Duration;

use ractor::{Actor, ActorProcessingErr, ActorRef, SupervisionEvent};
use tokio::time::Instant;

use super::directory::Directory;
use super::message::SupervisorMessage;
use super::state::State;

pub(super) struct SupervisorActor {
    pub(super) directory: Arc<Directory>,
    pub(super) sweep_every: Duration,
}

impl SupervisorActor {
    fn schedule_sweep(&self, myself: &ActorRef<SupervisorMessage>) {
        myself.send_after(self.sweep_every, || SupervisorMessage::Sweep);
    }
}

impl Actor for SupervisorActor {
    type Msg = SupervisorMessage;
    type State = State;
    type Arguments = State;

    async fn pre_start(&self, myself: ActorRef<Self::Msg>, state: State) -> Result<State, ActorProcessingErr> {
        self.schedule_sweep(&myself);
        Ok(state)
    }

    async fn handle(
        &self,
        myself: ActorRef<Self::Msg>,
        message: Self::Msg,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            SupervisorMessage::Supervise { child, reply } => state.supervise(&myself, child, reply),
            SupervisorMessage::Started { kind, outcome } => state.started(&myself, kind, outcome),
            SupervisorMessage::Restart { kind } => state.restart(&myself, kind),
            SupervisorMessage::Sweep => {
                if !state.is_stopping() {
                    self.directory.passivate_idle(Instant::now());
                    self.schedule_sweep(&myself);
                }
            }
            SupervisorMessage::Stop { reply } => {
                let _ = reply.send(state.stop());
            }
        }
        Ok(())
    }

    /// ractor's default ends the supervisor with the first child that ends, and everything with it.
    async fn handle_supervisor_evt(
        &self,
        myself: ActorRef<Self::Msg>,
        event: SupervisionEvent,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        match event {
            SupervisionEvent::ActorFailed(actor, error) => {
                let reason = error.to_string();
                if !state.ended(&myself, actor.get_id(), reason.clone()) {
                    tracing::error!(%reason, "a user session failed: the user's next request starts a new one");
                }
            }
            SupervisionEvent::ActorTerminated(actor, _, reason) => {
                let reason = reason.unwrap_or_else(|| "it stopped by itself".to_owned());
                state.ended(&myself, actor.get_id(), reason);
            }
            SupervisionEvent::ActorStarted(_) | SupervisionEvent::ProcessGroupChanged(_) => {}
        }
        Ok(())
    }
}
