//! Files that only the server's own user may read (mode 0600). They are created that way, never narrowed afterwards:
//! between the two, somebody else could open them.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Creates a file that must not exist yet.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    options().create_new(true).open(path)
}

/// Opens a file for reading and writing; creates it if there is none. What is in it stays.
pub(super) fn open_or_create(path: &Path) -> io::Result<File> {
    match create_new(path) {
        Ok(file) => {
            // The name is durable too before anything in the file is relied upon.
            sync_directory_of(path)?;
            Ok(file)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let file = options().open(path)?;
            restrict(&file, path)?;
            Ok(file)
        }
        Err(error) => Err(error),
    }
}

/// Removes a file that may be left from an earlier run.
pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The directory that a file is in.
pub(super) fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    options
}

/// Takes the rights of others away from a file found with too wide ones (a restored copy, say), and says so.
#[cfg(unix)]
pub(super) fn restrict(file: &File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), mode = %format_args!("{:o}", mode & 0o777), "others could read this file; setting its mode to 600");
        file.set_permissions(PermissionsExt::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same signature as on Unix, where it can fail"
)]
pub(super) fn restrict(_file: &File, _path: &Path) -> io::Result<()> {
    Ok(())
}

/// Warns if anyone may replace files in the directory. Not an error: some container platforms mount volumes this way.
#[cfg(unix)]
pub(super) fn check_directory(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(directory)?.permissions().mode();
    let sticky = mode & 0o1000 != 0;
    if mode & 0o002 != 0 && !sticky {
        tracing::warn!(directory = %directory.display(), "every user of this machine may replace the credential database in this directory");
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn check_directory(directory: &Path) -> io::Result<()> {
    std::fs::metadata(directory).map(drop)
}

/// Makes the names in a file's directory durable (`fsync` of the directory).
#[cfg(unix)]
pub(super) fn sync_directory_of(path: &Path) -> io::Result<()> {
    File::open(directory_of(path))?.sync_all()
}

#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same signature as on Unix, where it can fail"
)]
pub(super) fn sync_directory_of(_path: &Path) -> io::Result<()> {
    Ok(())
}
