//! How much of what is large is in memory at once, of all callers together.
//!
//! A content on its way through this server is in memory several times: as bytes, as base64, as JSON. What an exchange
//! carries is counted from before it is read until its answer has been sent, whoever is slow in between; who finds no
//! room waits a moment and is then told to come again.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{ToolError, ToolResult};

/// Bytes that are counted as one, and up to which nothing is counted.
pub const SMALL: u64 = 64 * 1024;
/// How long one waits for room.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

tokio::task_local! {
    /// The exchange that a tool is run for: a tool knows its Nextcloud and its arguments, and nothing of HTTP.
    static CURRENT: Held;
}

/// Room for large contents. Clones share it.
#[derive(Debug, Clone)]
pub struct Bulk {
    room: Arc<Semaphore>,
    all: u32,
}

/// There is no room, and there was none for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many large contents are on their way already; try again in a few seconds, or with less at a time")]
pub struct NoRoom;

/// What one exchange holds. Given back when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Held {
    bulk: Bulk,
    permits: Arc<Mutex<Vec<OwnedSemaphorePermit>>>,
}

/// Bytes of an answer that hold the exchange's room until they are sent.
struct HeldBytes {
    bytes: Bytes,
    _held: Held,
}

impl Bulk {
    /// Room for `bytes` of contents.
    pub fn new(bytes: u64) -> Self {
        let all = u32::try_from(bytes / SMALL).unwrap_or(u32::MAX >> 4).max(1);
        Self {
            room: Arc::new(Semaphore::new(all as usize)),
            all,
        }
    }

    /// A new exchange, which holds nothing yet.
    pub fn exchange(&self) -> Held {
        Held {
            bulk: self.clone(),
            permits: Arc::default(),
        }
    }
}

impl Held {
    /// Takes room for `bytes` more; waits for it if it must. What is larger than all room takes all of it.
    pub async fn take(&self, bytes: u64) -> Result<(), NoRoom> {
        let units = u32::try_from(bytes / SMALL).unwrap_or(u32::MAX).min(self.bulk.all);
        if units == 0 {
            return Ok(());
        }
        let permit = Arc::clone(&self.bulk.room).acquire_many_owned(units);
        let permit = tokio::time::timeout(LONGEST_WAIT, permit).await;
        let permit = permit.map_err(|_| NoRoom)?.map_err(|_| NoRoom)?;
        self.permits.lock().unwrap_or_else(PoisonError::into_inner).push(permit);
        Ok(())
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.permits.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Runs `work` as part of this exchange.
    pub async fn during<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// The same bytes, which hold the exchange's room as long as they exist.
    pub fn by(&self, bytes: Bytes) -> Bytes {
        Bytes::from_owner(HeldBytes {
            bytes,
            _held: self.clone(),
        })
    }
}

impl AsRef<[u8]> for HeldBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Takes room for `bytes` that go into the result of the tool that calls this. Over stdio, with its one client, there
/// is no bound.
pub async fn take(bytes: u64) -> ToolResult<()> {
    let Ok(held) = CURRENT.try_with(Held::clone) else {
        return Ok(());
    };
    let taken = held.take(bytes).await;
    taken.map_err(|no_room| ToolError::new("overloaded", no_room.to_string()))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::FutureExt;
    use tokio::time::Instant;

    use super::{Bulk, LONGEST_WAIT, NoRoom, SMALL, take};

    #[tokio::test(start_paused = true)]
    async fn room_is_shared_and_waited_for() {
        let bulk = Bulk::new(4 * SMALL);
        let (first, second) = (bulk.exchange(), bulk.exchange());
        first.take(3 * SMALL).await.unwrap();
        second.take(SMALL - 1).await.unwrap();
        assert!(second.is_empty(), "what is small is not counted");
        let since = Instant::now();
        assert_eq!(second.take(2 * SMALL).await, Err(NoRoom));
        assert_eq!(since.elapsed(), LONGEST_WAIT);
        drop(first);
        second.take(100 * SMALL).await.unwrap();
        assert!(bulk.exchange().take(SMALL).now_or_never().is_none(), "all is taken");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_holds_its_room_until_it_is_gone() {
        let bulk = Bulk::new(SMALL);
        let exchange = bulk.exchange();
        exchange.clone().during(take(SMALL)).await.unwrap();
        let answer = exchange.by(Bytes::from_static(b"answer"));
        drop(exchange);
        let part = answer.slice(2..4);
        drop(answer);
        assert_eq!(bulk.exchange().take(SMALL).await, Err(NoRoom));
        assert_eq!(&part[..], b"sw");
        drop(part);
        bulk.exchange().take(SMALL).await.unwrap();
    }

    #[tokio::test]
    async fn without_an_exchange_nothing_is_counted() {
        take(u64::MAX).await.unwrap();
    }
}
