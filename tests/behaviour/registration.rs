//! The provider deletes this server's OAuth client while it is in use, or does not register another one at once.

use actors::credential_vault::{CredentialVault, Table, VaultOptions};
use futures_util::future::{join, join_all, join3};
use http::{Method, StatusCode};
use nextcloud_sandbox::browser::Browser;
use nextcloud_sandbox::faults::Fault;
use nextcloud_sandbox::{SandboxOptions, TokenType};
use reqwest::Response;
use serde_json::{Value, json};
use url::Url;

use crate::client_command::{client, said};
use crate::support::url::parameter;
use crate::support::{Departed, McpClient, TestNextcloud, TestServer, TestUser, come_back, http_client};

const SCOPE: &str = "openid profile email notes:read notes:write";
const REGISTER: &str = "/apps/oidc/register";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
}

impl Fixture {
    /// A server that has registered itself, and needs a grant of its own for each user.
    async fn start() -> Self {
        let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
        let server = TestServer::start(&nextcloud, &[("NEXTCLOUD_TOKEN_PASSTHROUGH", "false")]).await;
        server.until_ready().await;
        Self { nextcloud, server }
    }

    /// The ids of this server's clients at the provider.
    fn our_clients(&self) -> Vec<String> {
        let clients = self.nextcloud.state().oidc_admin().clients();
        let ours = clients
            .into_iter()
            .filter(|client| client.name == "Nextcloud MCP Server");
        ours.map(|client| client.client_id).collect()
    }

    fn our_client(&self) -> String {
        let clients = self.our_clients();
        assert_eq!(clients.len(), 1, "{clients:?}");
        clients.into_iter().next().unwrap()
    }

    /// Clients with opaque tokens for this server that it has never seen: only introspection tells what they are.
    fn unseen(&self, count: usize) -> Vec<McpClient> {
        let admin = self.nextcloud.state().oidc_admin();
        let application = admin.create_client("somebody's MCP client", &["http://127.0.0.1:9/"], TokenType::Opaque);
        let resource = self.server.mcp_url();
        let issue = || {
            let client_id = &application.client_id;
            let tokens = admin.issue_for("alice", client_id, SCOPE, &self.nextcloud.url, Some(&resource));
            self.server.with_token(&tokens.unwrap().access_token)
        };
        (0..count).map(|_| issue()).collect()
    }

    /// A link that `user` has not followed yet.
    async fn link(&self, mcp: &McpClient) -> String {
        let answer = mcp.call("provision_nextcloud_access", json!({})).await.ok();
        answer["provisioning_url"].as_str().unwrap().to_owned()
    }

    /// `user` follows a link and agrees.
    async fn provision(&self, mcp: &McpClient, user: &TestUser) {
        let departed = Departed::through(&self.link(mcp).await).await;
        let mut browser = Browser::new(&user.name, &user.password).unwrap();
        let back = browser.authorize(departed.location.as_str()).await.unwrap();
        let page = come_back(&back, &departed.cookie).await;
        assert_eq!(page.status(), StatusCode::OK, "{}", page.text().await.unwrap());
    }

    /// `GET /oauth/authorize` as an MCP client sends its user there.
    async fn authorize(&self) -> Response {
        let query = "client_id=theirs&redirect_uri=http://127.0.0.1:9/&response_type=code&code_challenge_method=S256\
                     &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        open(&format!("{}/oauth/authorize?{query}", self.server.url)).await
    }
}

async fn open(address: &str) -> Response {
    http_client().get(address).send().await.unwrap()
}

/// Whom the provider is going to think of.
fn client_id(response: &Response) -> String {
    let location = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    parameter(&location, "client_id").unwrap()
}

async fn list(mcp: &McpClient) -> Response {
    mcp.send("tools/list", json!({})).await
}

