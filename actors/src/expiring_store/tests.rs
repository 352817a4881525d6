//! What a store keeps, and what it may lose.

use std::pin::pin;
use std::sync::atomic::Ordering;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::index::LIMIT;
use super::{Expiring, ExpiringStore, InsertError};
use crate::credential_vault::tests::faulty_vault;
use crate::credential_vault::{Batch, CredentialVault, MAX_CHANGES, Table, VaultOptions};
use crate::principal::Subject;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ticket {
    owner: String,
    expires_at: u64,
}

impl Expiring for Ticket {
    const TABLE: Table = Table::AuthorizationSessions;

    fn owner(&self) -> Subject {
        Subject::new("https://cloud", self.owner.as_str())
    }

    fn expires_at(&self) -> u64 {
        self.expires_at
    }
}

fn ticket(owner: &str, expires_at: u64) -> Ticket {
    Ticket {
        owner: owner.to_owned(),
        expires_at,
    }
}

fn vault() -> CredentialVault {
    CredentialVault::open(VaultOptions::in_memory()).unwrap()
}

async fn open(vault: &CredentialVault, now: u64) -> ExpiringStore<Ticket> {
    ExpiringStore::open(vault.clone(), now).await.unwrap()
}

async fn stored(vault: &CredentialVault) -> u64 {
    vault.count(Ticket::TABLE).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_is_good_only_when_it_is_durable() {
    let (disk, vault) = faulty_vault();
    let store = open(&vault, 0).await;
    let alices = ticket("alice", 600);
    disk.hold();
    let syncs = disk.syncs();
    let look = async {
        disk.sync_after(syncs).await;
        assert!(!store.index().contains("key"), "the disk has not answered");
        disk.release();
    };
    let (inserted, ()) = tokio::join!(store.insert("key".to_owned(), &alices, 0), look);
    inserted.unwrap();
    assert_eq!(store.get("key").await, Ok(Some(alices.clone())));
    // Nothing is told to the store or to the vault before the next start.
    assert_eq!(open(&vault, 0).await.get("key").await, Ok(Some(alices)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_the_disk_refuses_is_not_good() {
    let (disk, vault) = faulty_vault();
    let store = open(&vault, 0).await;
    disk.failing_syncs.store(1, Ordering::SeqCst);
    let refused = store.insert("key".to_owned(), &ticket("alice", 600), 0).await;
    assert!(matches!(refused, Err(InsertError::Vault(_))), "{refused:?}");
    assert!(!store.index().contains("key"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_is_given_out_only_when_it_is_durably_deleted() {
    let (disk, vault) = faulty_vault();
    let store = open(&vault, 0).await;
    store.insert("key".to_owned(), &ticket("alice", 600), 0).await.unwrap();
    disk.hold();
    let syncs = disk.syncs();
    let mut taken = pin!(store.take("key"));
    tokio::select! {
        early = &mut taken => panic!("{early:?} is out before it is deleted"),
        () = disk.sync_after(syncs) => {}
    }
    assert_eq!(store.take("key").await, Ok(None), "somebody else has it");
    disk.release();
    assert_eq!(taken.await, Ok(Some(ticket("alice", 600))));
    assert_eq!(stored(&vault).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_the_disk_keeps_is_not_given_out() {
    let (disk, vault) = faulty_vault();
    let store = open(&vault, 0).await;
    store.insert("key".to_owned(), &ticket("alice", 600), 0).await.unwrap();
    disk.failing_syncs.store(1, Ordering::SeqCst);
    store.take("key").await.unwrap_err();
    assert_eq!(store.take("key").await, Ok(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_take_a_record_one_gets_it() {
    let store = open(&vault(), 0).await;
    store.insert("key".to_owned(), &ticket("alice", 600), 0).await.unwrap();
    let taken = join_all((0..32).map(|_| store.take("key"))).await;
    assert_eq!(taken.into_iter().filter_map(Result::unwrap).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_removed_while_it_is_replaced_does_not_come_back() {
    let (disk, vault) = faulty_vault();
    let store = open(&vault, 0).await;
    store.insert("key".to_owned(), &ticket("alice", 600), 0).await.unwrap();
    assert_eq!(store.replace("key", &ticket("alice", 600)).await, Ok(true));
    disk.hold();
    let syncs = disk.syncs();
    let remove = async {
        disk.sync_after(syncs).await;
        let mut removed = pin!(store.remove("key"));
        assert!(
            futures_util::poll!(&mut removed).is_pending(),
            "the disk has not answered"
        );
        disk.release();
        removed.await
    };
    let replacement = ticket("alice", 600);
    let (replaced, removed) = tokio::join!(store.replace("key", &replacement), remove);
    assert_eq!((replaced, removed), (Ok(false), Ok(())));
    assert_eq!(stored(&vault).await, 0);
}

#[tokio::test]
async fn what_has_ended_is_deleted_at_the_start() {
    let vault = vault();
    let good = [("good", ticket("alice", 601)), ("better", ticket("bob", 700))];
    for (key, ticket) in &good {
        vault.put(Ticket::TABLE, key, ticket).await.unwrap();
    }
    for round in 0..3 {
        let batch = (0..MAX_CHANGES).fold(Batch::new(), |batch, number| {
            let key = format!("{round}.{number}");
            batch.put(Ticket::TABLE, &key, &ticket("carol", 600)).unwrap()
        });
        vault.commit(batch).await.unwrap();
    }
    let store = open(&vault, 600).await;
    assert_eq!(stored(&vault).await, 2);
    assert_eq!(store.get("1.7").await, Ok(None));
    for (key, ticket) in good {
        assert_eq!(store.get(key).await, Ok(Some(ticket)));
    }
}

#[tokio::test]
async fn an_owner_of_many_loses_the_oldest_durably() {
    let vault = vault();
    let store = open(&vault, 0).await;
    store.insert("bobs".to_owned(), &ticket("bob", 600), 0).await.unwrap();
    for number in 0..10 {
        let alices = ticket("alice", 600 + number);
        store.insert(number.to_string(), &alices, number).await.unwrap();
    }
    for store in [store, open(&vault, 10).await] {
        assert_eq!(store.get("1").await, Ok(None));
        assert!(store.get("2").await.unwrap().is_some());
        assert!(store.get("bobs").await.unwrap().is_some());
    }
    assert_eq!(stored(&vault).await, 9);
}

#[tokio::test]
async fn a_full_store_takes_no_more_until_something_ends() {
    let vault = vault();
    let store = open(&vault, 0).await;
    for number in 0..LIMIT {
        store.index().insert(number.to_string(), None, 600);
    }
    let refused = store.insert("key".to_owned(), &ticket("alice", 1199), 599).await;
    assert!(matches!(refused, Err(InsertError::Full)), "{refused:?}");
    assert_eq!(stored(&vault).await, 0);
    store
        .insert("key".to_owned(), &ticket("alice", 1200), 600)
        .await
        .unwrap();
    assert_eq!(stored(&vault).await, 1);
}
