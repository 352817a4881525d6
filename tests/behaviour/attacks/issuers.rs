//! Other providers, and what claims to come from ours.

use http::StatusCode;
use serde_json::json;

use super::bench::{Bench, PUBLIC_URL};
use super::flow::OWN_GRANT;
use super::keys::SigningKey;
use super::provider::Provider;
use crate::support::url::with_parameter;
use crate::support::{Departed, TestServer, come_back, http_client};

#[tokio::test]
async fn a_token_of_another_issuer_is_refused_whatever_its_key_is_called() {
    let bench = Bench::start().await;
    let theirs = SigningKey::ed("k");
    let issuer = &bench.provider.url;
    let words = "does not trust";
    bench
        .refuses([
            (json!({"iss": "https://other.example"}), words),
            (json!({"iss": format!("{issuer}.evil.example")}), words),
            (json!({"iss": format!("{issuer}/realms/other")}), words),
            (json!({"iss": issuer.replace("http://", "http://evil@")}), words),
            (json!({"iss": issuer.replace("http://", "https://")}), words),
            (json!({"iss": issuer.replace("127.0.0.1", "127.1")}), words),
            (json!({"iss": format!("{issuer}?")}), words),
            (json!({"iss": null}), words),
            (json!({"iss": ""}), words),
            (json!({"iss": [issuer]}), "malformed"),
        ])
        .await;
    // The other issuer's own key, under the same name.
    let own = theirs.token(&bench.claims(&json!({"iss": "https://other.example"})));
    assert!(bench.refusal(&own).await.contains(words));
    let posing = theirs.token(&bench.claims(&json!({})));
    assert!(bench.refusal(&posing).await.contains("signature"));
}

/// RFC 8414 §3.3: a document that speaks for another issuer than the configured one is not used.
#[tokio::test]
async fn metadata_of_another_issuer_are_not_taken() {
    for configured in ["OIDC_ISSUER", "NEXTCLOUD_PUBLIC_ISSUER_URL"] {
        let evil = json!({"issuer": "https://evil.example"});
        let bench = Bench::unready(&evil, &[(configured, "https://id.example")]).await;
        let ready = format!("{}/health/ready", bench.server.url);
        let problem = loop {
            let answer = http_client().get(&ready).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{configured}");
            let text = answer.text().await.unwrap();
            if text.contains("evil.example") {
                break text;
            }
            tokio::task::yield_now().await;
        };
        assert!(
            problem.contains("https://evil.example, not https://id.example"),
            "{problem}"
        );
        for iss in ["https://evil.example", "https://id.example", &bench.provider.url] {
            let token = bench.token(&json!({"iss": iss}));
            let response = bench.server.with_token(&token).send("ping", json!({})).await;
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{iss}");
        }
        assert!(
            bench.provider.seen("/register").is_empty(),
            "no client is registered there"
        );
    }
}

/// RFC 9207 §2.4: the answer of a login says which provider gave it.
#[tokio::test]
async fn an_answer_of_another_provider_is_refused_and_one_that_does_not_say_so_where_ours_does() {
    async fn answered(bench: &Bench, iss: Option<&str>) -> StatusCode {
        let departed = bench.depart("alice").await;
        let id_token = bench.id_token(&bench.id_claims(&departed, "alice", &json!({})));
        let back = bench.agreed(&departed, "alice", &id_token, 3600);
        let back = iss.map_or(back.clone(), |iss| with_parameter(&back, "iss", iss));
        come_back(&back, &departed.cookie).await.status()
    }
    let announcing = json!({"authorization_response_iss_parameter_supported": true});
    for metadata in [json!({}), announcing.clone()] {
        let bench = Bench::with(&metadata, &[OWN_GRANT]).await;
        let look_alike = format!("{}.evil.example", bench.provider.url);
        for iss in ["https://evil.example", look_alike.as_str()] {
            assert_eq!(answered(&bench, Some(iss)).await, StatusCode::BAD_REQUEST, "{iss}");
        }
        if metadata == announcing {
            assert_eq!(answered(&bench, None).await, StatusCode::BAD_REQUEST);
            assert_eq!(answered(&bench, Some("")).await, StatusCode::BAD_REQUEST);
        }
        assert!(bench.provider.seen("/token").is_empty(), "no code was shown to anybody");
        assert!(!bench.is_provisioned("alice").await);
        let own = bench.provider.url.clone();
        assert_eq!(answered(&bench, Some(&own)).await, StatusCode::OK);
    }
}

/// The same database, another provider: whom that one calls alice is somebody else, and our client there another.
#[tokio::test]
async fn another_issuers_alice_has_neither_her_grant_nor_do_they_learn_our_secret() {
    // It keeps its name: otherwise it would register anew for the sake of its redirect URI.
    let name = (PUBLIC_URL, "http://mcp.example");
    let ours = Bench::with(&json!({}), &[OWN_GRANT, name]).await;
    let begun = ours.link("alice").await;
    let under_way = ours.depart("alice").await;
    ours.provision("alice", 3600).await;
    ours.client_of("alice")
        .call("nc_notes_list_notes", json!({}))
        .await
        .ok();

    let Bench { provider, server, .. } = ours;
    let (address, data) = (server.url.clone(), server.stop().await);
    let key = SigningKey::ed("k");
    let other = Provider::start(&[&key], &json!({})).await;
    let discovery = format!("{}/.well-known/openid-configuration", other.url);
    let settings = [("OIDC_DISCOVERY_URL", discovery.as_str()), OWN_GRANT, name];
    let server = TestServer::start_at(&provider.url, &settings, data).await;
    server.until_ready().await;
    let theirs = Bench::of(other, server, key, &settings);
    assert!(!theirs.is_provisioned("alice").await);
    let error = theirs
        .client_of("alice")
        .call("nc_notes_list_notes", json!({}))
        .await
        .error();
    assert!(error.contains("has not been provisioned"), "{error}");

    // A link and a login that were begun at the first one do not end at this one.
    let link = begun.replace(&address, &theirs.server.url);
    let continued = Departed::through(&link).await;
    let claims = theirs.id_claims(&continued, "alice", &json!({}));
    let back = theirs.agreed(&continued, "alice", &theirs.id_token(&claims), 3600);
    assert_eq!(
        come_back(&back, &continued.cookie).await.status(),
        StatusCode::FORBIDDEN
    );
    let claims = theirs.id_claims(&under_way, "alice", &json!({}));
    let back = theirs.agreed(&under_way, "alice", &theirs.id_token(&claims), 3600);
    let page = come_back(&back, &under_way.cookie).await;
    assert!(page.status().is_client_error(), "{}", page.status());
    assert!(!theirs.is_provisioned("alice").await);

    // Everything that was shown to the other one: its own secrets only.
    theirs.refusal("an-opaque-token").await;
    let seen = theirs.provider.all_seen();
    let secrets: Vec<&String> = seen.iter().filter_map(|seen| seen.form.get("client_secret")).collect();
    assert!(!secrets.is_empty());
    let own = format!("secret-of-{}", theirs.provider.url);
    assert!(secrets.iter().all(|secret| **secret == own), "{secrets:?}");
    assert!(theirs.provider.refresh_tokens_seen().is_empty());
}
