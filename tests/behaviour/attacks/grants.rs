//! This server's grants, and whose they are.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::json;

use super::bench::Bench;

/// RFC 9700 §4.14: a refresh token that is shown twice was stolen, as a provider sees it.
#[tokio::test]
async fn a_refresh_token_is_shown_once_and_not_again_after_a_refusal() {
    let bench = Bench::delegating().await;
    bench.provision("alice", 1).await;
    let mcp = bench.client_of("alice");
    // A token is good for a second, which a busy machine may need to store it: not each call succeeds.
    while bench.provider.refresh_tokens_seen().len() < 3 {
        join_all((0..20).map(|_| mcp.call("nc_notes_list_notes", json!({})))).await;
        assert!(bench.is_provisioned("alice").await, "the grant is not lost meanwhile");
    }
    let shown = bench.provider.refresh_tokens_seen();
    let distinct: HashSet<&String> = shown.iter().collect();
    assert_eq!(distinct.len(), shown.len(), "{shown:?}");

    bench.provider.end_grants();
    let error = mcp.call("nc_notes_list_notes", json!({})).await.error();
    assert!(error.contains("/oauth/authorize-nextcloud?ticket="), "{error}");
    let shown = bench.provider.refresh_tokens_seen().len();
    for outcome in join_all((0..20).map(|_| mcp.call("nc_notes_list_notes", json!({})))).await {
        outcome.error();
    }
    assert!(!bench.is_provisioned("alice").await);
    assert_eq!(bench.provider.refresh_tokens_seen().len(), shown, "the grant has ended");
}

#[tokio::test]
async fn everybody_acts_with_their_own_grant() {
    let bench = Bench::delegating().await;
    let people: Vec<String> = (0..20).map(|number| format!("person-{number}")).collect();
    join_all(people.iter().map(|person| bench.provision(person, 3600))).await;
    for _ in 0..3 {
        let calls = people.iter().map(|person| {
            let mcp = bench.client_of(person);
            async move { (person, mcp.call("nc_notes_list_notes", json!({})).await.ok()) }
        });
        for (person, notes) in join_all(calls).await {
            let text = notes.to_string();
            assert!(text.contains(&format!("\"{person}\"")), "{person}: {text}");
            assert_eq!(text.matches("person-").count(), 1, "{person}: {text}");
        }
    }
    // A subject is compared whole, and is nobody's path or prefix.
    for stranger in [
        "person-",
        "person-1 ",
        "PERSON-1",
        "person-1/../person-2",
        "person-1\u{200b}",
        "*",
    ] {
        let mcp = bench.client_of(stranger);
        let error = mcp.call("nc_notes_list_notes", json!({})).await.error();
        assert!(error.contains("has not been provisioned"), "{stranger}: {error}");
    }
}
