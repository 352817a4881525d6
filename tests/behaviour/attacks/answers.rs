//! What a provider answers about opaque tokens: for others, too much, too late.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::bench::{Bench, now};
use super::provider::{Answer, INTROSPECTION, USERINFO, changed};

fn active(bench: &Bench, changes: &Value) -> Value {
    let answer = json!({
        "active": true, "sub": "alice", "client_id": "inspector", "aud": bench.server.mcp_url(), "exp": now() + 600,
        "scope": "openid notes:read",
    });
    changed(answer, changes)
}

#[tokio::test]
async fn active_for_somebody_else_is_not_active_for_us() {
    let bench = Bench::start().await;
    let answer = |changes: &Value| {
        let answer = active(&bench, changes);
        bench.provider.answer(INTROSPECTION, Answer::Json(answer));
    };
    answer(&json!({}));
    assert!(bench.admits("good").await);
    let (not_for_us, malformed) = ("not issued for this server", "malformed");
    for (number, (changes, words)) in [
        (json!({"aud": "https://other.example"}), not_for_us),
        (json!({"aud": ["account", "them"]}), not_for_us),
        (json!({"aud": null}), not_for_us),
        (json!({"aud": null, "client_id": null}), not_for_us),
        (json!({"aud": "them", "client_id": "us"}), not_for_us),
        (json!({"iss": "https://other.example"}), "does not trust"),
        (json!({"exp": now() - 60}), "expired"),
        (json!({"nbf": now() + 600}), "not valid yet"),
        (json!({"active": false}), "not active"),
        (json!({"sub": null}), malformed),
        (json!({"sub": "alice\nbob"}), malformed),
    ]
    .into_iter()
    .enumerate()
    {
        answer(&changes);
        let told = bench.refusal(&format!("token-{number}")).await;
        assert!(told.contains(words), "{changes}: {told}");
    }
    // What is not said as the protocol says it is not said.
    for (number, changes) in [
        json!({"active": "true"}),
        json!({"active": 1}),
        json!({"active": null}),
        json!({"exp": "2100-01-01"}),
        json!({"exp": -1}),
    ]
    .into_iter()
    .enumerate()
    {
        answer(&changes);
        unavailable(&bench, &format!("odd-{number}")).await;
    }
}

/// The token can be neither taken nor refused, and its holder is not asked to log in again.
async fn unavailable(bench: &Bench, token: &str) {
    let response = bench.server.with_token(token).send("ping", json!({})).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{token}");
    assert!(!response.headers().contains_key("www-authenticate"));
}

/// Where there is no introspection, userinfo is asked.
async fn with_userinfo() -> Bench {
    Bench::with(&json!({"introspection_endpoint": null}), &[]).await
}

#[tokio::test]
async fn answers_without_measure_are_not_read() {
    let padding = json!({"padding": "x".repeat(100_000)});
    let bench = Bench::start().await;
    let answer = active(&bench, &padding);
    bench.provider.answer(INTROSPECTION, Answer::Json(answer));
    unavailable(&bench, "opaque").await;

    let bench = with_userinfo().await;
    bench.provider.answer(USERINFO, Answer::Json(json!({"sub": "alice"})));
    assert!(bench.admits("good").await);
    let answer = changed(json!({"sub": "alice"}), &padding);
    bench.provider.answer(USERINFO, Answer::Json(answer));
    unavailable(&bench, "opaque").await;
}

#[tokio::test]
async fn a_provider_that_never_ends_its_answer_is_not_waited_for_and_holds_nobody_up() {
    let (introspecting, asking) = (Bench::start().await, with_userinfo().await);
    introspecting.provider.answer(INTROSPECTION, Answer::Stall);
    asking.provider.answer(USERINFO, Answer::Stall);
    // MCP clients give up after a minute.
    let patience = Duration::from_secs(30);
    let slow = async { tokio::join!(unavailable(&introspecting, "opaque"), unavailable(&asking, "opaque")) };
    let slow = tokio::time::timeout(patience, slow);
    let others = async {
        while introspecting.provider.seen(INTROSPECTION).is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(introspecting.admits(&introspecting.token(&json!({}))).await);
        assert!(asking.admits(&asking.token(&json!({}))).await);
    };
    let (slow, ()) = tokio::join!(slow, others);
    assert!(slow.is_ok(), "they were given up");
}

#[tokio::test]
async fn what_a_provider_says_of_a_token_is_not_repeated() {
    let hostile = "\"\r\nSet-Cookie: a=b\r\n\r\n<script>b\u{f6}se";
    let bench = Bench::start().await;
    let error = json!({"error": hostile, "error_description": hostile, "active": false});
    for (number, status) in [200, 400, 401, 403, 500].into_iter().enumerate() {
        let status = StatusCode::from_u16(status).unwrap();
        bench
            .provider
            .answer(INTROSPECTION, Answer::Error(status, error.clone()));
        let token = format!("token-{number}");
        let response = bench.server.with_token(&token).send("ping", json!({})).await;
        assert!(matches!(response.status().as_u16(), 401 | 503), "{status}");
        assert!(!response.headers().contains_key("set-cookie"));
        let headers = format!("{:?}", response.headers());
        let body = response.text().await.unwrap();
        for text in [headers, body] {
            assert!(
                !text.contains("<script") && !text.contains("Set-Cookie") && !text.contains("b\u{f6}se"),
                "{text}"
            );
        }
    }
}
