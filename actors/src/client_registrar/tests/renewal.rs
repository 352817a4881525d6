//! Before the secret expires.

use proptest::prelude::*;
use serde_json::json;

use super::bench::{Bench, START, bounded, next_client};
use super::provider::Life;
use crate::client_registrar::{RegisteredClient, RegistrationTemplate};
use crate::oidc::registration::{ClientInformation, TokenFormat};

const YEARS: u64 = 10 * 365 * 24 * 60 * 60;

#[tokio::test]
async fn a_client_is_renewed_before_it_expires_and_the_old_one_stays_for_a_while() {
    let bench = Bench::new().await;
    let (registrar, old) = bench.start_with_client().await;
    assert_eq!(
        registrar.describe().await.unwrap().renew_at,
        Some(START + 2880),
        "80 % of an hour"
    );
    bench.advance(2879);
    assert_eq!(
        registrar.describe().await.unwrap().client.unwrap().client_id,
        old.client_id
    );
    bench.advance(1);
    let new = next_client(&registrar, &old.client_id).await;
    assert_eq!(new.client_id, "client-2");
    assert_eq!(bench.provider.ids(), ["client-1", "client-2"], "for logins under way");
    assert_eq!(registrar.describe().await.unwrap().to_delete, 1);
    bench.advance(601);
    bench.swept().await;
    assert_eq!(bench.provider.ids(), ["client-2"]);
}

#[tokio::test]
async fn a_client_whose_life_was_prolonged_stays() {
    let bench = Bench::new().await;
    let (registrar, old) = bench.start_with_client().await;
    bench.provider.lock().life = Life::Seconds(7200);
    bench.advance(2880);
    let mut published = registrar.subscribe();
    let client = bounded(published.wait_for(|client| client.as_ref().unwrap().expires_at() != old.expires_at()))
        .await
        .unwrap()
        .clone()
        .unwrap();
    assert_eq!(client.client_id, old.client_id);
    assert_eq!(bench.provider.lock().requests, ["POST", "GET"]);
    assert_eq!(registrar.describe().await.unwrap().renew_at, Some(START + 5760));
}

#[tokio::test]
async fn zero_and_absent_are_not_renewed() {
    for life in [Life::Never, Life::Unsaid] {
        let bench = Bench::new().await;
        bench.provider.lock().life = life;
        let (registrar, client) = bench.start_with_client().await;
        assert_eq!(registrar.describe().await.unwrap().renew_at, None, "{life:?}");
        bench.advance(YEARS);
        let (registrar, same) = bench.start_with_client().await;
        assert_eq!(same.client_id, client.client_id);
        assert_eq!(bench.provider.lock().requests, ["POST"]);
        // Then only a refusal tells.
        assert_eq!(
            registrar.replace(&client.client_id).await.unwrap().client_id,
            "client-2"
        );
    }
}

#[tokio::test]
async fn a_renewal_that_fails_is_tried_again_while_the_old_client_goes_on() {
    let bench = Bench::new().await;
    let (registrar, old) = bench.start_with_client().await;
    bench.provider.fail(503, "");
    bench.advance(2880);
    while registrar.describe().await.unwrap().last_error.is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(registrar.current().unwrap().client_id, old.client_id);
    bench.advance(2);
    assert_eq!(next_client(&registrar, &old.client_id).await.client_id, "client-2");
}

fn client(issued_at: Option<u64>, expires_at: Option<u64>, now: u64) -> RegisteredClient {
    let information: ClientInformation = serde_json::from_value(json!({
        "client_id": "a", "client_id_issued_at": issued_at, "client_secret_expires_at": expires_at,
    }))
    .unwrap();
    let template = RegistrationTemplate {
        client_name: String::new(),
        redirect_uri: String::new(),
        scope: String::new(),
        token_format: TokenFormat::Opaque,
        resource_url: String::new(),
        exchanges_tokens: false,
    };
    RegisteredClient::new(&information, "http://provider/", &template, now)
}

#[test]
fn renewal_leaves_time_for_it() {
    let renew = |life: u64| client(Some(START), Some(START + life), START).renew_at().unwrap() - START;
    assert_eq!(renew(100_000), 80_000);
    assert_eq!(renew(1200), 900, "five minutes before the end");
    assert_eq!(renew(400), 200, "not in the first half");
    assert_eq!(renew(5), 60, "not every few seconds");
}

#[test]
fn a_clock_that_is_off_does_no_harm() {
    // Ours is a day ahead: by it the secret would have been expired when it came.
    let ahead = START + 86_400;
    assert_eq!(
        client(Some(START), Some(START + 3600), ahead).renew_at(),
        Some(ahead + 2880)
    );
    assert_eq!(client(Some(START), Some(START - 1), START).renew_at(), None);
    assert_eq!(client(None, Some(START - 1), START).renew_at(), None);
}

proptest! {
    #[test]
    fn no_times_of_a_provider_cause_a_panic_or_a_flood(
        issued in any::<Option<u64>>(), expires in any::<Option<u64>>(), now in any::<u64>()
    ) {
        let client = client(issued, expires, now);
        if let Some(renew) = client.renew_at() {
            prop_assert!(renew >= now.saturating_add(60));
        }
        let _ = client.ends_at();
    }
}
