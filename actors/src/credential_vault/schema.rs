//! The database as a whole: opened and checked, brought to the present schema, and shown to be ours by a canary.
//!
//! The table `meta.v1` holds two records: `schema` (the schema's number, in the clear) and `canary` (a known text,
//! encrypted like every value). A wrong key is therefore found when the vault opens, not when the first user comes.

use redb::{Database, ReadableDatabase, ReadableTable, TableHandle, WriteTransaction};

use super::error::{Damage, VaultError};
use super::keyring::Keyring;
use super::record::{self, Place};
use super::storage::Storage;
use super::table::{Records, Table};
use crate::randomness::Randomness;

const META: Records = Records::new("meta.v1");
const SCHEMA: &str = "schema";
const CANARY: &str = "canary";
const CANARY_PLACE: Place<'static> = Place {
    table: "meta.v1",
    key: CANARY,
};
const CANARY_TEXT: &[u8] = b"nextcloud-mcp-server";

/// Pages kept in memory. The vault is small and seldom read; redb's own default is 1 GiB.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

type Migration = fn(&WriteTransaction) -> Result<(), redb::Error>;

/// Entry `n` brings a database from schema `n` to `n + 1`. Append only: a released entry never changes.
const MIGRATIONS: &[Migration] = &[create_tables];

/// Opens the database, takes its lock, and compares every page with its checksum. (redb does not do the last by itself:
/// a flipped bit would be met by a reader, or by nobody.)
pub(super) fn open(storage: &dyn Storage) -> Result<Database, VaultError> {
    let failed = |error: redb::DatabaseError| VaultError::from_redb(storage.path(), error);
    let backend = storage.open()?;
    let mut database = Database::builder()
        .set_cache_size(CACHE_BYTES)
        .create_with_backend(backend)
        .map_err(failed)?;
    if !database.check_integrity().map_err(failed)? {
        tracing::warn!(path = %storage.path().display(), "the credential database was damaged and has been repaired; the last changes may be missing");
    }
    Ok(database)
}

/// Brings the database to the present schema. Returns the canary, which a database has that was in use before.
pub(super) fn migrate(database: &Database, storage: &dyn Storage) -> Result<Option<Vec<u8>>, VaultError> {
    let failed = |error: redb::Error| VaultError::from_redb(storage.path(), error);
    let (found, canary) = read_meta(database, storage)?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let pending = usize::try_from(found)
        .ok()
        .and_then(|found| MIGRATIONS.get(found..))
        .ok_or_else(|| VaultError::Incompatible {
            path: storage.path().to_owned(),
            found,
            known,
        })?;
    if !pending.is_empty() {
        (|| {
            let transaction = database.begin_write()?;
            pending.iter().try_for_each(|migration| migration(&transaction))?;
            transaction
                .open_table(META)?
                .insert(SCHEMA, known.to_le_bytes().as_slice())?;
            Ok(transaction.commit()?)
        })()
        .map_err(failed)?;
        tracing::info!(path = %storage.path().display(), from = found, to = known, "the credential database has a new schema");
    }
    Ok(canary)
}

/// Shows that the keys fit, and makes the first one the key of everything: of a new database by putting the canary in,
/// of one that was encrypted with an older key by encrypting all of it again, in one transaction with the canary. So the
/// older key is not needed after that, and cannot be taken away too early without the vault noticing.
pub(super) fn claim(
    database: &Database,
    storage: &dyn Storage,
    keys: &Keyring,
    canary: Option<&[u8]>,
    randomness: &dyn Randomness,
) -> Result<(), VaultError> {
    let failed = |error: redb::Error| VaultError::from_redb(storage.path(), error);
    if let Some(canary) = canary {
        check_canary(storage, keys, canary)?;
        if record::key_id(canary) == Ok(keys.primary().id) {
            return Ok(());
        }
    }
    let encrypted_again = (|| {
        let transaction = database.begin_write()?;
        let mut count = 0;
        for table in Table::ALL {
            count += encrypt_again(&transaction, table, keys, randomness)?;
        }
        if let Some(canary) = record::seal(keys, CANARY_PLACE, CANARY_TEXT, randomness) {
            transaction.open_table(META)?.insert(CANARY, canary.as_slice())?;
        }
        transaction.commit()?;
        Ok(count)
    })()
    .map_err(failed)?;
    if canary.is_some() {
        tracing::info!(
            path = %storage.path().display(),
            records = encrypted_again,
            key = %keys.primary().id,
            "the credential database is encrypted with the new key; the older keys are not needed any more"
        );
    }
    Ok(())
}

