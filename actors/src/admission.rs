//! Bounded admission: ractor's mailboxes are unbounded, so every handle owns a [`Gate`] and each message carries a
//! permit. A full gate is an immediate [`Busy`], which the HTTP layer answers with 503 and `Retry-After`.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many requests may wait behind one handle.
#[derive(Debug, Clone)]
pub struct Gate {
    permits: Arc<Semaphore>,
}

/// The right to have one request waiting; given back when it is dropped.
#[derive(Debug)]
pub struct Permit {
    _permit: OwnedSemaphorePermit,
}

/// Too many requests are waiting already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests are waiting; try again in {} s", .retry_after.as_secs())]
pub struct Busy {
    /// When to try again.
    pub retry_after: Duration,
}

impl Gate {
    /// A gate that admits `limit` requests at a time.
    pub fn new(limit: usize) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(limit)),
        }
    }

    /// Enters at once or not at all.
    pub fn enter(&self) -> Result<Permit, Busy> {
        Arc::clone(&self.permits)
            .try_acquire_owned()
            .map(|permit| Permit { _permit: permit })
            .map_err(|_| Busy {
                retry_after: Duration::from_secs(1),
            })
    }
}
