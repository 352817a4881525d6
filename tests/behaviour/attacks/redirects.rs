//! `/oauth/authorize` as an open redirect, and as the place to take PKCE away.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::StatusCode;
use reqwest::Response;
use url::Url;

use crate::support::{TestNextcloud, TestServer, http_client};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CLIENT: &str = "https://app.example/cb";

/// A server's own door to the provider.
struct Door {
    nextcloud: Arc<TestNextcloud>,
    server: TestServer,
}

impl Door {
    /// Two clients may come: one with any loopback address, one with its own.
    async fn listed() -> Self {
        let clients = [("ALLOWED_MCP_CLIENTS", "cli,web|https://app.example/cb")];
        Self::before(Arc::new(TestNextcloud::start().await), &clients).await
    }

    /// Any client may come.
    async fn open() -> Self {
        Self::before(Arc::new(TestNextcloud::start().await), &[]).await
    }

    /// One of each kind, to the same provider.
    async fn both() -> (Self, Self) {
        let listed = Self::listed().await;
        let open = Self::before(Arc::clone(&listed.nextcloud), &[]).await;
        (listed, open)
    }

    async fn before(nextcloud: Arc<TestNextcloud>, variables: &[(&str, &str)]) -> Self {
        let server = TestServer::start(&nextcloud, variables).await;
        server.until_ready().await;
        Self { nextcloud, server }
    }

