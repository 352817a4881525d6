//! The tries of one user's requests: side by side at first, and alone when they are done again.
//!
//! Nextcloud writes a session for each request with a token. Where two of them meet in its database one fails with 500 or
//! 503 (`SQLite` answers "database is locked"), and a tool that reads six calendars makes six of them meet: done again side
//! by side, most would fail again.

use std::time::Duration;

use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::time::timeout;

/// The longest wait for a turn. Who waited longer goes on without: a slow request holds nobody up.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// One user's tries that are under way.
#[derive(Debug, Default)]
pub(super) struct Turns(RwLock<()>);

/// Held from before a try is sent until the head of its answer is there.
#[derive(Debug)]
pub(super) enum Turn<'a> {
    SideBySide {
        _guard: RwLockReadGuard<'a, ()>,
    },
    Alone {
        _guard: RwLockWriteGuard<'a, ()>,
    },
    /// The wait was too long.
    Anyway,
}

impl Turns {
    /// For a first try.
    pub(super) async fn side_by_side(&self) -> Turn<'_> {
        let guard = timeout(LONGEST_WAIT, self.0.read()).await;
        guard.map_or(Turn::Anyway, |guard| Turn::SideBySide { _guard: guard })
    }

    /// For a try after one that failed.
    pub(super) async fn alone(&self) -> Turn<'_> {
        let guard = timeout(LONGEST_WAIT, self.0.write()).await;
        guard.map_or(Turn::Anyway, |guard| Turn::Alone { _guard: guard })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::time::Instant;

    use super::{LONGEST_WAIT, Turn, Turns};

    #[tokio::test(start_paused = true)]
    async fn first_tries_go_side_by_side_and_later_ones_alone() {
        let turns = Turns::default();
        let first = turns.side_by_side().await;
        let second = turns.side_by_side().now_or_never();
        assert!(matches!(second, Some(Turn::SideBySide { .. })));
        let mut again = Box::pin(turns.alone());
        assert!(again.as_mut().now_or_never().is_none());
        drop((first, second));
        let alone = again.await;
        assert!(matches!(alone, Turn::Alone { .. }));
        assert!(turns.side_by_side().now_or_never().is_none());
        drop(alone);
        assert!(turns.side_by_side().now_or_never().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_request_holds_nobody_up() {
        let turns = Turns::default();
        let slow = turns.alone().await;
        let since = Instant::now();
        assert!(matches!(turns.alone().await, Turn::Anyway));
        assert!(matches!(turns.side_by_side().await, Turn::Anyway));
        assert_eq!(since.elapsed(), 2 * LONGEST_WAIT);
        drop(slow);
    }
}
