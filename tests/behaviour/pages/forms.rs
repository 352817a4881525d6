//! What the buttons of a person's own page do, and that nobody else can press them.

use reqwest::StatusCode;
use serde_json::json;
use url::Url;

use super::visitor::{Page, at_provider};
use super::{TestNextcloud, TestServer, Visitor, granting, http_client};
use crate::support::{McpClient, TestUser};

const FORMS: [&str; 3] = ["/user/provision", "/user/revoke", "/oauth/logout"];
const SCOPE: &str = "openid profile email notes:read notes:write";

async fn is_provisioned(mcp: &McpClient) -> bool {
    mcp.call("check_provisioning_status", json!({})).await.ok()["is_provisioned"] == true
}

/// Goes where the page of the button sends the browser, to the provider and back.
async fn agree(visitor: &mut Visitor, page: &Page, user: &TestUser) -> Page {
    page.assert_says(StatusCode::OK, "Continue at Nextcloud");
    let refresh = page.headers["refresh"].to_str().unwrap();
    let link = refresh.strip_prefix("0; url=").unwrap();
    assert!(
        page.text.contains(&format!("href=\"{link}\"")),
        "the same link to click"
    );
    let link = Url::parse(link).unwrap();
    let location = visitor.get(&link[url::Position::BeforePath..]).await.location();
    let back = at_provider(&location, user).await;
    visitor.come_back(&back).await
}

async fn provision(visitor: &mut Visitor, user: &TestUser) {
    let page = visitor.press("/user/provision").await;
    let page = agree(visitor, &page, user).await;
    page.assert_says(StatusCode::OK, "Nextcloud is connected");
}

#[tokio::test]
async fn a_person_gives_access_sees_it_and_takes_it_back() {
    let nextcloud = TestNextcloud::start().await;
    let server = granting(&nextcloud).await;
    let mcp = server.client_of(&nextcloud.user, SCOPE).await;
    let mut visitor = Visitor::new(&server);
    let page = visitor.log_in(&nextcloud.user).await;
    assert!(page.text.contains("has no access to your Nextcloud"), "{}", page.text);
    assert!(!page.text.contains("action=\"/user/revoke\""), "{}", page.text);

    provision(&mut visitor, &nextcloud.user).await;
    assert!(is_provisioned(&mcp).await);
    mcp.call("nc_notes_list_notes", json!({})).await.ok();
    let page = visitor.get("/user/page").await;
    for shown in [
        "<li>offline_access</li>",
        "<time datetime=\"20",
        "action=\"/user/revoke\"",
    ] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    assert!(!page.text.contains("action=\"/user/provision\""), "{}", page.text);

    let page = visitor.press("/user/revoke").await;
    page.assert_says(StatusCode::OK, "The access has ended");
    assert!(!is_provisioned(&mcp).await);
    let error = mcp.call("nc_notes_list_notes", json!({})).await.error();
    assert!(error.contains("was revoked"), "{error}");
    assert!(
        visitor
            .get("/user/page")
            .await
            .text
            .contains("action=\"/user/provision\"")
    );

    // What a tool gave, the page takes back, and the other way round.
    provision(&mut visitor, &nextcloud.user).await;
    let revoked = mcp.call("revoke_nextcloud_access", json!({})).await.ok();
    assert_eq!(revoked["success"], true);
    assert!(
        visitor
            .get("/user/page")
            .await
            .text
            .contains("action=\"/user/provision\"")
    );
}

#[tokio::test]
async fn a_form_that_was_on_no_page_of_the_session_changes_nothing() {
    let nextcloud = TestNextcloud::start().await;
    let server = granting(&nextcloud).await;
    let mcp = server.client_of(&nextcloud.user, SCOPE).await;
    let mut visitor = Visitor::new(&server);
    visitor.log_in(&nextcloud.user).await;
    let earlier = visitor.get("/user/page").await.csrf_token("/oauth/logout");
    visitor.log_in(&nextcloud.user).await;
    provision(&mut visitor, &nextcloud.user).await;
    let mut other = Visitor::new(&server);
    let of_another = other.log_in(&nextcloud.other).await.csrf_token("/oauth/logout");
    let own = visitor.get("/user/page").await.csrf_token("/oauth/logout");
    assert_ne!(own, of_another);

    let forgeries: [&[(&str, &str)]; 7] = [
        &[],
        &[("csrf_token", "")],
        &[("csrf_token", "forged")],
        &[("csrf_token", &earlier)],
        &[("csrf_token", &of_another)],
        &[("csrf_token", &own[1..])],
        &[("csrf_token", &own), ("csrf_token", &own)],
    ];
    for path in FORMS {
        for form in forgeries {
            let page = visitor.post(path, form).await;
            page.assert_says(StatusCode::FORBIDDEN, "Nothing was changed");
        }
        let filled = [("csrf_token", own.as_str()), ("more", &"x".repeat(8192))];
        let page = visitor.post(path, &filled).await;
        page.assert_says(StatusCode::FORBIDDEN, "Nothing was changed");
        let opened = visitor.get(path).await;
        assert_eq!(opened.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    assert!(visitor.is_logged_in().await && is_provisioned(&mcp).await);
}

#[tokio::test]
async fn whoever_is_not_logged_in_changes_nothing() {
    let nextcloud = TestNextcloud::start().await;
    let server = granting(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    visitor.log_in(&nextcloud.user).await;
    let token = visitor.get("/user/page").await.csrf_token("/oauth/logout");
    let mut stranger = Visitor::new(&server);
    for path in ["/user/provision", "/user/revoke"] {
        let page = stranger.post(path, &[("csrf_token", &token)]).await;
        page.assert_says(StatusCode::FORBIDDEN, "Nothing was changed");
    }
    let login = server
        .login(&nextcloud.user, SCOPE, crate::support::TokenKind::Jwt)
        .await;
    let url = format!("{}/user/page", server.url);
    let page = http_client()
        .get(url)
        .bearer_auth(login.access_token)
        .send()
        .await
        .unwrap();
    let page = page.text().await.unwrap();
    assert!(
        page.contains("href=\"/oauth/login\""),
        "a client's token is no login: {page}"
    );
}

/// The link is made for the person who is logged in here, whoever is logged in at Nextcloud.
#[tokio::test]
async fn access_that_another_account_gives_is_not_taken() {
    let nextcloud = TestNextcloud::start().await;
    let server = granting(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    visitor.log_in(&nextcloud.user).await;
    let page = visitor.press("/user/provision").await;
    let page = agree(&mut visitor, &page, &nextcloud.other).await;
    page.assert_says(StatusCode::FORBIDDEN, "This is another account");
    for user in [&nextcloud.user, &nextcloud.other] {
        let mcp = server.client_of(user, SCOPE).await;
        assert!(!is_provisioned(&mcp).await, "{}", user.name);
    }
}

#[tokio::test]
async fn with_passthrough_nothing_is_kept_and_the_page_says_so() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    let page = visitor.log_in(&nextcloud.user).await;
    assert!(page.text.contains("keeps no access to your Nextcloud"), "{}", page.text);
    let token = page.csrf_token("/oauth/logout");
    for path in ["/user/provision", "/user/revoke"] {
        assert!(!page.text.contains(path), "{}", page.text);
        let page = visitor.post(path, &[("csrf_token", &token)]).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    }
}
