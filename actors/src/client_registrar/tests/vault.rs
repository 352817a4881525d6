//! The store is the real vault.

use std::sync::Arc;

use super::bench::{Bench, START, next_client, start};
use super::provider::Provider;
use crate::client_registrar::{ClientRegistrar, ClientStore, Doomed, Row};
use crate::credential_vault::{CredentialVault, Table, VaultOptions};

fn registrar(bench: &Bench, vault: &CredentialVault) -> ClientRegistrar {
    bench.handle_on(None, Arc::new(vault.clone()))
}

#[tokio::test]
async fn a_client_outlives_the_process_and_is_not_legible_in_the_file() {
    let bench = Bench::new().await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("vault.redb");
    let vault = CredentialVault::open(VaultOptions::at(&path)).unwrap();
    let first = registrar(&bench, &vault);
    let actor = start(&first).await;
    let client = next_client(&first, "").await;
    actor.kill_and_wait(None).await.unwrap();
    vault.close().await;

    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(8).any(|window| window == b"secret-1"));
    let vault = CredentialVault::open(VaultOptions::at(&path)).unwrap();
    let second = registrar(&bench, &vault);
    start(&second).await;
    assert_eq!(next_client(&second, "").await.client_id, client.client_id);
    assert_eq!(bench.provider.lock().requests, ["POST"]);
}

#[tokio::test]
async fn rows_come_back_as_they_were_stored() {
    let bench = Bench::new().await;
    bench.start_with_client().await;
    let mut row = bench.row();
    row.registering_since = Some(START);
    row.doomed.push(Doomed {
        client_id: "old".to_owned(),
        registration: row.current.as_ref().unwrap().registration.clone().unwrap(),
        due: START,
        attempts: 3,
    });
    let vault = CredentialVault::open(VaultOptions::in_memory()).unwrap();
    vault.save("https://a.example", &row).await.unwrap();
    let back = vault.load("https://a.example").await.unwrap();
    let json = |row: &Row| serde_json::to_value(row).unwrap();
    assert_eq!(json(&back), json(&row));
    assert!(vault.load("https://b.example").await.unwrap().current.is_none());
}

#[tokio::test]
async fn a_row_that_cannot_be_read_costs_the_client_but_not_the_server() {
    let bench = Bench::new().await;
    let vault = CredentialVault::open(VaultOptions::in_memory()).unwrap();
    let issuer = &bench.provider.url;
    vault.put(Table::OAuthClients, issuer, "not a row").await.unwrap();
    let registrar = registrar(&bench, &vault);
    start(&registrar).await;
    assert_eq!(next_client(&registrar, "").await.client_id, "client-1");
    assert!(vault.load(issuer).await.unwrap().current.is_some());
}

#[tokio::test]
async fn a_closed_vault_registers_nobody() {
    let bench = Bench::new().await;
    let vault = CredentialVault::open(VaultOptions::in_memory()).unwrap();
    vault.close().await;
    let registrar = registrar(&bench, &vault);
    start(&registrar).await;
    assert!(registrar.describe().await.unwrap().last_error.is_some());
    let provider: &Provider = &bench.provider;
    assert!(provider.lock().requests.is_empty());
}
