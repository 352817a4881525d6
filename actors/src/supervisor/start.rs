//! One start of a child, in a task of its own: `pre_start` runs in the task that spawns the actor, and in the supervisor's
//! it would hold up every other child.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use ractor::{ActorRef, SpawnErr};

use super::Child;
use super::message::SupervisorMessage;

/// Starts `child` and tells `supervisor` how it went.
pub(super) fn start(supervisor: ActorRef<SupervisorMessage>, child: Arc<dyn Child>, limit: Duration) {
    tokio::spawn(async move {
        let start = AssertUnwindSafe(child.start(supervisor.get_cell())).catch_unwind();
        let outcome = match tokio::time::timeout(limit, start).await {
            Ok(Ok(Ok(actor))) => Ok(actor),
            Ok(Ok(Err(SpawnErr::StartupFailed(reason)))) => Err(format!("its start failed: {reason}")),
            Ok(Ok(Err(error))) => Err(format!("it cannot be started: {error}")),
            Ok(Err(_panic)) => Err("its start panicked".to_owned()),
            Err(_) => Err(format!("its start took longer than {} s", limit.as_secs())),
        };
        let started = SupervisorMessage::Started {
            kind: child.kind(),
            outcome,
        };
        if supervisor.cast(started).is_err() {
            tracing::debug!(
                child = child.kind(),
                "the supervisor ended while the actor was starting"
            );
        }
    });
}
