//! The mailbox. Decisions are made in [`State`]; network and disk work happens in tasks.

use std::sync::Arc;
use std::time::Duration;

use ractor::{Actor, ActorProcessingErr, ActorRef, SupervisionEvent};
use tokio::task::{AbortHandle, JoinSet};
use tracing::{Instrument, info_span};

use super::error::RegistrarError;
use super::message::RegistrarMessage;
use super::state::{Shared, Start, State};
use super::work::Outcome;

/// The actor behind [`ClientRegistrar`](super::ClientRegistrar).
pub(super) struct RegistrarActor;

/// The state and the actor's own small tasks, which end with it.
pub(super) struct Running {
    shared: Arc<Shared>,
    state: State,
    tasks: JoinSet<()>,
    timer: Option<AbortHandle>,
    generation: u64,
}

impl Actor for RegistrarActor {
    type Msg = RegistrarMessage;
    type State = Running;
    type Arguments = Arc<Shared>;

    async fn pre_start(
        &self,
        myself: ActorRef<Self::Msg>,
        shared: Self::Arguments,
    ) -> Result<Self::State, ActorProcessingErr> {
        let mut tasks = JoinSet::new();
        if !shared.is_static {
            let mut provider = shared.provider.clone();
            // What is there already counts as a change.
            provider.mark_changed();
            tasks.spawn(async move {
                while provider.changed().await.is_ok() {
                    if myself.cast(RegistrarMessage::ProviderChanged).is_err() {
                        break;
                    }
                }
            });
        }
        Ok(Running {
            state: State::new(Arc::clone(&shared)),
            shared,
            tasks,
            timer: None,
            generation: 0,
        })
    }

    async fn handle(
        &self,
        myself: ActorRef<Self::Msg>,
        message: Self::Msg,
        running: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        let state = &mut running.state;
        match message {
            RegistrarMessage::Replace { refused, waiting } => state.replace(refused, waiting),
            RegistrarMessage::Command(command) => state.command(command),
            RegistrarMessage::Describe(waiting) => state.describe(waiting),
            RegistrarMessage::Finished { issuer, outcome } => state.finished(&issuer, *outcome),
            RegistrarMessage::Wake { generation } if generation != running.generation => return Ok(()),
            RegistrarMessage::Wake { .. } | RegistrarMessage::ProviderChanged => {}
        }
        if let Some(start) = state.advance() {
            spawn(Arc::clone(&running.shared), start, myself);
        } else {
            running.set_timer(myself);
        }
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        _myself: ActorRef<Self::Msg>,
        _event: SupervisionEvent,
        _running: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}

/// Does a job in a task that reports its end even if the job panics.
fn spawn(shared: Arc<Shared>, start: Start, myself: ActorRef<RegistrarMessage>) {
    let Start { job, provider } = start;
    let issuer = provider.issuer.clone();
    let span = info_span!("client_registration", ?job);
    let work = tokio::spawn(async move { shared.worker.run(&job, &provider).await }.instrument(span));
    tokio::spawn(async move {
        let outcome = Box::new(work.await.unwrap_or(Outcome {
            row: None,
            result: Err(RegistrarError::BrokeOff),
        }));
        let _ = myself.cast(RegistrarMessage::Finished { issuer, outcome });
    });
}

impl Running {
    /// Sleeps until something is due, but looks at the clock every now and then: it may jump.
    fn set_timer(&mut self, myself: ActorRef<RegistrarMessage>) {
        if let Some(timer) = self.timer.take() {
            timer.abort();
        }
        while self.tasks.try_join_next().is_some() {}
        self.generation += 1;
        let generation = self.generation;
        let Some(at) = self.state.wake_at() else {
            return;
        };
        let pause = Duration::from_secs(at.saturating_sub(self.state.now()))
            .min(self.shared.worker.timing.tick)
            .max(Duration::from_millis(1));
        self.timer = Some(self.tasks.spawn(async move {
            tokio::time::sleep(pause).await;
            let _ = myself.cast(RegistrarMessage::Wake { generation });
        }));
    }
}
