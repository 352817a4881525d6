//! The children and what happens to them. No I/O and no waiting here: starts run in tasks of their own.

use std::sync::Arc;

use ractor::{ActorCell, ActorId, ActorRef, ActorStatus, RpcReplyPort};
use tokio::time::Instant;

use super::budget::{Budget, Verdict};
use super::message::SupervisorMessage;
use super::readiness::{ChildState, ReadinessBoard};
use super::start::start;
use super::{Child, RestartPolicy, SuperviseError};

pub(super) struct State {
    policy: RestartPolicy,
    board: ReadinessBoard,
    /// In the order in which they came: that is the order of dependence, and reversed the order of shutting down.
    children: Vec<Supervised>,
    stopping: bool,
}

/// A child is always at one point of one cycle: start, running, failure, pause, start. Each step is caused by the one
/// before, so there are never two starts or two timers of a child, and none that is out of date.
struct Supervised {
    child: Arc<dyn Child>,
    budget: Budget,
    actor: Option<ActorCell>,
    /// Who waits for the end of the first start.
    waiting: Option<RpcReplyPort<Result<(), SuperviseError>>>,
}

impl State {
    pub(super) fn new(policy: RestartPolicy, board: ReadinessBoard) -> Self {
        Self {
            policy,
            board,
            children: Vec::new(),
            stopping: false,
        }
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping
    }

    pub(super) fn supervise(
        &mut self,
        myself: &ActorRef<SupervisorMessage>,
        child: Arc<dyn Child>,
        reply: RpcReplyPort<Result<(), SuperviseError>>,
    ) {
        let kind = child.kind();
        if self.stopping {
            let _ = reply.send(Err(SuperviseError::Stopping));
            return;
        }
        if self.position(kind).is_some() {
            let _ = reply.send(Err(SuperviseError::Duplicate { kind }));
            return;
        }
        self.board.set_child(kind, child.required(), ChildState::Starting);
        self.children.push(Supervised {
            child,
            budget: Budget::default(),
            actor: None,
            waiting: Some(reply),
        });
        self.start_at(myself, self.children.len() - 1);
    }

    /// The pause before a restart is over.
    pub(super) fn restart(&mut self, myself: &ActorRef<SupervisorMessage>, kind: &'static str) {
        if !self.stopping
            && let Some(position) = self.position(kind)
        {
            self.start_at(myself, position);
        }
    }

    fn start_at(&mut self, myself: &ActorRef<SupervisorMessage>, position: usize) {
        let child = Arc::clone(&self.children[position].child);
        start(myself.clone(), child, self.policy.start_timeout);
    }

    pub(super) fn started(
        &mut self,
        myself: &ActorRef<SupervisorMessage>,
        kind: &'static str,
        outcome: Result<ActorCell, String>,
    ) {
        let Some(position) = self.position(kind) else { return };
        let supervised = &mut self.children[position];
        if self.stopping {
            if let Ok(actor) = outcome {
                actor.stop(None);
            }
            answer(supervised.waiting.take(), Err(SuperviseError::Stopping));
            return;
        }
        match outcome {
            // Supervision events overtake messages: it may have died before we learnt its id, and its event is gone.
            Ok(actor) if actor.get_status() >= ActorStatus::Draining => {
                self.failed(myself, position, "it stopped right after its start".to_owned());
            }
            Ok(actor) => {
                tracing::info!(child = kind, "actor started");
                supervised.actor = Some(actor);
                supervised.budget.started(Instant::now());
                answer(supervised.waiting.take(), Ok(()));
                self.board
                    .set_child(kind, supervised.child.required(), ChildState::Running);
            }
            Err(reason) => self.failed(myself, position, reason),
        }
    }

    /// An actor ended. Returns whether it was a child; all others are user sessions.
    pub(super) fn ended(&mut self, myself: &ActorRef<SupervisorMessage>, actor: ActorId, reason: String) -> bool {
        let ended = |supervised: &Supervised| supervised.actor.as_ref().is_some_and(|cell| cell.get_id() == actor);
        let Some(position) = self.children.iter().position(ended) else {
            return false;
        };
        self.children[position].actor = None;
        if !self.stopping {
            self.failed(myself, position, reason);
        }
        true
    }

    fn failed(&mut self, myself: &ActorRef<SupervisorMessage>, position: usize, reason: String) {
        let supervised = &mut self.children[position];
        let kind = supervised.child.kind();
        let (pause, state) = match supervised.budget.failed(&self.policy, Instant::now()) {
            Verdict::Restart(pause) => {
                tracing::warn!(child = kind, %reason, pause_ms = pause.as_millis(), "actor failed: starting it again");
                (pause, ChildState::Restarting { reason: reason.clone() })
            }
            Verdict::Degraded(pause) => {
                tracing::error!(child = kind, %reason, pause_ms = pause.as_millis(), "actor fails too often: leaving it down");
                (pause, ChildState::Degraded { reason: reason.clone() })
            }
        };
        self.board.set_child(kind, supervised.child.required(), state);
        answer(
            supervised.waiting.take(),
            Err(SuperviseError::FirstStart { kind, reason }),
        );
        myself.send_after(pause, move || SupervisorMessage::Restart { kind });
    }

    /// From now on nothing is started. Gives the running children in the order in which they came.
    pub(super) fn stop(&mut self) -> Vec<ActorCell> {
        self.stopping = true;
        self.children
            .iter()
            .filter_map(|supervised| supervised.actor.clone())
            .collect()
    }

    fn position(&self, kind: &str) -> Option<usize> {
        self.children
            .iter()
            .position(|supervised| supervised.child.kind() == kind)
    }
}

fn answer(waiting: Option<RpcReplyPort<Result<(), SuperviseError>>>, answer: Result<(), SuperviseError>) {
    if let Some(waiting) = waiting {
        let _ = waiting.send(answer);
    }
}
