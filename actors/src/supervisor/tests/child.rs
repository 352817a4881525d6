//! A child that does what the test says.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ractor::{Actor, ActorCell, ActorProcessingErr, ActorRef, RpcReplyPort, SpawnErr, SupervisionEvent};

use crate::slot::Slot;
use crate::supervisor::Child;

/// What the actor is asked to do.
pub(super) enum Work {
    Answer(RpcReplyPort<()>),
    Note(&'static str),
    Panic,
    Fail,
    Stop,
    Hang,
}

/// What the next starts do.
#[derive(Debug, Clone, Copy)]
pub(super) enum StartMode {
    Succeed,
    Fail,
    Panic,
    /// Panics before the actor is spawned.
    PanicOutside,
    Hang,
    /// Succeeds after 5 s.
    Slow,
}

type Log = Arc<Mutex<Vec<(&'static str, &'static str)>>>;

pub(super) struct ScriptedChild {
    pub(super) kind: &'static str,
    pub(super) slot: Slot<Work>,
    pub(super) required: AtomicBool,
    pub(super) log: Log,
    mode: Mutex<StartMode>,
    starts: AtomicUsize,
}

impl ScriptedChild {
    pub(super) fn new(kind: &'static str) -> Arc<Self> {
        Self::with_log(kind, Log::default())
    }

    /// A child that writes what happens to it into `log`.
    pub(super) fn with_log(kind: &'static str, log: Log) -> Arc<Self> {
        Arc::new(Self {
            kind,
            slot: Slot::empty(),
            required: AtomicBool::new(true),
            log,
            mode: Mutex::new(StartMode::Succeed),
            starts: AtomicUsize::new(0),
        })
    }

    pub(super) fn set_mode(&self, mode: StartMode) {
        *self.mode.lock().unwrap() = mode;
    }

    pub(super) fn starts(&self) -> usize {
        self.starts.load(Ordering::SeqCst)
    }

    pub(super) fn log(&self) -> Vec<(&'static str, &'static str)> {
        self.log.lock().unwrap().clone()
    }

    pub(super) async fn answers(&self) -> bool {
        self.slot.call(Work::Answer, Duration::from_secs(1)).await.is_ok()
    }
}

impl Child for ScriptedChild {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn start(&self, supervisor: ActorCell) -> BoxFuture<'_, Result<ActorCell, SpawnErr>> {
        async move {
            self.starts.fetch_add(1, Ordering::SeqCst);
            let mode = *self.mode.lock().unwrap();
            assert!(!matches!(mode, StartMode::PanicOutside), "told to panic");
            let actor = ScriptedActor {
                kind: self.kind,
                log: Arc::clone(&self.log),
            };
            let (actor, _) = ScriptedActor::spawn_linked(None, actor, mode, supervisor).await?;
            self.slot.fill(actor.clone());
            Ok(actor.get_cell())
        }
        .boxed()
    }

    fn required(&self) -> bool {
        self.required.load(Ordering::SeqCst)
    }
}

struct ScriptedActor {
    kind: &'static str,
    log: Log,
}

impl Actor for ScriptedActor {
    type Msg = Work;
    type State = ();
    type Arguments = StartMode;

    async fn pre_start(&self, _: ActorRef<Work>, mode: StartMode) -> Result<(), ActorProcessingErr> {
        match mode {
            StartMode::Succeed | StartMode::PanicOutside => Ok(()),
            StartMode::Fail => Err("told to fail".into()),
            StartMode::Panic => panic!("told to panic"),
            StartMode::Slow => {
                tokio::time::sleep(Duration::from_secs(5)).await;
                Ok(())
            }
            StartMode::Hang => std::future::pending().await,
        }
    }

    async fn handle(&self, myself: ActorRef<Work>, work: Work, (): &mut ()) -> Result<(), ActorProcessingErr> {
        match work {
            Work::Answer(reply) => {
                let _ = reply.send(());
            }
            Work::Note(what) => self.log.lock().unwrap().push((self.kind, what)),
            Work::Panic => panic!("told to panic"),
            Work::Fail => return Err("told to fail".into()),
            Work::Stop => myself.stop(None),
            Work::Hang => std::future::pending().await,
        }
        Ok(())
    }

    async fn post_stop(&self, _: ActorRef<Work>, (): &mut ()) -> Result<(), ActorProcessingErr> {
        self.log.lock().unwrap().push((self.kind, "ended"));
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<Work>,
        _: SupervisionEvent,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}