fn check_canary(storage: &dyn Storage, keys: &Keyring, canary: &[u8]) -> Result<(), VaultError> {
    match record::unseal(keys, CANARY_PLACE, canary) {
        Ok(text) if *text == CANARY_TEXT => Ok(()),
        Err(Damage::Key(needed)) => Err(VaultError::WrongKey {
            path: storage.path().to_owned(),
            needed,
            given: keys.ids(),
        }),
        Ok(_) | Err(_) => Err(VaultError::Corrupted {
            path: storage.path().to_owned(),
            detail: "its canary record was changed".to_owned(),
        }),
    }
}

/// The schema's number (0: a new database) and the canary.
fn read_meta(database: &Database, storage: &dyn Storage) -> Result<(u32, Option<Vec<u8>>), VaultError> {
    let failed = |error: redb::Error| VaultError::from_redb(storage.path(), error);
    let transaction = database.begin_read().map_err(|error| failed(error.into()))?;
    let mut tables = transaction
        .list_tables()
        .map_err(|error| failed(error.into()))?
        .peekable();
    if tables.peek().is_none() {
        return Ok((0, None));
    }
    if !tables.any(|table| table.name() == META.name()) {
        return Err(VaultError::NotADatabase {
            path: storage.path().to_owned(),
            found: "it is a redb database of another program".to_owned(),
        });
    }
    let read = || -> Result<_, redb::Error> {
        let meta = transaction.open_table(META)?;
        let schema = meta.get(SCHEMA)?.map(|value| value.value().to_vec());
        let canary = meta.get(CANARY)?.map(|value| value.value().to_vec());
        Ok((schema, canary))
    };
    let (schema, canary) = read().map_err(failed)?;
    let number = schema.and_then(|bytes| Some(u32::from_le_bytes(bytes.try_into().ok()?)));
    match number {
        Some(number) => Ok((number, canary)),
        None => Err(VaultError::Corrupted {
            path: storage.path().to_owned(),
            detail: "it does not say which schema it has".to_owned(),
        }),
    }
}

/// Makes all tables, so that no reader has to deal with a missing one.
fn create_tables(transaction: &WriteTransaction) -> Result<(), redb::Error> {
    transaction.open_table(META)?;
    for table in Table::ALL {
        transaction.open_table(table.records())?;
    }
    Ok(())
}

/// Encrypts the records of a table that have another key than the first of the ring. A record that cannot be read stays
/// as it is: whoever asks for it learns why.
fn encrypt_again(
    transaction: &WriteTransaction,
    table: Table,
    keys: &Keyring,
    randomness: &dyn Randomness,
) -> Result<usize, redb::Error> {
    let mut records = transaction.open_table(table.records())?;
    let mut renewed = Vec::new();
    for entry in records.iter()? {
        let (key, value) = entry?;
        let place = Place {
            table: table.name(),
            key: key.value(),
        };
        if record::key_id(value.value()) == Ok(keys.primary().id) {
            continue;
        }
        match record::unseal(keys, place, value.value()) {
            Ok(plaintext) => {
                let sealed = record::seal(keys, place, &plaintext, randomness);
                renewed.extend(sealed.map(|record| (key.value().to_owned(), record)));
            }
            Err(problem) => {
                tracing::error!(table = table.name(), %problem, "a record cannot be encrypted with the new key");
            }
        }
    }
    for (key, record) in &renewed {
        records.insert(key.as_str(), record.as_slice())?;
    }
    Ok(renewed.len())
}
