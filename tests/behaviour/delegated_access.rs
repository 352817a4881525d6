//! Flow 2: a user lets this server reach their Nextcloud by itself, and takes that back.

use std::time::Duration;

use crate::support::url::{parameter, with_parameter};
use crate::support::{Departed, McpClient, TestNextcloud, TestServer, TestUser, come_back, http_client};
use futures_util::future::join_all;
use http::StatusCode;
use nextcloud_sandbox::SandboxOptions;
use nextcloud_sandbox::browser::{Browser, Consent};
use serde_json::{Value, json};
use url::Url;

const SCOPE: &str = "openid profile email notes:read notes:write";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
    /// What the server is called, wherever it listens.
    public_url: String,
}

impl Fixture {
    async fn start() -> Self {
        Self::at(TestNextcloud::start().await).await
    }

    async fn at(nextcloud: TestNextcloud) -> Self {
        let server = TestServer::start(&nextcloud, &[("NEXTCLOUD_TOKEN_PASSTHROUGH", "false")]).await;
        server.until_ready().await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        Self {
            public_url: server.url.clone(),
            nextcloud,
            server,
            mcp,
        }
    }

    async fn tool(&self, name: &str) -> Value {
        self.mcp.call(name, json!({})).await.ok()
    }

    /// A new link from the tool.
    async fn link(&self) -> String {
        let answer = self.tool("provision_nextcloud_access").await;
        assert_eq!(
            (&answer["success"], &answer["already_provisioned"]),
            (&json!(true), &json!(false))
        );
        answer["provisioning_url"].as_str().unwrap().to_owned()
    }

    /// Opens a new link.
    async fn depart(&self) -> Departed {
        Departed::through(&self.link().await).await
    }

    /// Logs `user` in at the provider and agrees: the address of our callback with the answer.
    async fn log_in(&self, departed: &Departed, user: &TestUser) -> Url {
        let mut browser = Browser::new(&user.name, &user.password).unwrap();
        browser.authorize(departed.location.as_str()).await.unwrap()
    }

    async fn provision(&self) {
        let departed = self.depart().await;
        let back = self.log_in(&departed, &self.nextcloud.user).await;
        let page = come_back(&back, &departed.cookie).await;
        assert_eq!(page.status(), StatusCode::OK, "{}", page.text().await.unwrap());
    }

    /// Stops the server and starts it again with its database and its public name; it listens elsewhere then.
    async fn restart(self) -> Self {
        let data = self.server.stop().await;
        let variables = [
            ("NEXTCLOUD_TOKEN_PASSTHROUGH", "false"),
            ("NEXTCLOUD_MCP_SERVER_URL", self.public_url.as_str()),
        ];
        let server = TestServer::start_in(&self.nextcloud, &variables, data).await;
        server.until_ready().await;
        let mcp = server.client_of(&self.nextcloud.user, SCOPE).await;
        Self { server, mcp, ..self }
    }

    async fn is_provisioned(&self) -> bool {
        self.tool("check_provisioning_status").await["is_provisioned"] == true
    }
}

