//! The files: who may read them, and what is said at the start when something is wrong with them.

use std::fs;
use std::io;

use super::*;

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn refused(path: &Path) -> VaultError {
    CredentialVault::open(options(path, KEY_A)).unwrap_err()
}

#[cfg(unix)]
#[tokio::test]
async fn database_key_file_and_backup_are_readable_by_their_owner_alone() {
    let (_directory, path) = directory();
    let vault = CredentialVault::open(VaultOptions::at(&path)).unwrap();
    let copy = path.with_extension("copy");
    vault.backup(&copy).await.unwrap();
    vault.close().await;
    let key_file = path.with_extension("redb.key");
    assert_eq!([mode(&path), mode(&key_file), mode(&copy)], [0o600; 3]);
}

#[cfg(unix)]
#[tokio::test]
async fn rights_that_are_too_wide_are_taken_away() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_directory, path) = directory();
    CredentialVault::open(VaultOptions::at(&path)).unwrap().close().await;
    let key_file = path.with_extension("redb.key");
    for file in [&path, &key_file] {
        fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
    }
    CredentialVault::open(VaultOptions::at(&path)).unwrap().close().await;
    assert_eq!([mode(&path), mode(&key_file)], [0o600; 2]);
}

#[tokio::test]
async fn values_are_there_after_a_restart() {
    let (_directory, path) = directory();
    let vault = CredentialVault::open(VaultOptions::at(&path)).unwrap();
    vault.put(Table::Grants, "ada", &grant(1)).await.unwrap();
    vault.close().await;
    let vault = CredentialVault::open(VaultOptions::at(&path)).unwrap();
    assert_eq!(vault.get(Table::Grants, "ada").await, Ok(Some(grant(1))));
    vault.close().await;
}

#[tokio::test]
async fn a_generated_key_moves_to_the_variable_by_setting_it() {
    let (_directory, path) = directory();
    let vault = CredentialVault::open(VaultOptions::at(&path)).unwrap();
    vault.put(Table::Grants, "ada", &grant(1)).await.unwrap();
    vault.close().await;
    open(&path, KEY_A).close().await;
    fs::remove_file(path.with_extension("redb.key")).unwrap();
    let vault = open(&path, KEY_A);
    assert_eq!(vault.get(Table::Grants, "ada").await, Ok(Some(grant(1))));
    vault.close().await;
}

#[tokio::test]
async fn a_lost_key_file_is_not_replaced() {
    let (_directory, path) = directory();
    CredentialVault::open(VaultOptions::at(&path)).unwrap().close().await;
    let key_file = path.with_extension("redb.key");
    fs::remove_file(&key_file).unwrap();
    let error = CredentialVault::open(VaultOptions::at(&path)).unwrap_err();
    assert!(matches!(error, VaultError::KeyMissing { .. }), "{error:?}");
    assert!(!key_file.exists());
}

#[test]
fn a_key_file_with_something_else_in_it_is_named() {
    for content in [b"hello".as_slice(), b"", b"\xff\xfe"] {
        let (_directory, path) = directory();
        fs::write(path.with_extension("redb.key"), content).unwrap();
        let error = CredentialVault::open(VaultOptions::at(&path)).unwrap_err();
        assert!(matches!(error, VaultError::KeyFile { .. }), "{error:?}");
        assert!(error.to_string().contains("vault.redb.key") && !error.to_string().contains("hello"));
    }
}

#[tokio::test]
async fn a_second_server_is_told_that_the_file_is_taken() {
    let (_directory, path) = directory();
    let vault = open(&path, KEY_A);
    assert_eq!(refused(&path), VaultError::InUse { path: path.clone() });
    assert!(refused(&path).to_string().starts_with("another server is using"));
    vault.close().await;
    open(&path, KEY_A).close().await;
}

#[test]
fn a_missing_directory_is_named() {
    let (directory, _) = directory();
    let missing = directory.path().join("missing");
    let error = refused(&missing.join("vault.redb"));
    assert!(
        matches!(&error, VaultError::DirectoryMissing { directory, .. } if *directory == missing),
        "{error:?}"
    );
}

#[test]
fn other_files_are_left_alone() {
    let sqlite = [b"SQLite format 3\0".as_slice(), &[0; 4096]].concat();
    for (content, said) in [
        (b"something else".as_slice(), "other content"),
        (b"x", "other content"),
        (&sqlite, "Python server"),
        (&[0; 100], "other content"),
    ] {
        let (_directory, path) = directory();
        fs::write(&path, content).unwrap();
        let error = refused(&path);
        assert!(matches!(error, VaultError::NotADatabase { .. }), "{error:?}");
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    let (directory, _) = directory();
    assert!(matches!(refused(directory.path()), VaultError::NotADatabase { .. }));
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let (_directory, path) = directory();
    drop(redb::Database::create(&path).unwrap());
    put_raw(&path, "theirs", "key", b"value");
    let error = refused(&path);
    assert!(matches!(error, VaultError::NotADatabase { .. }), "{error:?}");
}

#[tokio::test]
async fn a_database_that_was_never_finished_is_made_anew() {
    let (_directory, path) = directory();
    open(&path, KEY_A).close().await;
    // The header without its magic number, and nothing after it: what redb leaves when it is killed at that point.
    let mut content = fs::read(&path).unwrap();
    content[..9].fill(0);
    content[4096..].fill(0);
    fs::write(&path, &content).unwrap();
    let vault = open(&path, KEY_A);
    vault.put(Table::Grants, "ada", &grant(1)).await.unwrap();
    vault.close().await;
}

#[tokio::test]
async fn a_database_of_a_newer_server_is_left_alone() {
    let (_directory, path) = directory();
    open(&path, KEY_A).close().await;
    put_raw(&path, "meta.v1", "schema", &7_u32.to_le_bytes());
    let error = refused(&path);
    assert_eq!(
        error,
        VaultError::Incompatible {
            path,
            found: 7,
            known: 1
        }
    );
}

#[tokio::test]
async fn damaged_pages_are_found_at_the_start() {
    let (_directory, path) = directory();
    let vault = open(&path, KEY_A);
    vault.put(Table::Grants, "ada", &grant(1)).await.unwrap();
    vault.close().await;
    let mut content = fs::read(&path).unwrap();
    let at = content.windows(3).position(|window| window == b"ada").unwrap();
    // Every copy of the page: redb keeps the pages of the commit before.
    let places: Vec<_> = (at..content.len() - 3)
        .filter(|at| &content[*at..at + 3] == b"ada")
        .collect();
    for at in places {
        content[at + 10] ^= 1;
    }
    fs::write(&path, &content).unwrap();
    let error = refused(&path);
    assert!(matches!(error, VaultError::Corrupted { .. }), "{error:?}");
    assert!(error.to_string().contains("backup"), "{error}");
}

#[test]
fn what_the_operating_system_refuses_is_explained() {
    let path = Path::new("/data/vault.redb");
    for (kind, said) in [
        (io::ErrorKind::PermissionDenied, "writable for the user"),
        (io::ErrorKind::ReadOnlyFilesystem, "writable for the user"),
        (io::ErrorKind::StorageFull, "no space left"),
        (io::ErrorKind::QuotaExceeded, "raise the quota"),
        (io::ErrorKind::TimedOut, "cannot use"),
    ] {
        let text = VaultError::from_io(path, &kind.into()).to_string();
        assert!(text.contains(said) && text.contains("/data/vault.redb"), "{text}");
    }
}
