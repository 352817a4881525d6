//! Values in, values out; group commit; bounds.

use std::future::Future;
use std::pin::pin;

use futures_util::future::join_all;

use super::faulty::{Faults, FaultyStorage};
use super::*;

/// Lets futures run until each of them waits.
async fn start(future: &mut (impl Future + Unpin)) {
    tokio::select! {
        biased;
        _ = future => panic!("done although the disk is held"),
        () = std::future::ready(()) => {}
    }
}

fn faulty(change: impl FnOnce(&mut VaultOptions)) -> (Arc<Faults>, CredentialVault) {
    let faults = Arc::new(Faults::default());
    let mut options = VaultOptions::in_memory();
    change(&mut options);
    let vault = CredentialVault::open_on(Box::new(FaultyStorage(Arc::clone(&faults))), options).unwrap();
    (faults, vault)
}

#[tokio::test]
async fn what_was_put_is_got_until_it_is_deleted() {
    let vault = CredentialVault::open(VaultOptions::in_memory()).unwrap();
    assert_eq!(vault.get::<Grant>(Table::Grants, "ada").await, Ok(None));

    vault.put(Table::Grants, "ada", &grant(1)).await.unwrap();
    vault.put(Table::Grants, "ada", &grant(2)).await.unwrap();
    assert_eq!(vault.get(Table::Grants, "ada").await, Ok(Some(grant(2))));
    assert_eq!(vault.get::<Grant>(Table::McpClients, "ada").await, Ok(None));

    vault.delete(Table::Grants, "ada").await.unwrap();
    vault.delete(Table::Grants, "ada").await.unwrap();
    assert_eq!(vault.get::<Grant>(Table::Grants, "ada").await, Ok(None));
}

#[tokio::test]
async fn a_table_is_listed_in_the_order_of_its_keys() {
    let vault = CredentialVault::open(VaultOptions::in_memory()).unwrap();
    for (key, generation) in [("grace", 2), ("ada", 1), ("linus", 3)] {
        vault.put(Table::Grants, key, &grant(generation)).await.unwrap();
    }
    vault.put(Table::BrowserSessions, "other", &grant(9)).await.unwrap();
    let expected =
        [("ada", 1), ("grace", 2), ("linus", 3)].map(|(key, generation)| (key.to_owned(), grant(generation)));
    assert_eq!(vault.list(Table::Grants).await, Ok(expected.to_vec()));
}

#[tokio::test]
async fn a_batch_is_stored_together_and_its_last_change_wins() {
    let (faults, vault) = faulty(|_| {});
    vault
        .put(Table::AuthorizationSessions, "state", &grant(0))
        .await
        .unwrap();
    let before = faults.syncs();
    let batch = Batch::new()
        .put(Table::Grants, "ada", &grant(1))
        .unwrap()
        .delete(Table::AuthorizationSessions, "state")
        .put(Table::Grants, "ada", &grant(2))
        .unwrap();
    vault.commit(batch).await.unwrap();
    assert_eq!(faults.syncs(), before + 1);
    assert_eq!(vault.get(Table::Grants, "ada").await, Ok(Some(grant(2))));
    assert_eq!(
        vault.get::<Grant>(Table::AuthorizationSessions, "state").await,
        Ok(None)
    );
    assert_eq!(vault.commit(Batch::new()).await, Ok(()));
}

#[tokio::test]
async fn puts_that_wait_together_share_a_commit() {
    let (faults, vault) = faulty(|_| {});
    let before = faults.syncs();
    faults.hold();
    let first_grant = grant(0);
    let mut first = pin!(vault.put(Table::Grants, "first", &first_grant));
    start(&mut first).await;
    faults.sync_after(before).await;

    let waiting = (0..200).map(|number| {
        let vault = vault.clone();
        async move {
            vault
                .put(Table::Grants, &format!("user {number}"), &grant(number))
                .await
        }
    });
    let mut waiting = pin!(join_all(waiting));
    start(&mut waiting).await;
    faults.release();

    first.await.unwrap();
    assert!(waiting.await.iter().all(Result::is_ok));
    assert_eq!(
        faults.syncs(),
        before + 2,
        "one commit for the first, one for the 200 after it"
    );
    assert_eq!(vault.list::<Grant>(Table::Grants).await.unwrap().len(), 201);
}

