//! The thread that writes. It takes what is waiting, up to [`GROUP`] requests, stores it with one commit, and then
//! answers all of them: one `fsync` for many callers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

use super::error::VaultError;
use super::store::{SealedChange, Store};

/// Most requests in one commit.
pub(super) const GROUP: usize = 256;

/// Between attempts to open the database again: doubled from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LAST_PAUSE: Duration = Duration::from_secs(1);

/// Whether the vault can store things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It can.
    Open,
    /// The database reported an error and is being opened again.
    Reopening,
    /// It was closed.
    Closed,
}

pub(super) enum Request {
    Commit(Commit),
    Close(oneshot::Sender<()>),
}

pub(super) struct Commit {
    pub(super) changes: Vec<SealedChange>,
    pub(super) reply: oneshot::Sender<Result<(), VaultError>>,
}

/// Starts the thread. It ends after a [`Request::Close`], or when every handle is gone; what was accepted until then is
/// stored first.
pub(super) fn start(store: Arc<Store>, requests: mpsc::Receiver<Request>) -> std::io::Result<watch::Receiver<Status>> {
    let (status, published) = watch::channel(Status::Open);
    let writer = Writer {
        store,
        requests,
        status,
        closing: Vec::new(),
    };
    thread::Builder::new()
        .name("credential-vault".to_owned())
        .spawn(move || writer.run())?;
    Ok(published)
}

struct Writer {
    store: Arc<Store>,
    requests: mpsc::Receiver<Request>,
    status: watch::Sender<Status>,
    /// Who waits for the vault to be closed.
    closing: Vec<oneshot::Sender<()>>,
}

impl Writer {
    fn run(mut self) {
        let mut waiting = Vec::with_capacity(GROUP);
        while self.requests.blocking_recv_many(&mut waiting, GROUP) > 0 {
            let commits = waiting.drain(..).filter_map(|request| self.sort(request)).collect();
            self.commit(commits);
        }
        self.store.close();
        self.status.send_replace(Status::Closed);
        for reply in self.closing {
            let _ = reply.send(());
        }
    }

    /// Passes commits on, and closes the queue when asked to: then nothing more comes in, and what is in it is the rest.
    fn sort(&mut self, request: Request) -> Option<Commit> {
        match request {
            Request::Commit(commit) => Some(commit),
            Request::Close(reply) => {
                self.requests.close();
                self.closing.push(reply);
                None
            }
        }
    }

    /// One commit for all. A request whose caller has gone away is stored like the others: a refresh token that the
    /// provider has rotated must be kept, even if the person who caused it has hung up.
    fn commit(&mut self, commits: Vec<Commit>) {
        if commits.is_empty() {
            return;
        }
        let changes = commits.iter().flat_map(|commit| &commit.changes);
        let outcome = catch_unwind(AssertUnwindSafe(|| self.store.apply(&changes))).unwrap_or_else(|_| {
            Err(VaultError::OutcomeUnknown {
                detail: "the database panicked".to_owned(),
            })
        });
        tracing::debug!(requests = commits.len(), stored = outcome.is_ok(), "group commit");
        // From here on the database is not used until it has been opened again; who is told of the error may look.
        if let Err(error) = &outcome {
            self.status.send_replace(Status::Reopening);
            tracing::error!(%error, "storing credentials failed; opening the database again");
        }
        for commit in commits {
            let _ = commit.reply.send(outcome.clone());
        }
        if outcome.is_err() {
            self.recover();
        }
    }

    /// Opens the database again, for as long as it takes. Meanwhile requests are refused, not kept waiting.
    fn recover(&mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let reopened = catch_unwind(AssertUnwindSafe(|| self.store.reopen()));
            let error = match reopened {
                Ok(Ok(())) => {
                    self.status.send_replace(Status::Open);
                    tracing::info!("the credential database is open again");
                    return;
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => "the database panicked".to_owned(),
            };
            tracing::error!(%error, "the credential database cannot be opened");
            if !self.refuse_waiting(&error) {
                return;
            }
            thread::sleep(pause);
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }

    /// Refuses what is waiting; `false` once nothing more can come.
    fn refuse_waiting(&mut self, why: &str) -> bool {
        loop {
            match self.requests.try_recv() {
                Ok(request) => {
                    if let Some(commit) = self.sort(request) {
                        let _ = commit
                            .reply
                            .send(Err(VaultError::Unavailable { detail: why.to_owned() }));
                    }
                }
                Err(mpsc::error::TryRecvError::Empty) => return true,
                Err(mpsc::error::TryRecvError::Disconnected) => return false,
            }
        }
    }
}
