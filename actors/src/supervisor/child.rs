//! What the supervisor needs to know of a singleton actor: how to start it, again and again.

use futures_util::future::BoxFuture;
use ractor::{ActorCell, SpawnErr};

/// The handle of an actor that the supervisor keeps alive. The handle outlives its actors: a restart puts a fresh actor
/// into the handle's [`Slot`](crate::slot::Slot), so nobody who holds the handle has to notice.
pub trait Child: Send + Sync + 'static {
    /// The kind of actor, as logs, metrics and readiness name it: `token_verifier`. One child of a kind per supervisor,
    /// never the name of a person.
    fn kind(&self) -> &'static str;

    /// Spawns the actor linked to `supervisor` (`Actor::spawn_linked`) and fills the handle's slot. Runs in a task of its
    /// own, within a time limit; `pre_start` does no I/O all the same, since until it returns the child is not there.
    fn start(&self, supervisor: ActorCell) -> BoxFuture<'_, Result<ActorCell, SpawnErr>>;

    /// Whether the server is not ready without this child. A child that is not required may be degraded and the server
    /// still takes requests.
    fn required(&self) -> bool {
        true
    }
}
