//! A copy of the database as it was at one moment, while the vault goes on serving.

use std::io;
use std::path::Path;

use redb::{Database, ReadTransaction, ReadableTable, TableHandle};

use super::error::VaultError;
use super::key_file::with_suffix;
use super::private_file;
use super::store::Store;

/// Copies all records, still encrypted, to a new file beside `target`, which then takes the name `target`. The file is
/// complete and on the disk before it has that name.
pub(super) fn write(store: &Store, target: &Path) -> Result<(), VaultError> {
    refuse_own_file(store, target)?;
    let snapshot = store.snapshot()?;
    let partial = with_suffix(target, ".partial");
    let result = copy(&snapshot, &partial)
        .and_then(|()| publish(&partial, target).map_err(|error| VaultError::from_io(target, &error)));
    if result.is_err() {
        let _ = private_file::remove_if_there(&partial);
    }
    result
}

/// Replacing the file that is open would lose everything stored from then on.
fn refuse_own_file(store: &Store, target: &Path) -> Result<(), VaultError> {
    let Some(own) = store.storage().file() else {
        return Ok(());
    };
    let same = match (own.canonicalize(), target.canonicalize()) {
        (Ok(own), Ok(target)) => own == target,
        _ => false,
    };
    if same {
        return Err(VaultError::InUse { path: own.to_owned() });
    }
    Ok(())
}

fn copy(snapshot: &ReadTransaction, partial: &Path) -> Result<(), VaultError> {
    let failed = |error: redb::Error| VaultError::from_redb(partial, error);
    let io_failed = |error: io::Error| VaultError::from_io(partial, &error);
    private_file::remove_if_there(partial).map_err(io_failed)?;
    let file = private_file::create_new(partial).map_err(io_failed)?;
    let database = Database::builder()
        .create_file(file)
        .map_err(|error| failed(error.into()))?;
    copy_tables(snapshot, &database).map_err(failed)
}

fn copy_tables(snapshot: &ReadTransaction, database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    for table in snapshot.list_tables()? {
        let definition = redb::TableDefinition::<&str, &[u8]>::new(table.name());
        let source = snapshot.open_table(definition)?;
        let mut copy = transaction.open_table(definition)?;
        for entry in source.iter()? {
            let (key, record) = entry?;
            copy.insert(key.value(), record.value())?;
        }
    }
    Ok(transaction.commit()?)
}

fn publish(partial: &Path, target: &Path) -> io::Result<()> {
    // Closing the database wrote to the file once more.
    std::fs::File::open(partial)?.sync_all()?;
    std::fs::rename(partial, target)?;
    private_file::sync_directory_of(target)
}