/// What "recovers" means differs: a token of somebody else's client is introspected again, as the new client, and is good;
/// a link leads to the provider with the new client's id; a login that a client began through us never depended on ours; a
/// grant belongs to the client it was given to and is gone with it, so its user is told, with the link to give another.
#[tokio::test]
async fn a_client_deleted_while_fifty_requests_run_is_replaced_by_one_and_they_recover() {
    let fixture = Fixture::start().await;
    let Fixture { nextcloud, server } = &fixture;
    let (alice, bob) = (&nextcloud.user, &nextcloud.other);
    let (with_grant, without) = join(server.client_of(alice, SCOPE), server.client_of(bob, SCOPE)).await;
    fixture.provision(&with_grant, alice).await;
    let old = fixture.our_client();

    let unseen = fixture.unseen(34);
    let mut links = Vec::new();
    for _ in 0..4 {
        links.push(fixture.link(&without).await);
    }
    let state = nextcloud.state();
    let introspections = state.faults().hold("/apps/oidc/introspect");
    let notes = state.faults().hold("/apps/notes");
    let requests = async {
        let opaque = join_all(unseen.iter().map(list));
        let calls = join_all((0..8).map(|_| with_grant.call("nc_notes_list_notes", json!({}))));
        let logins = join(
            join_all(links.iter().map(|link| open(link))),
            join_all((0..4).map(|_| fixture.authorize())),
        );
        join3(opaque, calls, logins).await
    };
    let deletion = async {
        // Each token, and one question for all links.
        introspections.arrived(unseen.len() + 1).await;
        notes.arrived(1).await;
        assert!(state.oidc_admin().delete_client(&old));
        introspections.release();
        notes.release();
    };
    let ((opaque, calls, (links, logins)), ()) = join(requests, deletion).await;

    let new = fixture.our_client();
    assert_ne!(new, old);
    for response in opaque {
        assert_eq!(response.status(), StatusCode::OK, "{}", response.text().await.unwrap());
    }
    for departed in links {
        assert_eq!(departed.status(), StatusCode::SEE_OTHER);
        assert_eq!(client_id(&departed), new);
    }
    for response in logins {
        assert_eq!(
            (response.status(), client_id(&response)),
            (StatusCode::FOUND, "theirs".to_owned())
        );
    }
    for outcome in calls {
        let error = outcome.error();
        assert!(error.contains("deleted this server's OAuth client"), "{error}");
        assert!(error.contains("/oauth/authorize-nextcloud?ticket="), "{error}");
    }
    fixture.provision(&with_grant, alice).await;
    with_grant.call("nc_notes_list_notes", json!({})).await.ok();
    assert_eq!(fixture.our_clients(), [new.as_str()], "one new client");

    // The provider is told once to delete the one that it has deleted already.
    let requests = state.requests();
    while requests.count_of(&Method::DELETE, &format!("{REGISTER}/{old}")) == 0 {
        tokio::task::yield_now().await;
    }
    let Fixture { nextcloud, server } = fixture;
    let data = server.stop().await;
    let vault = CredentialVault::open(VaultOptions::at(data.path().join("credentials.redb"))).unwrap();
    let rows: Vec<(String, Value)> = vault.list(Table::OAuthClients).await.unwrap();
    vault.close().await;
    let rows = json!(rows).to_string();
    assert!(
        rows.contains(&new) && !rows.contains(&old),
        "the row of the old one is gone"
    );
    let shown = client(&nextcloud, data.path(), "show").await;
    let shown = said(&shown);
    assert!(
        shown.contains(&new) && shown.contains("known at the provider"),
        "{shown}"
    );
    assert!(!shown.contains(&old), "{shown}");
}

/// 401: a proxy in front of the provider, say. 429 and 503: the provider itself.
#[tokio::test]
async fn while_the_provider_registers_nobody_requests_are_asked_to_come_back() {
    for status in [401, 429, 503] {
        let fixture = Fixture::start().await;
        let mcp = fixture.server.client_of(&fixture.nextcloud.user, SCOPE).await;
        let link = fixture.link(&mcp).await;
        let state = fixture.nextcloud.state();
        let fault = Fault::Answer {
            status: StatusCode::from_u16(status).unwrap(),
            content_type: "text/html",
            body: "<h1>Not now</h1>".to_owned(),
        };
        state.faults().set(REGISTER, fault);
        let old = fixture.our_client();
        state.oidc_admin().delete_client(&old);

        let unseen = fixture.unseen(10);
        for response in join_all(unseen.iter().map(list)).await {
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{status}");
            let seconds: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=5).contains(&seconds), "{status}: {seconds}");
            assert!(!response.headers().contains_key("www-authenticate"));
            let answer: Value = response.json().await.unwrap();
            assert_eq!(answer["error"], "temporarily_unavailable");
            let description = answer["error_description"].as_str().unwrap();
            assert!(
                description.contains("refuses the OAuth client of this server"),
                "{description}"
            );
        }
        // A link is not used up by that.
        assert_eq!(open(&link).await.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(fixture.our_clients().is_empty());

        state.faults().clear(REGISTER);
        for _ in 0..100 {
            let response = list(&unseen[0]).await;
            if response.status() == StatusCode::OK {
                break;
            }
            let seconds = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
            tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
        }
        for response in join_all(unseen.iter().map(list)).await {
            assert_eq!(response.status(), StatusCode::OK, "{status}");
        }
        let departed = open(&link).await;
        assert_eq!(client_id(&departed), fixture.our_client(), "{status}");
    }
}

#[tokio::test]
async fn a_provider_that_registers_nobody_is_told_about_in_the_readiness() {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new().dynamic_registration(false)).await;
    let server = TestServer::start(&nextcloud, &[]).await;
    let ready = format!("{}/health/ready", server.url);
    for _ in 0..400 {
        let answer: Value = open(&ready).await.json().await.unwrap();
        let condition = &answer["checks"]["conditions"]["oauth_client"];
        let reason = condition["reason"].as_str().unwrap_or_default();
        if reason.contains("`occ config:app:set oidc dynamic_client_registration --value=true`") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("{}", open(&ready).await.text().await.unwrap());
}
