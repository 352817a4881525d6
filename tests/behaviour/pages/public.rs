//! The pages that everybody sees.

use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use reqwest::{Response, StatusCode};

use super::{HTML, TestNextcloud, TestServer, assert_nothing_inline, assert_protected, http_client};

async fn open(server: &TestServer, path: &str) -> Response {
    let url = format!("{}{path}", server.url);
    http_client().get(url).header(ACCEPT, HTML).send().await.unwrap()
}

#[tokio::test]
async fn the_start_page_says_where_mcp_is() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;

    let response = open(&server, "/").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_protected(response.headers(), "/");
    assert_eq!(response.headers()[VARY], "Accept");
    let page = response.text().await.unwrap();
    assert_nothing_inline(&page);
    assert!(page.contains(&format!("<code>{}</code>", server.mcp_url())), "{page}");
    assert!(page.contains("href=\"/user/page\""), "{page}");
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{page}");

    let plain = http_client()
        .get(&server.url)
        .header(ACCEPT, "*/*")
        .send()
        .await
        .unwrap();
    let plain = plain.text().await.unwrap();
    assert!(plain.contains(&server.mcp_url()) && !plain.contains('<'), "{plain}");
}

#[tokio::test]
async fn a_single_user_has_no_account_page() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::single_user(&nextcloud).await;
    let page = open(&server, "/").await.text().await.unwrap();
    assert!(page.contains("No login is needed"), "{page}");
    assert!(!page.contains("/user/page"), "{page}");
    for path in ["/user/page", "/oauth/login", "/oauth/callback?state=a"] {
        assert_eq!(open(&server, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/oauth/logout", "/user/provision", "/user/revoke"] {
        let response = http_client()
            .post(format!("{}{path}", server.url))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_stylesheet_is_ours_and_may_be_kept() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let page = open(&server, "/").await.text().await.unwrap();
    let (_, rest) = page.split_once("rel=\"stylesheet\" href=\"").unwrap();
    let (path, _) = rest.split_once('"').unwrap();
    let response = open(&server, path).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[CONTENT_TYPE], "text/css; charset=utf-8");
    assert!(
        response.headers()[CACHE_CONTROL]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert!(response.text().await.unwrap().contains("prefers-color-scheme: dark"));
    let other = open(&server, "/assets/other.css").await;
    assert_eq!(other.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_not_there_is_told_in_the_askers_language() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let response = open(&server, "/no/such/<b>page").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_protected(response.headers(), "404");
    let page = response.text().await.unwrap();
    assert_nothing_inline(&page);
    assert!(page.contains("<h1>There is nothing here</h1>"), "{page}");

    let url = format!("{}/.well-known/openid-configuration", server.url);
    let program = http_client().get(url).send().await.unwrap();
    assert_eq!(program.status(), StatusCode::NOT_FOUND);
    assert!(program.text().await.unwrap().contains("MCP is served at /mcp"));
}