#[tokio::test]
async fn a_user_gives_access_uses_it_and_takes_it_back() {
    let fixture = Fixture::start().await;
    let error = fixture.mcp.call("nc_notes_list_notes", json!({})).await.error();
    assert!(error.contains("has not been provisioned"), "{error}");
    assert!(error.contains("/oauth/authorize-nextcloud?ticket="), "{error}");
    assert!(!fixture.is_provisioned().await);
    let answer = fixture.tool("check_logged_in").await;
    assert!(answer["result"].as_str().unwrap().starts_with("no: "), "{answer}");

    let departed = fixture.depart().await;
    let asked = |name: &str| departed.asked(name);
    assert_eq!(asked("scope"), "openid profile email offline_access");
    assert_eq!(asked("code_challenge_method"), "S256");
    assert_eq!(asked("resource"), fixture.nextcloud.url);
    assert_eq!(
        (
            asked("state").len(),
            asked("nonce").len(),
            asked("code_challenge").len()
        ),
        (43, 43, 43)
    );
    let back = fixture.log_in(&departed, &fixture.nextcloud.user).await;
    let page = come_back(&back, &departed.cookie).await;
    assert_eq!(page.status(), StatusCode::OK);
    for (name, value) in [("cache-control", "no-store"), ("referrer-policy", "no-referrer")] {
        assert_eq!(page.headers()[name], value);
    }
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(page.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert!(page.text().await.unwrap().contains(&fixture.nextcloud.user.name));

    fixture.mcp.call("nc_notes_list_notes", json!({})).await.ok();
    let status = fixture.tool("check_provisioning_status").await;
    assert_eq!(status["is_provisioned"], true);
    assert_eq!(
        status["scopes"],
        json!(["openid", "profile", "email", "offline_access"])
    );
    assert!(status["provisioned_at"].as_str().unwrap().ends_with('Z'), "{status}");
    assert_eq!(fixture.tool("check_logged_in").await["result"], "yes");
    assert_eq!(
        fixture.tool("provision_nextcloud_access").await["already_provisioned"],
        true
    );

    assert_eq!(fixture.tool("revoke_nextcloud_access").await["success"], true);
    assert!(!fixture.is_provisioned().await);
    fixture.mcp.call("nc_notes_list_notes", json!({})).await.error();
    fixture.provision().await;
    fixture.mcp.call("nc_notes_list_notes", json!({})).await.ok();
}

#[tokio::test]
async fn the_account_that_logs_in_has_to_be_the_one_that_asked() {
    let fixture = Fixture::start().await;
    let departed = fixture.depart().await;
    let back = fixture.log_in(&departed, &fixture.nextcloud.other).await;
    let page = come_back(&back, &departed.cookie).await;
    assert_eq!(page.status(), StatusCode::FORBIDDEN);
    assert!(page.text().await.unwrap().contains("another account"));
    assert!(!fixture.is_provisioned().await);
    let other = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    let status = other.call("check_provisioning_status", json!({})).await.ok();
    assert_eq!(status["is_provisioned"], false, "nor has the other one given any");
}

#[tokio::test]
async fn a_link_works_once_and_is_not_used_up_by_a_preview() {
    let fixture = Fixture::start().await;
    let link = fixture.link().await;
    let http = http_client();
    assert_eq!(http.head(&link).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(http.get(&link).send().await.unwrap().status(), StatusCode::SEE_OTHER);
    let again = http.get(&link).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::BAD_REQUEST);
    assert!(!again.headers().contains_key("location"));
    let forged = format!("{}/oauth/authorize-nextcloud", fixture.server.url);
    for query in [
        "",
        "?ticket=",
        "?ticket=forged",
        "?ticket=a&ticket=b",
        "?ticket=%3Cscript%3E",
    ] {
        let page = http.get(format!("{forged}{query}")).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::BAD_REQUEST);
        assert!(!page.text().await.unwrap().contains("<script>"));
    }
}

#[tokio::test]
async fn only_the_browser_that_went_comes_back_and_only_once() {
    let fixture = Fixture::start().await;
    // Without the cookie: somebody else's browser. The state is used up by that.
    let departed = fixture.depart().await;
    let back = fixture.log_in(&departed, &fixture.nextcloud.user).await;
    for cookie in ["", "nextcloud-mcp-login=forged"] {
        let page = come_back(&back, cookie).await;
        assert_eq!(page.status(), StatusCode::BAD_REQUEST);
    }
    let page = come_back(&back, &departed.cookie).await;
    assert_eq!(
        page.status(),
        StatusCode::BAD_REQUEST,
        "it is too late for the right one"
    );
    assert!(!fixture.is_provisioned().await);

    // The cookie of another login of the same user.
    let (one, other) = (fixture.depart().await, fixture.depart().await);
    let back = fixture.log_in(&one, &fixture.nextcloud.user).await;
    assert_eq!(come_back(&back, &other.cookie).await.status(), StatusCode::BAD_REQUEST);
    assert!(!fixture.is_provisioned().await);

    let departed = fixture.depart().await;
    let back = fixture.log_in(&departed, &fixture.nextcloud.user).await;
    let forged = with_parameter(&back, "state", "forged");
    assert_eq!(
        come_back(&forged, &departed.cookie).await.status(),
        StatusCode::BAD_REQUEST
    );
    let mixed_up = with_parameter(&back, "iss", "https://evil.example");
    assert_eq!(
        come_back(&mixed_up, &departed.cookie).await.status(),
        StatusCode::BAD_REQUEST
    );
    assert!(!fixture.is_provisioned().await);

    let departed = fixture.depart().await;
    let back = fixture.log_in(&departed, &fixture.nextcloud.user).await;
    assert_eq!(come_back(&back, &departed.cookie).await.status(), StatusCode::OK);
    assert_eq!(
        come_back(&back, &departed.cookie).await.status(),
        StatusCode::BAD_REQUEST
    );
    assert!(fixture.is_provisioned().await, "a replay changes nothing");
}

