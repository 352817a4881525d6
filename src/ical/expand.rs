//! The bound on expanding: how much one request may look at.

use std::time::{Duration, Instant};

/// Candidates of one series that are looked at: a daily one for 270 years.
const MAX_CANDIDATES: usize = 100_000;
/// How often the time is looked at.
const CHECK_EVERY: usize = 256;

/// What is left to look at. When it is used up, results are incomplete and say so.
#[derive(Debug)]
pub struct Budget {
    deadline: Instant,
    instances: usize,
    /// Whether something was left out.
    pub exhausted: bool,
}

impl Budget {
    /// At most so many instances within so much time.
    pub fn new(instances: usize, time: Duration) -> Self {
        Self {
            deadline: Instant::now() + time,
            instances,
            exhausted: false,
        }
    }

    /// Takes one instance out of it.
    pub(super) fn take(&mut self) -> bool {
        match self.instances.checked_sub(1) {
            Some(left) => self.instances = left,
            None => self.exhausted = true,
        }
        !self.exhausted
    }

    /// Whether the candidate number `seen` of a series may still be looked at.
    pub(super) fn allows(&mut self, seen: usize) -> bool {
        if seen >= MAX_CANDIDATES || seen.is_multiple_of(CHECK_EVERY) && Instant::now() > self.deadline {
            self.exhausted = true;
        }
        !self.exhausted
    }
}
