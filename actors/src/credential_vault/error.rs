//! What can go wrong with the vault. No message holds a key of a record, a value or an encryption key.

use std::io;
use std::path::{Path, PathBuf};

use super::keyring::{KEY_VARIABLE, KeyError, KeyId};
use crate::admission::Busy;

/// Why the vault did not open, or did not do what it was asked.
///
/// The first group is met when the vault opens, and says what the operator has to do; the second while it serves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The directory that is to hold the database does not exist.
    #[error("cannot store credentials in {}: the directory {} does not exist. Create it, or choose another path", path.display(), directory.display())]
    DirectoryMissing {
        /// The database.
        path: PathBuf,
        /// Its directory.
        directory: PathBuf,
    },
    /// The operating system refuses to let this process write there.
    #[error("cannot write {}: {detail}. Make it and its directory writable for the user that the server runs as, or choose another path", path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        detail: String,
    },
    /// Another process holds the database.
    #[error("another server is using {}. Stop it first: one server at a time can own this file", path.display())]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// There is something else at the path.
    #[error("{} is not a credential database: {found}. Choose another path, or move that file away", path.display())]
    NotADatabase {
        /// The path.
        path: PathBuf,
        /// What is there instead.
        found: String,
    },
    /// The database fails its checksums and could not be repaired.
    #[error("the credential database {} is damaged ({detail}). Restore it from a backup, or move it away to start with an empty one (every user then logs in again)", path.display())]
    Corrupted {
        /// The database.
        path: PathBuf,
        /// What the check found.
        detail: String,
    },
    /// The database was written by a release that this one cannot read.
    #[error("the credential database {} has format {found}, and this server knows formats up to {known}. Run a newer server, or restore a backup of that time", path.display())]
    Incompatible {
        /// The database.
        path: PathBuf,
        /// The format found.
        found: u32,
        /// The newest format known.
        known: u32,
    },
    /// No space is left where the database is.
    #[error("no space left to write {}: {detail}. Free some space, or raise the quota", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        detail: String,
    },
    /// The database is encrypted with a key that was not given.
    #[error("{} is encrypted with the key {needed}, but the key given is {given}. Set {KEY_VARIABLE} to the key it was made with; to change the key, set it to `new,old`", path.display())]
    WrongKey {
        /// The database.
        path: PathBuf,
        /// Which key it needs.
        needed: KeyId,
        /// The ids of the keys that were given.
        given: String,
    },
    /// The database is encrypted, no key was configured, and the generated key file is gone.
    #[error("{} is encrypted, but {KEY_VARIABLE} is not set and the key file {} does not exist. Restore that file, or set {KEY_VARIABLE}", path.display(), key_file.display())]
    KeyMissing {
        /// The database.
        path: PathBuf,
        /// Where the generated key would be.
        key_file: PathBuf,
    },
    /// The key file does not hold a key.
    #[error("the key file {} is not usable: {problem}", path.display())]
    KeyFile {
        /// The key file.
        path: PathBuf,
        /// What is wrong with its content.
        problem: KeyError,
    },
    /// Reading or writing failed in another way.
    #[error("cannot use {}: {detail}", path.display())]
    Storage {
        /// The file.
        path: PathBuf,
        /// What the operating system or the database said.
        detail: String,
    },

    /// Too many requests are waiting.
    #[error("the credential vault is busy: {0}")]
    Busy(#[from] Busy),
    /// The vault has been closed: the server is stopping.
    #[error("the credential vault is closed")]
    Closed,
    /// The database is not open at the moment; the vault is trying to open it again.
    #[error("the credential vault is not available at the moment: {detail}")]
    Unavailable {
        /// Why.
        detail: String,
    },
    /// Nothing was stored.
    #[error("nothing was stored: {detail}")]
    NotStored {
        /// Why.
        detail: String,
    },
    /// The change may or may not have been stored: the disk reported an error, or did not answer in time. Changes set
    /// and remove whole values, so doing the same again is safe.
    #[error("it is not known whether the change was stored: {detail}. Doing it again is safe")]
    OutcomeUnknown {
        /// What happened.
        detail: String,
    },
    /// A key, value or batch is over its bound.
    #[error("the {what} is too large: the limit is {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The limit, in bytes (of a batch: in changes).
        limit: usize,
    },
    /// A value cannot be written as JSON.
    #[error("a value for the table {table} cannot be written as JSON")]
    Unserializable {
        /// The table.
        table: &'static str,
    },
    /// A record is damaged, was moved from another place, or does not have the shape asked for.
    #[error("a record of the table {table} cannot be read: {problem}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// What is wrong.
        problem: Damage,
    },
}

/// Why a stored record cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It is shorter than the shortest record.
    #[error("it is cut short")]
    Truncated,
    /// Its first byte is not a version that this server knows.
    #[error("its format version {0} is not known")]
    Version(u8),
    /// It was encrypted with a key that is not in the key ring.
    #[error("it is encrypted with the key {0}, which was not given")]
    Key(KeyId),
    /// It does not authenticate: it was changed, or belongs to another table or key.
    #[error("it was changed, or put in another record's place")]
    Forged,
    /// It decrypts to JSON of another shape.
    #[error("its content does not have the expected shape")]
    Shape,
}

impl VaultError {
    /// What a failed file operation at start means for the operator.
    pub(super) fn from_io(path: &Path, error: &io::Error) -> Self {
        use io::ErrorKind;
        let path = path.to_owned();
        let detail = error.to_string();
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path, detail },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::NotWritable { path, detail },
            ErrorKind::InvalidData => Self::NotADatabase { path, found: detail },
            _ => Self::Storage { path, detail },
        }
    }

    /// What a database error at start means for the operator.
    pub(super) fn from_redb(path: &Path, error: impl Into<redb::Error>) -> Self {
        match error.into() {
            redb::Error::DatabaseAlreadyOpen => Self::InUse { path: path.to_owned() },
            redb::Error::Corrupted(detail) => Self::Corrupted {
                path: path.to_owned(),
                detail,
            },
            redb::Error::Io(error) => Self::from_io(path, &error),
            other => Self::Storage {
                path: path.to_owned(),
                detail: other.to_string(),
            },
        }
    }
}