    /// A good request with some parameters changed; an empty one is left out.
    async fn ask(&self, changes: &[(&str, &str)]) -> Response {
        let good = [
            ("response_type", "code"),
            ("client_id", "web"),
            ("redirect_uri", CLIENT),
            ("state", "a b"),
            ("scope", "openid notes:read"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let kept = good
            .iter()
            .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let given = kept.chain(changes).filter(|(_, value)| !value.is_empty());
        let mut url = Url::parse(&format!("{}/oauth/authorize", self.server.url)).unwrap();
        url.query_pairs_mut().extend_pairs(given);
        http_client().get(url).send().await.unwrap()
    }

    /// Where a request is sent on to, which has to be the provider.
    async fn sent_on(&self, changes: &[(&str, &str)]) -> BTreeMap<String, String> {
        let response = self.ask(changes).await;
        assert_eq!(response.status(), StatusCode::FOUND, "{changes:?}");
        let location = location(&response).unwrap();
        let provider = Url::parse(&self.nextcloud.url).unwrap();
        assert_eq!(location.origin(), provider.origin(), "{changes:?}");
        location.query_pairs().into_owned().collect()
    }

    /// The person is told, and nothing is sent anywhere.
    async fn tells_the_person(&self, changes: &[(&str, &str)]) {
        let response = self.ask(changes).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{changes:?}");
        assert_eq!(location(&response), None, "{changes:?}");
        let page = response.text().await.unwrap();
        assert!(
            !page.contains("evil") && !page.contains("alert("),
            "{changes:?}: {page}"
        );
    }
}

fn location(response: &Response) -> Option<Url> {
    let location = response.headers().get("location")?.to_str().unwrap();
    Some(Url::parse(location).unwrap())
}

#[tokio::test]
async fn a_login_is_sent_on_as_it_was_asked_for() {
    let door = Door::listed().await;
    let sent = door.sent_on(&[]).await;
    assert_eq!(sent["scope"], "openid notes:read", "never widened");
    assert_eq!(sent["state"], "a b");
    assert_eq!(sent["resource"], door.server.mcp_url());
    assert_eq!(sent["code_challenge"], CHALLENGE);
    assert_eq!(sent["client_id"], "web");
    for loopback in [
        "http://127.0.0.1:9876/cb",
        "http://localhost/cb",
        "http://[::1]:49152/cb",
    ] {
        let sent = door.sent_on(&[("client_id", "cli"), ("redirect_uri", loopback)]).await;
        assert_eq!(sent["redirect_uri"], loopback);
    }
}

/// As no browser and no provider may be sent anywhere by this server: whatever reads these addresses next, a browser or
/// the provider, must not read another host than this server did.
#[tokio::test]
async fn no_login_ends_at_a_look_alike() {
    let (listed, open) = Door::both().await;
    for address in [
        "//evil.example/cb",
        "///evil.example/cb",
        "/\\evil.example/cb",
        "\\\\evil.example/cb",
        "https:evil.example/cb",
        "https:/evil.example/cb",
        "https:\\\\evil.example/cb",
        "https://app.example\\@evil.example/cb",
        "https://app.example@evil.example/cb",
        "https://app.example:x@evil.example/cb",
        "https://app.example%40evil.example/cb",
        "https://evil.example\t/cb",
        "https://evil.example/cb\r\nLocation: https://evil.example",
        "https://app.example/cb#https://evil.example",
        "http://app.example/cb",
        "http://evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://localhost.evil.example/cb",
        "http://localhost./cb",
        "http://evil-localhost/cb",
        "http://localhost@evil.example/cb",
        "http://127.0.0.1:80@evil.example/cb",
        "http://[::1]@evil.example/cb",
        "http://[::1].evil.example/cb",
        "http://[::2]/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://[0:0:0:0:0:0:0:1]/cb",
        "http://0.0.0.0/cb",
        "http://127.0.0.2/cb",
        "http://127.0.0.1./cb",
        "http://127.1/cb",
        "http://2130706433/cb",
        "http://0x7f000001/cb",
        "http://0177.0.0.1/cb",
        "http://LOCALHOST/cb",
        "http://\u{ff11}27.0.0.1/cb",
        "javascript:alert(1)//evil",
        "javascript://app.example/%0aalert(1)",
        "data:text/html,<script>alert('evil')</script>",
        "vbscript:evil",
        "file:///evil",
        "blob:https://app.example/evil",
        "about:blank#evil",
        "evil",
        "HTTPS://app.example/cb",
    ] {
        for client in ["web", "cli"] {
            listed
                .tells_the_person(&[("client_id", client), ("redirect_uri", address)])
                .await;
        }
        open.tells_the_person(&[("redirect_uri", address)]).await;
    }
    // A listed client's address is compared whole.
    for address in [
        "https://app.example/cb/",
        "https://app.example/cb?next=evil",
        "https://app.example/cb/../evil",
        "https://app.example/cb%2f..%2fevil",
        "https://app.example/CB",
        "https://app.example:443/cb",
        "https://app.example:8443/cb",
        "https://app.example./cb",
        "https://evil.app.example/cb",
        "https://evil.example/cb",
        "http://127.0.0.1/cb",
    ] {
        listed.tells_the_person(&[("redirect_uri", address)]).await;
    }
    for changes in [
        &[("client_id", "stranger")][..],
        &[("client_id", "")],
        &[("client_id", "web\0")],
        &[("client_id", "<script>alert('evil')</script>")],
        &[("redirect_uri", "")],
    ] {
        listed.tells_the_person(changes).await;
    }
    // Private schemes only where they are listed.
    open.tells_the_person(&[("redirect_uri", "cursor://evil")]).await;
}

#[tokio::test]
async fn pkce_cannot_be_left_out_or_weakened() {
    let (listed, open) = Door::both().await;
    let long = "a".repeat(44);
    for (changes, error) in [
        (&[("response_type", "token")][..], "unsupported_response_type"),
        (&[("response_type", "code token")], "unsupported_response_type"),
        (&[("response_type", "")], "unsupported_response_type"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge_method", "s256")], "invalid_request"),
        (&[("code_challenge_method", "S256 plain")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("code_challenge", &long)], "invalid_request"),
        (
            &[("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")],
            "invalid_request",
        ),
        (&[("resource", "https://other.example/mcp")], "invalid_target"),
    ] {
        // A listed client is told what to mend. Of any other it is not known whether the address is its own.
        let location = location(&listed.ask(changes).await).unwrap();
        assert!(
            location.as_str().starts_with("https://app.example/cb?error="),
            "{location}"
        );
        let told: BTreeMap<_, _> = location.query_pairs().collect();
        assert_eq!((&*told["error"], &*told["state"]), (error, "a b"), "{changes:?}");
        open.tells_the_person(changes).await;
    }
}

#[tokio::test]
async fn nothing_else_is_passed_on() {
    let door = Door::open().await;
    let hostile = "x\r\nLocation: https://evil.example\r\n\r\n<script>\u{f6}";
    let sent = door
        .sent_on(&[
            // What would say all of it anew (RFC 9101), or send the code another way.
            ("request", "eyJhbGciOiJub25lIn0.e30."),
            ("request_uri", "https://evil.example/request"),
            ("response_mode", "fragment"),
            ("claims", "{}"),
            ("client_secret", "x"),
            ("iss", "https://evil.example"),
            ("state", hostile),
            ("nonce", hostile),
        ])
        .await;
    let names: Vec<&str> = sent.keys().map(String::as_str).collect();
    let known = [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "redirect_uri",
        "resource",
        "response_type",
        "scope",
        "state",
    ];
    assert_eq!(names, known);
    assert_eq!(
        (sent["state"].as_str(), sent["nonce"].as_str()),
        (hostile, hostile),
        "as it came, encoded"
    );
    for twice in ["redirect_uri", "client_id", "code_challenge_method", "state"] {
        door.tells_the_person(&[(twice, "https://app.example/cb"), (twice, "https://evil.example/cb")])
            .await;
    }
}
