//! Copies of the database.

use super::*;

#[tokio::test]
async fn a_backup_opens_with_the_same_key_and_holds_what_was_there() {
    let (directory, path) = directory();
    let copy = directory.path().join("copy.redb");
    let vault = open(&path, KEY_A);
    vault.put(Table::Grants, "ada", &grant(1)).await.unwrap();
    vault.backup(&copy).await.unwrap();
    vault.put(Table::Grants, "ada", &grant(2)).await.unwrap();

    let restored = open(&copy, KEY_A);
    assert_eq!(restored.get(Table::Grants, "ada").await, Ok(Some(grant(1))));
    restored.close().await;

    // A later backup replaces the earlier one.
    vault.backup(&copy).await.unwrap();
    let restored = open(&copy, KEY_A);
    assert_eq!(restored.get(Table::Grants, "ada").await, Ok(Some(grant(2))));
    restored.close().await;
    vault.close().await;
    assert!(matches!(
        CredentialVault::open(options(&copy, KEY_B)).unwrap_err(),
        VaultError::WrongKey { .. }
    ));
}

#[tokio::test]
async fn a_backup_does_not_replace_the_open_database() {
    let (_directory, path) = directory();
    let vault = open(&path, KEY_A);
    assert_eq!(
        vault.backup(&path).await,
        Err(VaultError::InUse {
            path: path.canonicalize().unwrap()
        })
    );
    vault.put(Table::Grants, "ada", &grant(1)).await.unwrap();
    vault.close().await;
    let vault = open(&path, KEY_A);
    assert_eq!(vault.get(Table::Grants, "ada").await, Ok(Some(grant(1))));
    vault.close().await;
}

#[tokio::test]
async fn a_backup_that_fails_leaves_nothing_behind() {
    let (directory, path) = directory();
    let vault = open(&path, KEY_A);
    let target = directory.path().join("taken");
    std::fs::create_dir(&target).unwrap();
    vault.backup(&target).await.unwrap_err();
    vault.backup(directory.path().join("missing/copy")).await.unwrap_err();
    vault.close().await;
    let mut left: Vec<_> = std::fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["taken", "vault.redb"]);
}
