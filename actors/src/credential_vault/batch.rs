//! Changes that are stored together or not at all.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;
use zeroize::Zeroizing;

use super::error::VaultError;
use super::table::Table;

/// Longest key of a record, in bytes.
pub const MAX_KEY: usize = 1024;
/// Largest value as JSON, in bytes.
pub const MAX_VALUE: usize = 64 * 1024;
/// Most changes in one batch.
pub const MAX_CHANGES: usize = 64;

/// Changes for [`CredentialVault::commit`](super::CredentialVault::commit): all or nothing, made durable together. A
/// later change of the same record wins.
#[derive(Default)]
#[must_use = "a batch does nothing until it is committed"]
pub struct Batch {
    pub(super) changes: Vec<Change>,
}

pub(super) struct Change {
    pub(super) table: Table,
    pub(super) key: String,
    /// The new value as JSON; `None` removes the record.
    pub(super) value: Option<Zeroizing<Vec<u8>>>,
}

impl Batch {
    /// No changes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a record.
    ///
    /// Fails with [`VaultError::TooLarge`] if the value is over [`MAX_VALUE`] bytes as JSON, and with
    /// [`VaultError::Unserializable`] if it cannot be JSON (a map with keys that are not strings, say).
    pub fn put<T: Serialize + ?Sized>(mut self, table: Table, key: &str, value: &T) -> Result<Self, VaultError> {
        let value = to_json(table, value)?;
        self.changes.push(Change {
            table,
            key: key.to_owned(),
            value: Some(value),
        });
        Ok(self)
    }

    /// Removes a record, if it is there.
    pub fn delete(mut self, table: Table, key: &str) -> Self {
        self.changes.push(Change {
            table,
            key: key.to_owned(),
            value: None,
        });
        self
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Refuses what is over a bound.
    pub(super) fn check(&self) -> Result<(), VaultError> {
        if self.changes.len() > MAX_CHANGES {
            return Err(VaultError::TooLarge {
                what: "batch",
                limit: MAX_CHANGES,
            });
        }
        self.changes.iter().try_for_each(|change| check_key(&change.key))
    }
}

/// Shows how many changes there are, nothing of them.
impl fmt::Debug for Batch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Batch")
            .field("changes", &self.changes.len())
            .finish()
    }
}

pub(super) fn check_key(key: &str) -> Result<(), VaultError> {
    if key.len() > MAX_KEY {
        return Err(VaultError::TooLarge {
            what: "key of a record",
            limit: MAX_KEY,
        });
    }
    Ok(())
}

fn to_json<T: Serialize + ?Sized>(table: Table, value: &T) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let mut writer = BoundedJson::new();
    match serde_json::to_writer(&mut writer, value) {
        Ok(()) => Ok(writer.json),
        Err(error) if error.is_io() => Err(VaultError::TooLarge {
            what: "value",
            limit: MAX_VALUE,
        }),
        // The error is left out: its text may quote the value.
        Err(_) => Err(VaultError::Unserializable { table: table.name() }),
    }
}

/// A buffer that never grows, so no copy of a secret is left behind where it used to be.
struct BoundedJson {
    json: Zeroizing<Vec<u8>>,
}

impl BoundedJson {
    fn new() -> Self {
        Self {
            json: Zeroizing::new(Vec::with_capacity(MAX_VALUE)),
        }
    }
}

impl Write for BoundedJson {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > MAX_VALUE - self.json.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.json.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
