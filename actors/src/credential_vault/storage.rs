//! Where the bytes of the database are: a file, or memory. Opening can be repeated, since the vault opens its database
//! again after an I/O error. Tests put a storage in between that fails.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::backends::{FileBackend, InMemoryBackend};
use redb::{BackendError, StorageBackend};

use super::error::VaultError;
use super::private_file;

/// What every redb file starts with (redb's file format, "super-header").
const MAGIC: [u8; 9] = *b"redb\x1A\x0A\xA9\x0D\x0A";
/// What every `SQLite` file starts with.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Opens the database's bytes, again and again.
pub(super) trait Storage: Send + Sync + 'static {
    fn open(&self) -> Result<Backend, VaultError>;

    /// The file, if it is one.
    fn file(&self) -> Option<&Path>;

    /// How errors name it.
    fn path(&self) -> &Path {
        self.file().unwrap_or(Path::new("(in memory)"))
    }
}

/// A database file, readable by nobody else.
pub(super) struct FileStorage {
    pub(super) path: PathBuf,
}

impl Storage for FileStorage {
    fn open(&self) -> Result<Backend, VaultError> {
        let file = open_file(&self.path)?;
        let backend = FileBackend::new(file).map_err(|error| VaultError::from_redb(&self.path, error))?;
        Ok(Backend(Arc::new(backend)))
    }

    fn file(&self) -> Option<&Path> {
        Some(&self.path)
    }
}

/// A database that is gone with the process.
#[derive(Default)]
pub(super) struct MemoryStorage {
    memory: Arc<InMemoryBackend>,
}

impl Storage for MemoryStorage {
    fn open(&self) -> Result<Backend, VaultError> {
        Ok(Backend(Arc::clone(&self.memory) as Arc<dyn StorageBackend>))
    }

    fn file(&self) -> Option<&Path> {
        None
    }
}

/// Opens or creates the file, once it is clear that it is ours to write.
pub(super) fn open_file(path: &Path) -> Result<File, VaultError> {
    let failed = |error: io::Error| VaultError::from_io(path, &error);
    let directory = private_file::directory_of(path);
    match private_file::check_directory(&directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(VaultError::DirectoryMissing {
                path: path.to_owned(),
                directory,
            });
        }
        other => other.map_err(failed)?,
    }
    if path.is_dir() {
        return Err(not_a_database(path, "it is a directory"));
    }
    let mut file = private_file::open_or_create(path).map_err(failed)?;
    match first_bytes(&mut file).map_err(failed)?.as_slice() {
        [] => {}
        start if start.starts_with(&MAGIC) => {}
        start if start.starts_with(SQLITE) => {
            return Err(not_a_database(
                path,
                "it is an SQLite database, such as the Python server keeps",
            ));
        }
        _ if never_finished(&mut file).map_err(failed)? => start_over(&mut file, path)?,
        _ => return Err(not_a_database(path, "it has other content")),
    }
    Ok(file)
}

/// Whether this is what a server leaves that was killed while it made the database: redb writes its magic number last,
/// over a header that says where everything will be, before anything is there.
fn never_finished(file: &mut File) -> io::Result<bool> {
    const LARGEST: u64 = 16 * 1024 * 1024;
    const HEADER: usize = 4096;
    if file.metadata()?.len() > LARGEST {
        return Ok(false);
    }
    let mut content = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(LARGEST).read_to_end(&mut content)?;
    let zero = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
    Ok(content.len() >= HEADER && zero(&content[..MAGIC.len()]) && zero(&content[HEADER..]))
}

/// Empties a file that was [never finished](never_finished), unless another server is making it right now.
fn start_over(file: &mut File, path: &Path) -> Result<(), VaultError> {
    let failed = |error: io::Error| VaultError::from_io(path, &error);
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => VaultError::InUse { path: path.to_owned() },
        TryLockError::Error(error) => failed(error),
    })?;
    if never_finished(file).map_err(failed)? {
        tracing::warn!(path = %path.display(), "the credential database was never finished; making it anew");
        file.set_len(0).map_err(failed)?;
    }
    file.unlock().map_err(failed)
}

fn first_bytes(file: &mut File) -> io::Result<Vec<u8>> {
    let mut start = Vec::with_capacity(SQLITE.len());
    file.seek(SeekFrom::Start(0))?;
    file.take(SQLITE.len() as u64).read_to_end(&mut start)?;
    Ok(start)
}

fn not_a_database(path: &Path, found: &str) -> VaultError {
    VaultError::NotADatabase {
        path: path.to_owned(),
        found: found.to_owned(),
    }
}

/// Any backend, as the one type that redb is given.
#[derive(Debug)]
pub(super) struct Backend(pub(super) Arc<dyn StorageBackend>);

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.query_lock_range(start, end)
    }
}
