//! A session from its beginning to its end.

use actors::browser_sessions::{IDLE, LONGEST};
use actors::clock::SystemClock;
use actors::credential_vault::{CredentialVault, Table, VaultOptions};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{TestNextcloud, TestServer, Visitor};

const COOKIE: &str = "nextcloud-mcp-session";

#[tokio::test]
async fn logging_out_ends_the_session_and_not_only_the_cookie() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    visitor.log_in(&nextcloud.user).await;
    let mut copy = visitor.clone();
    let mut elsewhere = Visitor::new(&server);
    elsewhere.log_in(&nextcloud.user).await;

    let page = visitor.press("/oauth/logout").await;
    page.assert_says(StatusCode::OK, "You are logged out");
    assert!(visitor.cookies.is_empty());
    assert!(!copy.is_logged_in().await);
    assert!(elsewhere.is_logged_in().await, "other browsers stay logged in");
    let again = copy.post("/oauth/logout", &[]).await;
    again.assert_says(StatusCode::OK, "You are logged out");
}

/// Session fixation: a cookie that the browser had before the login is worth nothing after it.
#[tokio::test]
async fn each_login_has_a_session_of_its_own() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    visitor.log_in(&nextcloud.other).await;
    let mut before = visitor.clone();
    visitor.log_in(&nextcloud.user).await;
    assert_ne!(visitor.cookies[COOKIE], before.cookies[COOKIE]);
    assert!(!before.is_logged_in().await && visitor.is_logged_in().await);

    let mut planted = Visitor::new(&server);
    planted.cookies.insert(COOKIE.to_owned(), "planted".to_owned());
    planted.log_in(&nextcloud.user).await;
    assert_ne!(planted.cookies[COOKIE], "planted");
}

#[tokio::test]
async fn a_session_survives_a_restart_and_not_its_time() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    visitor.log_in(&nextcloud.user).await;
    let cookie = visitor.cookies[COOKIE].clone();
    let mut data = server.stop().await;
    let vault = open(&data);
    let [(key, record)]: [(String, Value); 1] = vault.list(Table::BrowserSessions).await.unwrap().try_into().unwrap();
    assert!(!format!("{key}{record}").contains(&cookie));
    vault.close().await;
    // Not used for as long as it may be, and as old as it may get; each time a minute less first.
    for (field, seconds, lasts) in [
        ("used_at", IDLE - 60, true),
        ("used_at", IDLE, false),
        ("created_at", LONGEST - 60, true),
        ("created_at", LONGEST, false),
    ] {
        let mut aged = record.clone();
        aged[field] = json!(SystemClock::shared().unix_seconds() - seconds);
        let vault = open(&data);
        vault.put(Table::BrowserSessions, &key, &aged).await.unwrap();
        vault.close().await;
        let server = TestServer::start_in(&nextcloud, &[], data).await;
        visitor = visitor.moved_to(&server);
        assert_eq!(visitor.is_logged_in().await, lasts, "{field}: {seconds} s ago");
        data = server.stop().await;
    }
}

fn open(data: &TempDir) -> CredentialVault {
    CredentialVault::open(VaultOptions::at(data.path().join("credentials.redb"))).unwrap()
}