#[tokio::test]
async fn a_code_of_another_login_is_not_taken() {
    let fixture = Fixture::start().await;
    let (one, other) = (fixture.depart().await, fixture.depart().await);
    let stolen = fixture.log_in(&one, &fixture.nextcloud.user).await;
    let code = parameter(&stolen, "code").unwrap();
    let state = other.asked("state");
    // The PKCE verifier and the nonce are those of the other login.
    let injected = with_parameter(&with_parameter(&stolen, "code", &code), "state", &state);
    let page = come_back(&injected, &other.cookie).await;
    assert_eq!(page.status(), StatusCode::BAD_GATEWAY);
    assert!(!fixture.is_provisioned().await);
}

#[tokio::test]
async fn a_refusal_is_told_and_what_it_says_is_not_repeated() {
    let fixture = Fixture::start().await;
    let departed = fixture.depart().await;
    let user = &fixture.nextcloud.user;
    let mut browser = Browser::new(&user.name, &user.password).unwrap().consent(Consent::Deny);
    let back = browser.authorize(departed.location.as_str()).await.unwrap();
    let back = with_parameter(
        &back,
        "error_description",
        "<script>alert(1)</script>\r\nSet-Cookie: a=b",
    );
    let page = come_back(&back, &departed.cookie).await;
    assert_eq!(page.status(), StatusCode::FORBIDDEN);
    let text = page.text().await.unwrap();
    assert!(
        text.contains("No access was given") && !text.contains("script"),
        "{text}"
    );
    assert!(!fixture.is_provisioned().await);
}

#[tokio::test]
async fn a_grant_and_a_login_under_way_survive_a_restart() {
    let fixture = Fixture::start().await;
    let departed = fixture.depart().await;
    let mut back = fixture.log_in(&departed, &fixture.nextcloud.user).await;
    let fixture = fixture.restart().await;
    assert!(!fixture.is_provisioned().await);
    back.set_port(Url::parse(&fixture.server.url).unwrap().port()).unwrap();
    assert_eq!(come_back(&back, &departed.cookie).await.status(), StatusCode::OK);
    fixture.mcp.call("nc_notes_list_notes", json!({})).await.ok();

    let fixture = fixture.restart().await;
    fixture.mcp.call("nc_notes_list_notes", json!({})).await.ok();
}

/// Nextcloud's own client list, or its nightly job, ends the grant before its time.
#[tokio::test]
async fn a_call_that_meets_the_end_of_the_grant_gives_the_link() {
    let fixture = Fixture::at(TestNextcloud::sandbox(SandboxOptions::new()).await).await;
    fixture.provision().await;
    fixture.mcp.call("nc_notes_list_notes", json!({})).await.ok();
    let status = fixture.tool("check_provisioning_status").await;
    let admin = fixture.nextcloud.state().oidc_admin();
    assert!(admin.delete_client(status["client_id"].as_str().unwrap()));
    let error = fixture.mcp.call("nc_notes_list_notes", json!({})).await.error();
    assert!(error.contains("deleted this server's OAuth client"), "{error}");
    assert!(error.contains("/oauth/authorize-nextcloud?ticket="), "{error}");
    assert!(!fixture.is_provisioned().await);
    fixture.provision().await;
    fixture.mcp.call("nc_notes_list_notes", json!({})).await.ok();
}

#[tokio::test]
async fn sixty_calls_at_once_are_served_across_many_renewals() {
    let options = SandboxOptions::new().expire_time(Duration::from_secs(1));
    let fixture = Fixture::at(TestNextcloud::sandbox(options).await).await;
    fixture.provision().await;
    let mut grants = std::collections::HashSet::new();
    // Each renewal ends the token before it; a token is good for a second.
    for _ in 0..200 {
        let calls = (0..60).map(|_| fixture.mcp.call("nc_notes_list_notes", json!({})));
        for outcome in join_all(calls).await {
            outcome.ok();
        }
        let rows = fixture.nextcloud.state().oidc_admin().tokens();
        grants.extend(rows.into_iter().filter_map(|row| row.refresh_token));
        if grants.len() >= 4 {
            return;
        }
    }
    panic!("the grant was renewed {} times", grants.len());
}

#[tokio::test]
async fn with_passthrough_there_is_nothing_to_provision() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mcp = server.client_of(&nextcloud.user, SCOPE).await;
    let tools = mcp.result("tools/list", json!({})).await.to_string();
    assert!(!tools.contains("provision"), "{tools}");
    let page = http_client()
        .get(format!("{}/oauth/callback?state=a", server.url))
        .send()
        .await;
    assert_eq!(
        page.unwrap().status(),
        StatusCode::BAD_REQUEST,
        "people log in all the same"
    );
}
