//! How often an actor is restarted before it is left down for a while.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The patience of the supervisor with one kind of child.
#[derive(Debug, Clone)]
pub struct RestartPolicy {
    /// Restarts within [`within`](Self::within) before the child counts as degraded.
    pub restarts: usize,
    /// The window in which restarts are counted; also how long a degraded child must run to be trusted again.
    pub within: Duration,
    /// The pause before the first restart of a window; it doubles with each further one.
    pub first_pause: Duration,
    /// The longest pause before a restart.
    pub longest_pause: Duration,
    /// How often a degraded child is tried again.
    pub degraded_pause: Duration,
    /// Bound on one start.
    pub start_timeout: Duration,
}

impl Default for RestartPolicy {
    fn default() -> Self {
        Self {
            restarts: 5,
            within: Duration::from_mins(1),
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(10),
            degraded_pause: Duration::from_mins(1),
            start_timeout: Duration::from_secs(30),
        }
    }
}

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Start again after this pause.
    Restart(Duration),
    /// Failing too often: leave it down, and look again after this pause.
    Degraded(Duration),
}

/// The failures of one child that still count.
#[derive(Debug, Default)]
pub(super) struct Budget {
    failures: VecDeque<Instant>,
    degraded: bool,
    running_since: Option<Instant>,
}

impl Budget {
    /// Notes that the child runs.
    pub(super) fn started(&mut self, now: Instant) {
        self.running_since = Some(now);
    }

    /// Notes a failure, of a start or of a running actor, and decides. A child that was degraded gets its budget back
    /// only after it ran for a whole window: otherwise one that starts and dies at once would restart in bursts for ever.
    pub(super) fn failed(&mut self, policy: &RestartPolicy, now: Instant) -> Verdict {
        let ran_for = self.running_since.take().map(|since| now - since);
        if self.degraded {
            if ran_for.is_none_or(|ran_for| ran_for < policy.within) {
                return Verdict::Degraded(policy.degraded_pause);
            }
            self.degraded = false;
            self.failures.clear();
        }
        while self.failures.front().is_some_and(|&at| now - at >= policy.within) {
            self.failures.pop_front();
        }
        if self.failures.len() >= policy.restarts {
            self.degraded = true;
            return Verdict::Degraded(policy.degraded_pause);
        }
        let doublings = u32::try_from(self.failures.len()).unwrap_or(u32::MAX);
        self.failures.push_back(now);
        let pause = policy.first_pause.saturating_mul(2_u32.saturating_pow(doublings));
        Verdict::Restart(pause.min(policy.longest_pause))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Budget, RestartPolicy, Verdict};

    const SECOND: Duration = Duration::from_secs(1);

    fn policy() -> RestartPolicy {
        RestartPolicy {
            restarts: 3,
            within: 60 * SECOND,
            first_pause: SECOND,
            longest_pause: 3 * SECOND,
            degraded_pause: 100 * SECOND,
            start_timeout: SECOND,
        }
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_then_the_child_is_degraded() {
        let (mut budget, now) = (Budget::default(), Instant::now());
        let verdicts: Vec<Verdict> = (0..4).map(|_| budget.failed(&policy(), now)).collect();
        assert_eq!(
            verdicts,
            [
                Verdict::Restart(SECOND),
                Verdict::Restart(2 * SECOND),
                Verdict::Restart(3 * SECOND),
                Verdict::Degraded(100 * SECOND),
            ]
        );
    }

    #[test]
    fn failures_are_forgotten_when_they_leave_the_window() {
        let (mut budget, start) = (Budget::default(), Instant::now());
        for failure in 0..20 {
            let verdict = budget.failed(&policy(), start + 30 * failure * SECOND);
            assert!(matches!(verdict, Verdict::Restart(_)), "failure {failure}: {verdict:?}");
        }
    }

    #[test]
    fn a_degraded_child_is_trusted_again_only_after_a_whole_window() {
        let (mut budget, mut now) = (Budget::default(), Instant::now());
        for _ in 0..4 {
            budget.failed(&policy(), now);
        }
        now += 100 * SECOND;
        budget.started(now);
        now += 59 * SECOND;
        assert_eq!(budget.failed(&policy(), now), Verdict::Degraded(100 * SECOND));
        now += 100 * SECOND;
        budget.started(now);
        now += 60 * SECOND;
        assert_eq!(budget.failed(&policy(), now), Verdict::Restart(SECOND));
    }

    #[test]
    fn a_degraded_child_that_does_not_start_stays_degraded() {
        let (mut budget, now) = (Budget::default(), Instant::now());
        for _ in 0..4 {
            budget.failed(&policy(), now);
        }
        assert_eq!(
            budget.failed(&policy(), now + 500 * SECOND),
            Verdict::Degraded(100 * SECOND)
        );
    }
}
