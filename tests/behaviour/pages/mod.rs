//! The pages that people see in their browsers.

mod cookies;
mod forms;
mod login;
mod protection;
mod public;
mod session;
mod visitor;

use reqwest::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap};

use crate::support::{TestNextcloud, TestServer, http_client};
use visitor::Visitor;

/// As a browser asks.
const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A server that has grants of its own.
async fn granting(nextcloud: &TestNextcloud) -> TestServer {
    let server = TestServer::start(nextcloud, &[("NEXTCLOUD_TOKEN_PASSTHROUGH", "false")]).await;
    server.until_ready().await;
    server
}

/// What every page is sent with.
#[track_caller]
fn assert_protected(headers: &HeaderMap, page: &str) {
    assert_eq!(
        headers[CONTENT_SECURITY_POLICY],
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        "{page}"
    );
    assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8", "{page}");
    assert_eq!(headers[CACHE_CONTROL], "no-store", "{page}");
    assert_eq!(headers["x-content-type-options"], "nosniff", "{page}");
    assert_eq!(headers["referrer-policy"], "no-referrer", "{page}");
    assert_eq!(headers["x-frame-options"], "DENY", "{page}");
}

/// The policy forbids them, so a page that had some would be broken.
#[track_caller]
fn assert_nothing_inline(page: &str) {
    for forbidden in ["<script", "<style", " style=", " onclick=", "<img", "http-equiv"] {
        assert!(!page.contains(forbidden), "{forbidden}: {page}");
    }
}
