//! Disks that fail.

use std::sync::atomic::Ordering;

use super::faulty::{Faults, FaultyStorage, PATIENCE};
use super::*;

async fn is(vault: &CredentialVault, wanted: Status) {
    let mut status = vault.status();
    let reached = status.wait_for(|status| *status == wanted);
    tokio::time::timeout(PATIENCE, reached).await.unwrap().unwrap();
}

#[tokio::test]
async fn after_a_failed_sync_the_vault_goes_on() {
    let (faults, vault) = faulty_vault();
    vault.put(Table::Grants, "before", &grant(1)).await.unwrap();
    faults.failing_syncs.store(1, Ordering::SeqCst);
    let outcome = vault.put(Table::Grants, "ada", &grant(2)).await;
    assert!(matches!(outcome, Err(VaultError::OutcomeUnknown { .. })), "{outcome:?}");
    is(&vault, Status::Open).await;

    // There or not, but whole; and putting it again is safe.
    let found = vault.get::<Grant>(Table::Grants, "ada").await.unwrap();
    assert!(found.is_none() || found == Some(grant(2)));
    vault.put(Table::Grants, "ada", &grant(2)).await.unwrap();
    assert_eq!(vault.get(Table::Grants, "ada").await, Ok(Some(grant(2))));
    assert_eq!(vault.get(Table::Grants, "before").await, Ok(Some(grant(1))));
}

#[tokio::test]
async fn everybody_in_a_failed_commit_is_told() {
    let (faults, vault) = faulty_vault();
    faults.failing_syncs.store(1, Ordering::SeqCst);
    let values: Vec<_> = (0..20).map(grant).collect();
    let puts = values.iter().map(|value| vault.put(Table::Grants, "ada", value));
    let outcomes = futures_util::future::join_all(puts).await;
    assert!(
        matches!(outcomes[0], Err(VaultError::OutcomeUnknown { .. })),
        "{outcomes:?}"
    );
    is(&vault, Status::Open).await;
    vault.put(Table::Grants, "ada", &grant(99)).await.unwrap();
    assert_eq!(vault.get(Table::Grants, "ada").await, Ok(Some(grant(99))));
}

#[tokio::test]
async fn while_the_disk_is_gone_requests_are_refused_and_afterwards_served() {
    let (faults, vault) = faulty_vault();
    vault.put(Table::Grants, "before", &grant(1)).await.unwrap();
    faults.unopenable.store(true, Ordering::SeqCst);
    faults.failing_syncs.store(1, Ordering::SeqCst);
    vault.put(Table::Grants, "ada", &grant(1)).await.unwrap_err();
    assert_eq!(*vault.status().borrow(), Status::Reopening);

    let refused = vault.put(Table::Grants, "ada", &grant(1)).await;
    assert!(matches!(refused, Err(VaultError::Unavailable { .. })), "{refused:?}");
    let refused = vault.get::<Grant>(Table::Grants, "ada").await;
    assert!(matches!(refused, Err(VaultError::Unavailable { .. })), "{refused:?}");

    faults.unopenable.store(false, Ordering::SeqCst);
    is(&vault, Status::Open).await;
    vault.put(Table::Grants, "ada", &grant(2)).await.unwrap();
    assert_eq!(vault.get(Table::Grants, "before").await, Ok(Some(grant(1))));
}

#[tokio::test]
async fn a_vault_whose_disk_is_gone_can_be_closed() {
    let (faults, vault) = faulty_vault();
    faults.unopenable.store(true, Ordering::SeqCst);
    faults.failing_syncs.store(1, Ordering::SeqCst);
    vault.put(Table::Grants, "ada", &grant(1)).await.unwrap_err();
    vault.close().await;
    assert_eq!(*vault.status().borrow(), Status::Closed);
}

#[tokio::test]
async fn a_panic_in_the_database_is_survived() {
    let (faults, vault) = faulty_vault();
    vault.put(Table::Grants, "before", &grant(1)).await.unwrap();
    faults.panic.store(true, Ordering::SeqCst);
    let outcome = vault.put(Table::Grants, "ada", &grant(2)).await;
    assert!(matches!(outcome, Err(VaultError::OutcomeUnknown { .. })), "{outcome:?}");
    is(&vault, Status::Open).await;
    vault.put(Table::Grants, "ada", &grant(2)).await.unwrap();
    assert_eq!(vault.get(Table::Grants, "before").await, Ok(Some(grant(1))));
}

#[test]
fn a_full_disk_is_said_at_the_start() {
    let faults = Arc::new(Faults::default());
    faults.full.store(true, Ordering::SeqCst);
    let error = CredentialVault::open_on(Box::new(FaultyStorage(faults)), VaultOptions::in_memory()).unwrap_err();
    assert!(matches!(error, VaultError::DiskFull { .. }), "{error:?}");
}
