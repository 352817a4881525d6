//! Owns what is known of one person's grant. Many requests that need it renewed queue here, and one renewal answers them
//! all.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use arc_swap::ArcSwap;
use futures_util::FutureExt;
use ractor::{Actor, ActorProcessingErr, ActorRef, SupervisionEvent};
use tracing::Instrument;

use super::keeper::{GrantKeeper, Revocation};
use super::message::{Finished, OwnGrantMessage, Waiting};
use super::problem::GrantProblem;
use super::record::Grant;
use super::state::{Begin, Published, State};
use super::work::{self, Outcome};
use crate::principal::Subject;

pub(super) struct OwnGrantActor;

pub(super) struct Arguments {
    pub(super) keeper: Arc<GrantKeeper>,
    pub(super) subject: Subject,
    pub(super) published: Arc<ArcSwap<Published>>,
}

pub(super) struct Room {
    keeper: Arc<GrantKeeper>,
    subject: Subject,
    state: State,
}

/// A job, with whoever waits for it.
enum Job {
    Load,
    Renew { refused: bool },
    Install(Arc<Grant>, Waiting<()>),
    Revoke(Waiting<Option<Revocation>>),
}

impl Room {
    /// Runs a job in the person's lane, and tells the actor before it leaves the lane: so the actor learns of jobs in the
    /// order in which the vault did. The job goes on if the actor ends meanwhile.
    fn spawn(&self, myself: &ActorRef<OwnGrantMessage>, job: Job) {
        let (keeper, subject, actor) = (Arc::clone(&self.keeper), self.subject.clone(), myself.clone());
        let work = async move {
            let lane = keeper.lane(&subject).await;
            let finished = run(&keeper, &subject, job).await;
            // An ended actor need not know: the next one reads the vault.
            let _ = actor.cast(OwnGrantMessage::Done(finished));
            drop(lane);
        };
        tokio::spawn(work.in_current_span());
    }
}

async fn run(keeper: &GrantKeeper, subject: &Subject, job: Job) -> Finished {
    match job {
        Job::Load => Finished::Loaded(guarded(work::load(keeper, subject)).await),
        Job::Renew { refused } => Finished::Renewed(guarded(work::renew(keeper, subject, refused)).await),
        Job::Install(grant, waiting) => {
            Finished::Installed(guarded(work::install(keeper, subject, grant)).await, waiting)
        }
        Job::Revoke(waiting) => {
            let revoked = AssertUnwindSafe(work::revoke(keeper, subject)).catch_unwind().await;
            Finished::Revoked(revoked.unwrap_or(Err(GrantProblem::StoreUnavailable)), waiting)
        }
    }
}

/// The outcome of a job, even of one that panicked.
async fn guarded(job: impl Future<Output = Outcome>) -> Outcome {
    let outcome = AssertUnwindSafe(job).catch_unwind().await;
    outcome.unwrap_or(Outcome::Failed(GrantProblem::StoreUnavailable, None))
}

impl Actor for OwnGrantActor {
    type Msg = OwnGrantMessage;
    type State = Room;
    type Arguments = Arguments;

    async fn pre_start(&self, _: ActorRef<Self::Msg>, arguments: Arguments) -> Result<Room, ActorProcessingErr> {
        Ok(Room {
            keeper: arguments.keeper,
            subject: arguments.subject,
            state: State::new(arguments.published),
        })
    }

    async fn handle(
        &self,
        myself: ActorRef<Self::Msg>,
        message: Self::Msg,
        room: &mut Room,
    ) -> Result<(), ActorProcessingErr> {
        let now = room.keeper.now();
        let begin = match message {
            OwnGrantMessage::Access { refused, waiting } => room.state.access(refused.as_ref(), waiting, now),
            OwnGrantMessage::Status(waiting) => room.state.status(waiting),
            OwnGrantMessage::Install { grant, waiting } => {
                room.spawn(&myself, Job::Install(grant, waiting));
                Begin::Nothing
            }
            OwnGrantMessage::Revoke(waiting) => {
                room.state.revoke();
                room.spawn(&myself, Job::Revoke(waiting));
                Begin::Nothing
            }
            OwnGrantMessage::Done(finished) => {
                room.state.done(finished, now);
                Begin::Nothing
            }
        };
        match begin {
            Begin::Nothing => {}
            Begin::Load => room.spawn(&myself, Job::Load),
            Begin::Renew { refused } => room.spawn(&myself, Job::Renew { refused }),
        }
        Ok(())
    }

    /// It has no children; ractor's default would end it with the first.
    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<Self::Msg>,
        _: SupervisionEvent,
        _: &mut Room,
    ) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}
