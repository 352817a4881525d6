//! The end of the actors, in order and in bounded time. Nothing is left to `post_stop`: a killed actor never runs it.

use std::time::Duration;

use futures_util::future::join_all;
use ractor::{ActorCell, ActorStatus};
use tokio::time::Instant;

/// Lets `actors` finish what is in their mailboxes; kills those that have not at `deadline`. All at the same time.
pub(super) async fn drain_all(actors: Vec<ActorCell>, deadline: Instant) {
    join_all(actors.into_iter().map(|actor| drain(actor, deadline))).await;
}

/// The same for one actor.
pub(super) async fn drain(actor: ActorCell, deadline: Instant) {
    if actor.get_status() == ActorStatus::Stopped {
        return;
    }
    let left = deadline.saturating_duration_since(Instant::now());
    // Refused when it is ending already; then there is only its end to wait for.
    let _ = actor.drain();
    if actor.wait(Some(left)).await.is_err() {
        tracing::warn!(actor = %actor.get_id(), "an actor did not finish in time: ending it");
        actor.kill();
    }
}

/// The first half of `limit` from `now`: what the sessions get, so that what they depend on has time left too.
pub(super) fn half_way(now: Instant, limit: Duration) -> Instant {
    now + limit / 2
}
