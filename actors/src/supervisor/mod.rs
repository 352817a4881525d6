//! Keeps the server's actors alive, finds the users' sessions, and says whether the server is ready.
//!
//! An actor that fails is started again inside its handle, after a pause that doubles. One that fails too often is left
//! down and tried again at long intervals: the server then answers what it can and says in its readiness what is wrong.
//! No failure of an actor ends another one, or the server.

mod actor;
mod budget;
mod child;
mod directory;
mod message;
mod readiness;
mod shutdown;
mod start;
mod state;
#[cfg(test)]
pub(crate) mod tests;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ractor::concurrency::JoinHandle;
use ractor::rpc::CallResult;
use ractor::{Actor, ActorRef, SpawnErr};
use tokio::sync::watch;
use tokio::time::Instant;

pub use budget::RestartPolicy;
pub use child::Child;
pub use readiness::{ChildReadiness, ChildState, Condition, Readiness, ReadinessBoard};

use crate::admission::Busy;
use crate::principal::Principal;
use crate::user_session::{SessionOptions, UserSession};
use actor::SupervisorActor;
use directory::Directory;
use message::SupervisorMessage;
use state::State;

/// What the supervisor is told at the start.
#[derive(Debug, Clone)]
pub struct SupervisorOptions {
    /// When actors are restarted.
    pub restarts: RestartPolicy,
    /// How users' sessions are opened.
    pub sessions: SessionOptions,
    /// Users with a session at the same time. At the bound the longest idle one makes room.
    pub max_sessions: usize,
    /// How long a session is kept that nobody uses.
    pub idle_after: Duration,
    /// How often idle sessions are looked for.
    pub sweep_every: Duration,
}

impl SupervisorOptions {
    /// The default bounds.
    pub fn new(sessions: SessionOptions) -> Self {
        Self {
            restarts: RestartPolicy::default(),
            sessions,
            max_sessions: 10_000,
            idle_after: Duration::from_mins(15),
            sweep_every: Duration::from_mins(1),
        }
    }
}

/// The supervisor could not be started.
#[derive(Debug, thiserror::Error)]
#[error("the supervisor cannot be started: {0}")]
pub struct StartError(#[from] SpawnErr);

/// A child was not accepted, or did not start.
#[derive(Debug, thiserror::Error)]
pub enum SuperviseError {
    /// There is a child of this kind.
    #[error("there is a {kind} already")]
    Duplicate {
        /// The kind.
        kind: &'static str,
    },
    /// The supervisor is shutting down.
    #[error("the server is shutting down")]
    Stopping,
    /// Its first start failed. It is supervised all the same: it is tried again, and readiness says how it is doing.
    #[error("{kind} did not start: {reason}; it is tried again")]
    FirstStart {
        /// The kind.
        kind: &'static str,
        /// Why.
        reason: String,
    },
}

/// The root of the server's actors. A clone is a pointer.
#[derive(Clone)]
pub struct Supervisor(Arc<Inner>);

struct Inner {
    actor: ActorRef<SupervisorMessage>,
    board: ReadinessBoard,
    directory: Arc<Directory>,
    sessions: SessionOptions,
    start_timeout: Duration,
    shutting_down: Arc<AtomicBool>,
}

impl Supervisor {
    /// Starts it, without children.
    pub async fn start(options: SupervisorOptions) -> Result<Self, StartError> {
        let board = ReadinessBoard::new();
        let directory = Arc::new(Directory::new(options.max_sessions, options.idle_after));
        let start_timeout = options.restarts.start_timeout;
        let handler = SupervisorActor {
            directory: Arc::clone(&directory),
            sweep_every: options.sweep_every,
        };
        let state = State::new(options.restarts, board.clone());
        let (actor, ended) = SupervisorActor::spawn(None, handler, state).await?;
        let shutting_down = Arc::new(AtomicBool::new(false));
        report_end(ended, board.clone(), Arc::clone(&shutting_down));
        Ok(Self(Arc::new(Inner {
            actor,
            board,
            directory,
            sessions: options.sessions,
            start_timeout,
            shutting_down,
        })))
    }

    /// Starts `child` and keeps it alive from now on. Children are shut down in the reverse order of coming here, so what
    /// others depend on comes first.
    pub async fn supervise(&self, child: Arc<dyn Child>) -> Result<(), SuperviseError> {
        let supervise = |reply| SupervisorMessage::Supervise { child, reply };
        // The start has a bound of its own, so this one is only for a supervisor that is gone.
        let patience = self.0.start_timeout + Duration::from_secs(5);
        match self.0.actor.call(supervise, Some(patience)).await {
            Ok(CallResult::Success(outcome)) => outcome,
            Ok(CallResult::Timeout | CallResult::SenderError) | Err(_) => Err(SuperviseError::Stopping),
        }
    }

    /// The session of the caller, opened if there is none. `Busy` when as many users as may have a session use theirs at
    /// this moment, and when the server is shutting down.
    pub fn session(&self, principal: &Principal) -> Result<UserSession, Busy> {
        self.0.directory.session(&principal.subject, || {
            UserSession::open(&self.0.sessions, &principal.subject, self.0.actor.get_cell())
        })
    }

    /// Follows whether the server is ready.
    pub fn readiness(&self) -> watch::Receiver<Readiness> {
        self.0.board.subscribe()
    }

    /// Where components report conditions of readiness.
    pub fn board(&self) -> ReadinessBoard {
        self.0.board.clone()
    }

    /// Shuts the actors down within about `limit`: admits nothing new, lets the sessions and then the children (last
    /// come, first to go) finish what waits in their mailboxes, and ends those that do not in time. Call it when the
    /// HTTP server has finished its requests.
    pub async fn drain(&self, limit: Duration) {
        if self.0.shutting_down.swap(true, Ordering::SeqCst) {
            return;
        }
        let started = Instant::now();
        let deadline = started + limit;
        self.0.board.set_draining();
        let sessions = self.0.directory.close();
        let stop = |reply| SupervisorMessage::Stop { reply };
        let children = match self.0.actor.call(stop, Some(limit)).await {
            Ok(CallResult::Success(children)) => children,
            Ok(CallResult::Timeout | CallResult::SenderError) | Err(_) => Vec::new(),
        };
        tracing::info!(
            sessions = sessions.len(),
            children = children.len(),
            "shutting the actors down"
        );
        shutdown::drain_all(sessions, shutdown::half_way(started, limit)).await;
        for child in children.into_iter().rev() {
            shutdown::drain(child, deadline).await;
        }
        shutdown::drain(self.0.actor.get_cell(), deadline).await;
    }
}

impl fmt::Debug for Supervisor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Supervisor")
    }
}

/// A supervisor that ends without being told takes its children with it. That is a fault of ours; readiness says so, so
/// that whoever watches it restarts the process.
fn report_end(ended: JoinHandle<()>, board: ReadinessBoard, shutting_down: Arc<AtomicBool>) {
    tokio::spawn(async move {
        let _ = ended.await;
        if !shutting_down.load(Ordering::SeqCst) {
            tracing::error!("the supervisor ended unexpectedly: the server must be restarted");
            board.unmet("supervisor", "it ended unexpectedly; restart the server");
        }
    });
}
