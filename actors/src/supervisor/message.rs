//! What the supervisor's mailbox takes.

use std::sync::Arc;

use ractor::{ActorCell, RpcReplyPort};

use super::{Child, SuperviseError};

pub(super) enum SupervisorMessage {
    /// Keep a child alive from now on. The answer comes after its first start.
    Supervise {
        child: Arc<dyn Child>,
        reply: RpcReplyPort<Result<(), SuperviseError>>,
    },
    /// A start has ended.
    Started {
        kind: &'static str,
        outcome: Result<ActorCell, String>,
    },
    /// The pause before a restart is over.
    Restart { kind: &'static str },
    /// Time to look for sessions that nobody uses.
    Sweep,
    /// Restart nothing any more. The answer is what runs, in the order in which it was started.
    Stop { reply: RpcReplyPort<Vec<ActorCell>> },
}
