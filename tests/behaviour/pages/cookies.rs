//! What the cookies of our own pages are set with.

use reqwest::header::SET_COOKIE;

use super::visitor::{Page, at_provider};
use super::{TestNextcloud, TestServer, Visitor};

/// The attributes of the cookie whose name begins with `name`.
#[track_caller]
fn attributes(page: &Page, name: &str) -> String {
    let cookies = page
        .headers
        .get_all(SET_COOKIE)
        .iter()
        .map(|value| value.to_str().unwrap());
    let mut ours = cookies.filter(|cookie| cookie.starts_with(name));
    let cookie = ours.next().unwrap_or_else(|| panic!("no {name}: {:?}", page.headers));
    cookie.split_once("; ").unwrap().1.to_owned()
}

/// A server with these variables: the cookie of a login that begins, and that of the session that follows.
async fn cookies(variables: &[(&str, &str)], prefix: &str) -> (String, String) {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::start(&nextcloud, variables).await;
    server.until_ready().await;
    let mut visitor = Visitor::new(&server);
    let page = visitor.get("/oauth/login").await;
    let login = attributes(&page, &format!("{prefix}nextcloud-mcp-login-"));
    let back = at_provider(&page.location(), &nextcloud.user).await;
    let page = visitor.come_back(&back).await;
    assert!(
        visitor.is_logged_in().await,
        "a browser that keeps the cookies is logged in: {}",
        page.text
    );
    let removed = attributes(&page, &format!("{prefix}nextcloud-mcp-login-"));
    assert!(removed.contains("Max-Age=0"), "{removed}");
    (login, attributes(&page, &format!("{prefix}nextcloud-mcp-session=")))
}

#[tokio::test]
async fn over_https_cookies_are_bound_to_tls_and_the_host() {
    let https = [("NEXTCLOUD_MCP_SERVER_URL", "https://mcp.example.org")];
    let (login, session) = cookies(&https, "__Host-").await;
    assert_eq!(login, "Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600");
    assert_eq!(session, "Path=/; HttpOnly; SameSite=Lax; Secure");
}

#[tokio::test]
async fn over_http_cookies_are_as_narrow_as_they_can_be() {
    let (login, session) = cookies(&[], "").await;
    assert_eq!(login, "Path=/; HttpOnly; SameSite=Lax; Max-Age=600");
    assert_eq!(session, "Path=/; HttpOnly; SameSite=Lax");
}

#[tokio::test]
async fn the_operator_has_the_last_word() {
    let (_, session) = cookies(&[("COOKIE_SECURE", "true")], "__Host-").await;
    assert!(session.contains("; Secure"), "{session}");
    let behind_tls = [
        ("NEXTCLOUD_MCP_SERVER_URL", "https://mcp.example.org"),
        ("COOKIE_SECURE", "false"),
    ];
    let (_, session) = cookies(&behind_tls, "").await;
    assert!(!session.contains("Secure"), "{session}");
}
