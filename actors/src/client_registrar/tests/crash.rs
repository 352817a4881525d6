//! `kill -9` between any two steps: what the next start makes of it.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::bench::{Behind, Bench, bounded};
use super::provider::Fault;

/// What a life before the crash does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Life {
    Register,
    Replace,
    Update,
}

/// Lives one life that ends somewhere, and then another one that has to work.
async fn crash(life: Life, silent: Option<&'static str>, saves: usize, behind: Behind) {
    let context = format!("{life:?}, silence after {silent:?}, {saves} saves, then {behind:?}");
    let mut bench = Bench::new().await;
    let mut acknowledged = None;
    if life != Life::Register {
        let (_, client) = bench.start_with_client().await;
        acknowledged = Some(client.client_id.clone());
    }
    if life == Life::Update {
        bench.template.redirect_uri = "https://other.example/oauth/callback".to_owned();
    }
    bench.store.limit(saves, behind);
    if let Some(method) = silent {
        bench.provider.fault(Some(method), Fault::Silence);
    }
    let requests = silent.map_or(0, |method| bench.provider.count(method));
    let mut begun = bench.store.begun.subscribe();
    let first_save = *begun.borrow_and_update();
    let registrar = bench.start().await;
    let refusing = (life == Life::Replace).then(|| {
        let registrar = registrar.clone();
        tokio::spawn(async move { registrar.replace("client-1").await })
    });
    // It is dead when it waits for ever: for the store or for the provider.
    if let Some(method) = silent {
        bounded(async {
            while bench.provider.count(method) == requests {
                tokio::task::yield_now().await;
            }
        })
        .await;
    } else {
        bounded(begun.wait_for(|begun| *begun > first_save + saves))
            .await
            .unwrap();
    }
    if let Some(refusing) = refusing {
        refusing.abort();
    }
    if let Some(client) = registrar.current() {
        acknowledged = Some(client.client_id.clone());
    }

    // The dead life is left hanging; the next one has its own handle and lane, as a new process has.
    *bench.store.limit.lock().unwrap() = None;
    let (_next, client) = bench.start_with_client().await;
    bench.swept().await;
    let known: BTreeMap<_, _> = bench.provider.lock().clients.clone();
    let there = known
        .get(&client.client_id)
        .unwrap_or_else(|| panic!("{context}: unknown client"));
    assert_eq!(
        client.client_secret.as_ref().unwrap().expose_secret(),
        there.secret,
        "{context}"
    );
    assert_eq!(
        there.redirect_uris[0],
        bench.template.redirect_uri.as_str(),
        "{context}"
    );
    let registration = client.registration.as_ref().unwrap();
    assert_eq!(registration.access_token.expose_secret(), there.token, "{context}");
    assert!(
        known.len() <= 2,
        "{context}: at most one orphan, not {:?}",
        known.keys()
    );
    let row = bench.row();
    assert_eq!(row.registering_since, None, "{context}");
    assert!(row.doomed.is_empty(), "{context}");
    if let Some(acknowledged) = acknowledged.filter(|id| *id != client.client_id) {
        assert!(
            !known.contains_key(&acknowledged) || life == Life::Update,
            "{context}: {acknowledged} was in use and is left over"
        );
    }
}

#[tokio::test]
async fn the_store_is_the_last_thing_that_happened() {
    for behind in [Behind::Dead, Behind::DeadAfterwards] {
        // Registration saves twice: that it began, and the client. A replacement saves once more: that the old one is
        // deleted. An update saves once.
        for saves in 0..2 {
            crash(Life::Register, None, saves, behind).await;
        }
        for saves in 0..3 {
            crash(Life::Replace, None, saves, behind).await;
        }
        crash(Life::Update, None, 0, behind).await;
    }
}

#[tokio::test]
async fn the_provider_is_the_last_that_was_heard_of() {
    for (life, method) in [
        (Life::Register, "POST"),
        (Life::Replace, "POST"),
        (Life::Replace, "DELETE"),
        (Life::Update, "PUT"),
    ] {
        crash(life, Some(method), usize::MAX, Behind::Dead).await;
    }
}
