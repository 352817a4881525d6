//! Tests of the vault as a whole. Crashes of the process are in `tests/vault_crash.rs` of this crate.

mod backup;
mod faults;
pub(crate) mod faulty;
mod files;
mod keys;
mod writes;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::*;
use crate::randomness::CountingRandomness;

/// A secret that must not be seen outside.
const SECRET: &str = "the-refresh-token-of-ada";

/// Two keys, in two of the accepted forms.
const KEY_A: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const KEY_B: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Grant {
    refresh_token: String,
    generation: u64,
}

fn grant(generation: u64) -> Grant {
    Grant {
        refresh_token: SECRET.to_owned(),
        generation,
    }
}

fn keys(value: &str) -> Keyring {
    Keyring::parse(&SecretString::from(value)).unwrap()
}

/// A vault whose disk fails as told.
pub(crate) fn faulty_vault() -> (Arc<faulty::Faults>, CredentialVault) {
    let faults = Arc::new(faulty::Faults::default());
    let storage = Box::new(faulty::FaultyStorage(Arc::clone(&faults)));
    let options = VaultOptions::in_memory().with_keys(keys(KEY_A));
    (faults, CredentialVault::open_on(storage, options).unwrap())
}

/// A directory and a path for a database in it.
fn directory() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("vault.redb");
    (directory, path)
}

fn options(path: &Path, key: &str) -> VaultOptions {
    VaultOptions {
        randomness: Arc::new(CountingRandomness::default()),
        ..VaultOptions::at(path).with_keys(keys(key))
    }
}

fn open(path: &Path, key: &str) -> CredentialVault {
    CredentialVault::open(options(path, key)).unwrap()
}

/// Changes a closed database behind the vault's back.
fn with_raw(path: &Path, change: impl FnOnce(&redb::WriteTransaction)) {
    let database = redb::Database::open(path).unwrap();
    let transaction = database.begin_write().unwrap();
    change(&transaction);
    transaction.commit().unwrap();
}

/// A stored record as it is in a closed database.
fn raw(path: &Path, table: &str, key: &str) -> Vec<u8> {
    use redb::ReadableDatabase as _;
    let database = redb::Database::open(path).unwrap();
    let transaction = database.begin_read().unwrap();
    let records = transaction
        .open_table(redb::TableDefinition::<&str, &[u8]>::new(table))
        .unwrap();
    records.get(key).unwrap().unwrap().value().to_vec()
}

fn put_raw(path: &Path, table: &str, key: &str, record: &[u8]) {
    with_raw(path, |transaction| {
        transaction
            .open_table(redb::TableDefinition::<&str, &[u8]>::new(table))
            .unwrap()
            .insert(key, record)
            .unwrap();
    });
}
