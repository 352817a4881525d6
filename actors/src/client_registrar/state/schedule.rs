//! What is to be done next, and when to look again.

use super::State;
use crate::client_registrar::message::Command;
use crate::client_registrar::work::Job;

impl State {
    pub(super) fn next_job(&mut self) -> Option<(Job, Option<Command>)> {
        if let Some(command) = self.commands.pop_front() {
            let job = match &command {
                Command::Register(_) => Job::Register,
                Command::Unregister(_) => Job::Unregister,
                Command::Check(_) => Job::Check,
            };
            return Some((job, Some(command)));
        }
        let now = self.now();
        let ready = self.retry_at.is_none_or(|at| at <= now);
        if ready && !self.adopted && !self.paused {
            return Some((Job::Adopt, None));
        }
        if self.refused.is_none() {
            self.refused = self.refusal_of_current();
        }
        if let Some(refused) = self.refused.clone().filter(|_| ready && self.cool_at() <= now) {
            return Some((Job::Replace { refused }, None));
        }
        if ready && self.renew_at().is_some_and(|at| at <= now) {
            return Some((Job::Renew, None));
        }
        if ready && self.row.doomed.iter().any(|doomed| doomed.due <= now) {
            return Some((Job::Sweep, None));
        }
        None
    }

    pub(super) fn refusal_of_current(&self) -> Option<String> {
        let current = self.row.current.as_ref()?;
        self.waiting
            .iter()
            .any(|refused| refused.client_id == current.client_id)
            .then(|| current.client_id.clone())
    }

    /// When the next replacement may be made.
    pub(super) fn cool_at(&self) -> u64 {
        let cool_down = self.shared.worker.timing.cool_down.as_secs();
        self.replaced_at.map_or(0, |at| at.saturating_add(cool_down))
    }

    pub(super) fn renew_at(&self) -> Option<u64> {
        let automatic = self.shared.worker.automatic && !self.paused;
        let current = self.row.current.as_ref().filter(|_| automatic)?;
        current.renew_at()
    }

    /// When to look at the clock again.
    pub(in crate::client_registrar) fn wake_at(&self) -> Option<u64> {
        if self.running.is_some() || self.provider.is_none() {
            return None;
        }
        let retry_at = self.retry_at.unwrap_or(0);
        let adopt = (!self.adopted && !self.paused).then_some(retry_at);
        let replace = self.refused.as_ref().map(|_| retry_at.max(self.cool_at()));
        let renew = self.renew_at().map(|at| at.max(retry_at));
        let sweep = self.row.doomed.iter().map(|doomed| doomed.due.max(retry_at)).min();
        [adopt, replace, renew, sweep].into_iter().flatten().min()
    }
}
