//! What is known of one person's grant, and what follows from what happens to it. No I/O.

use std::sync::Arc;

use arc_swap::ArcSwap;
use http::HeaderValue;

use super::keeper::Revocation;
use super::message::{Finished, Waiting};
use super::problem::{GrantProblem, Unprovisioned};
use super::record::{AccessTimes, Grant};
use super::work::Outcome;
use crate::nextcloud::Credential;
use crate::user_session::SessionError;

/// How long after a failed renewal the next one is tried, in seconds.
const RETRY_AFTER: u64 = 5;
/// A fresh access token that Nextcloud refuses is renewed at most once in this time, in seconds: it may be one app that
/// answers 401 whatever it is shown.
const REFUSAL_COOLDOWN: u64 = 300;

/// How a grant stands, for its owner to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantStatus {
    /// When it was given, in Unix seconds.
    pub granted_at: u64,
    /// The granted scopes, separated by spaces.
    pub scope: String,
    /// This server's OAuth client, to which it was given.
    pub client_id: String,
    /// The name of the account.
    pub username: Option<String>,
}

/// The snapshot that requests read.
pub(super) enum Published {
    /// The vault has not been read.
    Unread,
    /// There is no grant.
    Absent(Unprovisioned),
    /// There is one, and it is durable.
    Held(Held),
}

pub(super) struct Held {
    header: HeaderValue,
    times: AccessTimes,
    pub(super) status: Arc<GrantStatus>,
}

impl Published {
    fn held(grant: &Grant) -> Self {
        // A token that fits in no header is no token; the provider is asked for another.
        let header = Credential::Bearer(grant.access_token.clone()).authorization();
        let status = Arc::new(GrantStatus {
            granted_at: grant.granted_at,
            scope: grant.scope.clone(),
            client_id: grant.client_id.clone(),
            username: grant.username.clone(),
        });
        header.map_or(Self::Unread, |header| {
            Self::Held(Held {
                header,
                times: grant.access_times(),
                status,
            })
        })
    }

    /// The header to show, if nothing needs to be done first.
    pub(super) fn fresh(&self, now: u64) -> Option<&HeaderValue> {
        match self {
            Self::Held(held) if held.times.is_fresh(now) => Some(&held.header),
            _ => None,
        }
    }
}

/// What to begin after a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Begin {
    Nothing,
    Load,
    /// `refused`: even if the grant is fresh.
    Renew {
        refused: bool,
    },
}

pub(super) struct State {
    published: Arc<ArcSwap<Published>>,
    renewing: bool,
    loading: bool,
    /// Revocations that have not ended. Meanwhile nothing that a job brings is published: it is about to go.
    revoking: usize,
    /// The last renewal failed, and when to try again.
    failed: Option<(GrantProblem, u64)>,
    /// When a refused token was last renewed.
    refused_at: Option<u64>,
    for_access: Vec<Waiting<HeaderValue>>,
    for_status: Vec<Waiting<Option<Arc<GrantStatus>>>>,
}

impl State {
    pub(super) fn new(published: Arc<ArcSwap<Published>>) -> Self {
        Self {
            published,
            renewing: false,
            loading: false,
            revoking: 0,
            failed: None,
            refused_at: None,
            for_access: Vec::new(),
            for_status: Vec::new(),
        }
    }

    fn publish(&self, published: Published) {
        self.published.store(Arc::new(published));
    }

    /// Somebody needs a header, other than `refused` if possible.
    pub(super) fn access(&mut self, refused: Option<&HeaderValue>, waiting: Waiting<HeaderValue>, now: u64) -> Begin {
        let published = self.published.load_full();
        if self.renewing {
            self.for_access.push(waiting);
            return Begin::Nothing;
        }
        let failed = self.failed.filter(|(_, retry_at)| now < *retry_at);
        let is_refused = match &*published {
            Published::Absent(reason) => {
                waiting.answer(Err(SessionError::NotProvisioned(*reason)));
                return Begin::Nothing;
            }
            Published::Unread => false,
            Published::Held(held) => {
                let is_refused = refused == Some(&held.header);
                let recently = self
                    .refused_at
                    .is_some_and(|at| now < at.saturating_add(REFUSAL_COOLDOWN));
                let good = held.times.is_fresh(now) && (!is_refused || recently);
                if good || (failed.is_some() && held.times.is_usable(now)) {
                    waiting.answer(Ok(held.header.clone()));
                    return Begin::Nothing;
                }
                is_refused
            }
        };
        if let Some((problem, _)) = failed {
            waiting.answer(Err(problem.into()));
            return Begin::Nothing;
        }
        if is_refused {
            self.refused_at = Some(now);
        }
        self.for_access.push(waiting);
        self.renewing = true;
        Begin::Renew { refused: is_refused }
    }

