//! Where a handle keeps its actor. The supervisor puts a fresh actor in after a restart; the handles stay as they are.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use ractor::rpc::CallResult;
use ractor::{ActorRef, ActorStatus, Message, RpcReplyPort};

/// The place of one actor, shared by every clone of its handle.
pub struct Slot<M: Message>(Arc<ArcSwapOption<ActorRef<M>>>);

/// The actor is not there (being restarted, or stopped), or did not answer in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{actor} is not available at the moment")]
pub struct Unavailable {
    /// What kind of actor it is.
    pub actor: &'static str,
}

impl<M: Message> Slot<M> {
    /// A slot without an actor yet.
    pub fn empty() -> Self {
        Self(Arc::new(ArcSwapOption::empty()))
    }

    /// Puts an actor in, in place of the one before.
    pub fn fill(&self, actor: ActorRef<M>) {
        self.0.store(Some(Arc::new(actor)));
    }

    /// The actor, if there is one.
    pub fn actor(&self) -> Option<ActorRef<M>> {
        self.0.load_full().map(|actor| actor.as_ref().clone())
    }

    /// Whether there is an actor and it takes messages.
    pub fn is_live(&self) -> bool {
        let actor = self.0.load();
        actor
            .as_ref()
            .is_some_and(|actor| actor.get_status() < ActorStatus::Draining)
    }

    /// Sends without waiting.
    pub fn cast(&self, message: M) -> Result<(), Unavailable> {
        let guard = self.0.load();
        let actor = guard.as_ref().ok_or_else(unavailable::<M>)?;
        actor.cast(message).map_err(|_| unavailable::<M>())
    }

    /// Sends and waits for the reply, at most `timeout`.
    pub async fn call<R: Send + 'static>(
        &self,
        message: impl FnOnce(RpcReplyPort<R>) -> M,
        timeout: Duration,
    ) -> Result<R, Unavailable> {
        let actor = self.actor().ok_or_else(unavailable::<M>)?;
        match actor.call(message, Some(timeout)).await {
            Ok(CallResult::Success(reply)) => Ok(reply),
            Ok(CallResult::Timeout | CallResult::SenderError) | Err(_) => Err(unavailable::<M>()),
        }
    }
}

impl<M: Message> Clone for Slot<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<M: Message> std::fmt::Debug for Slot<M> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Slot")
    }
}

fn unavailable<M>() -> Unavailable {
    let message = std::any::type_name::<M>();
    let name = message.rsplit("::").next().unwrap_or(message);
    Unavailable {
        actor: name.strip_suffix("Message").unwrap_or(name),
    }
}
