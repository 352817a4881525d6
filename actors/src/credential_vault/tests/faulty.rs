//! A storage in memory that counts, waits and fails as told.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use redb::StorageBackend;
use redb::backends::InMemoryBackend;
use tokio::sync::watch;

use super::super::error::VaultError;
use super::super::storage::{Backend, Storage};

/// After this long a test has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Default)]
pub(crate) struct Faults {
    memory: InMemoryBackend,
    /// How many of the next syncs fail.
    pub(crate) failing_syncs: AtomicU32,
    /// Whether the next sync panics.
    pub(crate) panic: AtomicBool,
    /// Whether the storage cannot be opened.
    pub(crate) unopenable: AtomicBool,
    /// Whether the disk is full: the file cannot grow.
    pub(crate) full: AtomicBool,
    held: Mutex<bool>,
    released: Condvar,
    syncs: watch::Sender<u64>,
}

impl Faults {
    /// Makes every sync wait until [`Self::release`].
    pub(crate) fn hold(&self) {
        *self.held.lock().unwrap() = true;
    }

    pub(crate) fn release(&self) {
        *self.held.lock().unwrap() = false;
        self.released.notify_all();
    }

    /// How many syncs have begun.
    pub(crate) fn syncs(&self) -> u64 {
        *self.syncs.borrow()
    }

    /// Waits until more than `count` syncs have begun.
    pub(crate) async fn sync_after(&self, count: u64) {
        let mut syncs = self.syncs.subscribe();
        let begun = syncs.wait_for(|syncs| *syncs > count);
        tokio::time::timeout(PATIENCE, begun).await.unwrap().unwrap();
    }
}

pub(crate) struct FaultyStorage(pub(super) Arc<Faults>);

impl Storage for FaultyStorage {
    fn open(&self) -> Result<Backend, VaultError> {
        if self.0.unopenable.load(Ordering::SeqCst) {
            return Err(VaultError::from_io(
                Path::new("vault.redb"),
                &io::ErrorKind::PermissionDenied.into(),
            ));
        }
        Ok(Backend(Arc::new(FaultyBackend(Arc::clone(&self.0)))))
    }

    fn file(&self) -> Option<&Path> {
        None
    }
}

#[derive(Debug)]
struct FaultyBackend(Arc<Faults>);

impl StorageBackend for FaultyBackend {
    fn len(&self) -> io::Result<u64> {
        self.0.memory.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.memory.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        if self.0.full.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.memory.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.syncs.send_modify(|syncs| *syncs += 1);
        let held = self.0.held.lock().unwrap();
        drop(self.0.released.wait_while(held, |held| *held).unwrap());
        assert!(
            !self.0.panic.swap(false, Ordering::SeqCst),
            "a panic in the storage, as the test wants it"
        );
        let fails = |count: u32| count.checked_sub(1);
        if self
            .0
            .failing_syncs
            .try_update(Ordering::SeqCst, Ordering::SeqCst, fails)
            .is_ok()
        {
            return Err(io::Error::other("input/output error"));
        }
        self.0.memory.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.memory.write(offset, data)
    }
}