    /// Somebody wants to know how the grant stands.
    pub(super) fn status(&mut self, waiting: Waiting<Option<Arc<GrantStatus>>>) -> Begin {
        match &**self.published.load() {
            Published::Held(held) => waiting.answer(Ok(Some(Arc::clone(&held.status)))),
            Published::Absent(_) => waiting.answer(Ok(None)),
            Published::Unread => {
                self.for_status.push(waiting);
                if !self.loading {
                    self.loading = true;
                    return Begin::Load;
                }
            }
        }
        Begin::Nothing
    }

    /// A revocation begins: from now on nothing is shown any more.
    pub(super) fn revoke(&mut self) {
        self.revoking += 1;
        self.publish(Published::Absent(Unprovisioned::Revoked));
    }

    /// A job has ended.
    pub(super) fn done(&mut self, finished: Finished, now: u64) {
        match finished {
            Finished::Loaded(outcome) => {
                self.loading = false;
                let problem = self.learn(outcome);
                self.answer_status(problem);
            }
            Finished::Renewed(outcome) => {
                self.renewing = false;
                let problem = self.learn(outcome);
                self.failed = problem.map(|problem| (problem, now.saturating_add(RETRY_AFTER)));
                self.answer_access(problem, now);
            }
            Finished::Installed(outcome, waiting) => {
                let problem = self.learn(outcome);
                if problem.is_none() {
                    self.failed = None;
                }
                waiting.answer(problem.map_or(Ok(()), |problem| Err(problem.into())));
            }
            Finished::Revoked(result, waiting) => self.revoked(result, waiting),
        }
    }

    fn revoked(&mut self, result: Result<Option<Revocation>, GrantProblem>, waiting: Waiting<Option<Revocation>>) {
        self.revoking -= 1;
        if result.is_err() && self.revoking == 0 {
            self.publish(Published::Unread);
        }
        waiting.answer(result.map_err(SessionError::from));
    }

    /// Publishes what a job found, unless a revocation has the last word.
    fn learn(&self, outcome: Outcome) -> Option<GrantProblem> {
        let (published, problem) = match outcome {
            Outcome::Held(grant) => (Some(Published::held(&grant)), None),
            Outcome::Absent(reason) => (Some(Published::Absent(reason)), None),
            Outcome::Failed(problem, grant) => (grant.map(|grant| Published::held(&grant)), Some(problem)),
        };
        if let (Some(published), 0) = (published, self.revoking) {
            self.publish(published);
        }
        problem
    }

    fn answer_access(&mut self, problem: Option<GrantProblem>, now: u64) {
        let published = self.published.load_full();
        for waiting in self.for_access.drain(..) {
            waiting.answer(match (&*published, problem) {
                (Published::Absent(reason), _) => Err(SessionError::NotProvisioned(*reason)),
                (Published::Held(held), _) if held.times.is_usable(now) => Ok(held.header.clone()),
                (_, Some(problem)) => Err(problem.into()),
                // The provider issued a token that is not good for as long as it took to store it.
                (_, None) => Err(GrantProblem::Refused.into()),
            });
        }
    }

    fn answer_status(&mut self, problem: Option<GrantProblem>) {
        let published = self.published.load_full();
        for waiting in self.for_status.drain(..) {
            waiting.answer(match (&*published, problem) {
                (Published::Held(held), _) => Ok(Some(Arc::clone(&held.status))),
                (Published::Absent(_), _) => Ok(None),
                (Published::Unread, problem) => Err(problem.unwrap_or(GrantProblem::StoreUnavailable).into()),
            });
        }
    }
}
