//! The generated key: where no key is configured, one is made and kept in a file beside the database.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::error::VaultError;
use super::keyring::{KEY_LENGTH, KeyError, Keyring};
use super::private_file;
use crate::randomness::Randomness;

/// No list of keys is longer; more than this in the file is something else.
const MAX_LENGTH: u64 = 4096;

/// Where the generated key of a database is: `vault.redb` has its key in `vault.redb.key`.
pub(super) fn beside(database: &Path) -> PathBuf {
    with_suffix(database, ".key")
}

/// Reads the key file; `None` if there is none.
pub(super) fn read(path: &Path) -> Result<Option<Keyring>, VaultError> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(VaultError::from_io(path, &error)),
    };
    private_file::restrict(&file, path).map_err(|error| VaultError::from_io(path, &error))?;
    let mut content = Zeroizing::new(Vec::with_capacity(256));
    file.take(MAX_LENGTH)
        .read_to_end(&mut content)
        .map_err(|error| VaultError::from_io(path, &error))?;
    let text = str::from_utf8(&content).map_err(|_| KeyError::NotAKey {
        position: 1,
        length: content.len(),
    });
    text.and_then(|text| Keyring::parse(&SecretString::from(text)))
        .map(Some)
        .map_err(|problem| VaultError::KeyFile {
            path: path.to_owned(),
            problem,
        })
}

/// Makes a key and its file. The file is complete and on the disk before it has its name, so a crash leaves either no
/// key file or a whole one. The caller holds the lock of the database: nobody else makes this file.
pub(super) fn create(path: &Path, randomness: &dyn Randomness) -> Result<Keyring, VaultError> {
    let mut key = Zeroizing::new([0; KEY_LENGTH]);
    randomness.fill(key.as_mut_slice());
    let text = SecretString::from(URL_SAFE.encode(key.as_slice()));
    write(path, &text).map_err(|error| VaultError::from_io(path, &error))?;
    Keyring::parse(&text).map_err(|problem| VaultError::KeyFile {
        path: path.to_owned(),
        problem,
    })
}

fn write(path: &Path, text: &SecretString) -> io::Result<()> {
    let partial = with_suffix(path, ".partial");
    private_file::remove_if_there(&partial)?;
    let mut file = private_file::create_new(&partial)?;
    file.write_all(text.expose_secret().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    std::fs::rename(&partial, path)?;
    private_file::sync_directory_of(path)
}

/// `path` with something after its last character (not in place of its extension).
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}