#[tokio::test]
async fn a_put_is_not_acknowledged_before_the_disk_has_it() {
    let (faults, vault) = faulty(|options| options.patience = Duration::from_millis(1));
    faults.hold();
    let outcome = vault.put(Table::Grants, "ada", &grant(1)).await;
    assert!(matches!(outcome, Err(VaultError::OutcomeUnknown { .. })), "{outcome:?}");
    faults.release();
    vault.close().await;
    assert_eq!(
        vault.put(Table::Grants, "ada", &grant(1)).await,
        Err(VaultError::Closed)
    );
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let (faults, vault) = faulty(|options| options.queue = 2);
    let before = faults.syncs();
    faults.hold();
    let values = [grant(0), grant(1), grant(2)];
    let mut being_written = pin!(vault.put(Table::Grants, "a", &values[0]));
    start(&mut being_written).await;
    faults.sync_after(before).await;
    let mut queued = pin!(join_all(values[1..].iter().map(|value| vault.put(
        Table::Grants,
        "b",
        value
    ))));
    start(&mut queued).await;

    let refused = vault.put(Table::Grants, "c", &grant(3)).await;
    assert!(matches!(refused, Err(VaultError::Busy(_))), "{refused:?}");

    faults.release();
    being_written.await.unwrap();
    assert!(queued.await.iter().all(Result::is_ok));
    assert_eq!(vault.get::<Grant>(Table::Grants, "c").await, Ok(None));
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_stored_all_the_same() {
    let (faults, vault) = faulty(|_| {});
    faults.hold();
    {
        let value = grant(7);
        let mut abandoned = pin!(vault.put(Table::Grants, "ada", &value));
        start(&mut abandoned).await;
    }
    faults.release();
    vault.put(Table::Grants, "grace", &grant(1)).await.unwrap();
    assert_eq!(vault.get(Table::Grants, "ada").await, Ok(Some(grant(7))));
}

#[tokio::test]
async fn keys_values_and_batches_are_bounded() {
    let vault = CredentialVault::open(VaultOptions::in_memory()).unwrap();
    let too_large = |what, limit| Err(VaultError::TooLarge { what, limit });

    // Two quotation marks are part of the JSON.
    let fits = "x".repeat(MAX_VALUE - 2);
    vault.put(Table::Grants, "ada", &fits).await.unwrap();
    assert_eq!(vault.get(Table::Grants, "ada").await, Ok(Some(fits.clone())));
    let outcome = vault.put(Table::Grants, "ada", &(fits + "x")).await;
    assert_eq!(outcome, too_large("value", MAX_VALUE));

    let longest = "k".repeat(MAX_KEY);
    vault.put(Table::Grants, &longest, &1).await.unwrap();
    let longer = longest + "k";
    assert_eq!(
        vault.put(Table::Grants, &longer, &1).await,
        too_large("key of a record", MAX_KEY)
    );
    assert_eq!(
        vault.delete(Table::Grants, &longer).await,
        too_large("key of a record", MAX_KEY)
    );

    let batch = (0..=MAX_CHANGES).fold(Batch::new(), |batch, number| {
        batch.delete(Table::Grants, &number.to_string())
    });
    assert_eq!(vault.commit(batch).await, too_large("batch", MAX_CHANGES));
}

#[tokio::test]
async fn values_that_are_no_json_are_refused() {
    let vault = CredentialVault::open(VaultOptions::in_memory()).unwrap();
    let map = std::collections::HashMap::from([((1, 2), SECRET)]);
    let refused = vault.put(Table::Grants, "ada", &map).await.unwrap_err();
    assert_eq!(refused, VaultError::Unserializable { table: "grants.v1" });
}

#[tokio::test]
async fn closing_stores_what_was_accepted_and_frees_the_file() {
    let (_directory, path) = directory();
    let vault = open(&path, KEY_A);
    let values: Vec<_> = (0..50).map(grant).collect();
    let keys: Vec<_> = (0..50).map(|number| format!("user {number}")).collect();
    let mut puts = pin!(join_all(keys.iter().zip(&values).map(|(key, value)| vault.put(
        Table::Grants,
        key,
        value
    ))));
    // Polled in this order: the puts are in the queue when the vault is told to close.
    let (outcomes, ()) = futures_util::future::join(&mut puts, vault.close()).await;
    assert!(outcomes.iter().all(Result::is_ok));
    vault.close().await;
    assert_eq!(
        vault.get::<Grant>(Table::Grants, "user 1").await,
        Err(VaultError::Closed)
    );
    assert_eq!(vault.put(Table::Grants, "late", &1).await, Err(VaultError::Closed));

    let vault = open(&path, KEY_A);
    assert_eq!(vault.list::<Grant>(Table::Grants).await.unwrap().len(), 50);
    vault.close().await;
}

#[tokio::test]
async fn debug_output_and_errors_show_no_secret() {
    let (_directory, path) = directory();
    let vault = open(&path, KEY_A);
    vault.put(Table::Grants, "ada@example.org", &grant(1)).await.unwrap();
    let batch = Batch::new().put(Table::Grants, "ada@example.org", &grant(1)).unwrap();
    // A number is asked for; serde's own message would quote the string that is there.
    let error = vault
        .get::<std::collections::HashMap<String, u64>>(Table::Grants, "ada@example.org")
        .await
        .unwrap_err();
    assert_eq!(
        error,
        VaultError::Unreadable {
            table: "grants.v1",
            problem: Damage::Shape
        }
    );
    let options = options(&path, KEY_A);
    for text in [
        format!("{vault:?}"),
        format!("{batch:?}"),
        format!("{error:?} {error}"),
        format!("{options:?}"),
    ] {
        assert!(
            !text.contains(SECRET) && !text.contains(&KEY_A[..10]) && !text.contains("ada@example.org"),
            "{text}"
        );
    }
    vault.close().await;
    let file = std::fs::read(&path).unwrap();
    let contains = |needle: &str| file.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(contains("ada@example.org") && !contains(SECRET) && !contains("refresh_token"));
}
