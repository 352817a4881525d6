//! What the tests of the sandbox share.

use std::sync::LazyLock;

use nextcloud_sandbox::{Sandbox, browser};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use url::Url;

pub(crate) const CALLBACK: &str = "http://127.0.0.1:9876/callback";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const ALICE: (&str, &str) = ("alice", "alice-demo-password");

/// One for all tests, as setting up TLS takes a while. Each test has a runtime of its own, so no connection is kept.
static HTTP: LazyLock<Client> = LazyLock::new(|| {
    #[expect(
        clippy::disallowed_methods,
        reason = "a bare client: redirects are part of what is tested"
    )]
    let builder = Client::builder();
    builder
        .redirect(Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .build()
        .unwrap()
});

pub(crate) fn http() -> &'static Client {
    &HTTP
}

/// A dynamically registered client.
pub(crate) struct OAuthClient {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) registration_token: String,
    pub(crate) registration_uri: String,
}

pub(crate) async fn register(sandbox: &Sandbox, mut metadata: Value) -> OAuthClient {
    metadata["redirect_uris"] = json!([CALLBACK]);
    let request = http()
        .post(format!("{}/apps/oidc/register", sandbox.url()))
        .json(&metadata);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let registered: Value = response.json().await.unwrap();
    let text = |name: &str| registered[name].as_str().unwrap_or_default().to_owned();
    OAuthClient {
        id: text("client_id"),
        secret: text("client_secret"),
        registration_token: text("registration_access_token"),
        registration_uri: text("registration_client_uri"),
    }
}

impl OAuthClient {
    pub(crate) fn authorization_url(&self, sandbox: &Sandbox, scope: &str) -> String {
        let mut url = Url::parse(&format!("{}/apps/oidc/authorize", sandbox.url())).unwrap();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.id)
            .append_pair("redirect_uri", CALLBACK)
            .append_pair("scope", scope)
            .append_pair("state", "st-1")
            .append_pair("code_challenge", CHALLENGE)
            .append_pair("code_challenge_method", "S256");
        url.into()
    }

    pub(crate) async fn code(&self, sandbox: &Sandbox, scope: &str) -> String {
        let landed = browser::authorize(&self.authorization_url(sandbox, scope), ALICE.0, ALICE.1)
            .await
            .unwrap();
        assert_eq!(parameter(&landed, "state").as_deref(), Some("st-1"));
        parameter(&landed, "code").unwrap()
    }

    pub(crate) async fn token(&self, sandbox: &Sandbox, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let mut fields = fields.to_vec();
        fields.extend([("client_id", self.id.as_str()), ("client_secret", self.secret.as_str())]);
        post(sandbox, "/apps/oidc/token", &fields).await
    }

    pub(crate) async fn exchange(&self, sandbox: &Sandbox, code: &str) -> (StatusCode, Value) {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", VERIFIER),
        ];
        self.token(sandbox, &fields).await
    }

    pub(crate) async fn refresh(&self, sandbox: &Sandbox, token: &str) -> (StatusCode, Value) {
        self.token(sandbox, &[("grant_type", "refresh_token"), ("refresh_token", token)])
            .await
    }

    /// Tokens by way of the browser.
    pub(crate) async fn log_in(&self, sandbox: &Sandbox, scope: &str) -> Value {
        let code = self.code(sandbox, scope).await;
        let (status, tokens) = self.exchange(sandbox, &code).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        tokens
    }

    pub(crate) async fn introspect(&self, sandbox: &Sandbox, token: &str) -> Value {
        let fields = [
            ("token", token),
            ("client_id", &self.id),
            ("client_secret", &self.secret),
        ];
        post(sandbox, "/apps/oidc/introspect", &fields).await.1
    }
}

pub(crate) async fn post(sandbox: &Sandbox, path: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
    let response = http()
        .post(format!("{}{path}", sandbox.url()))
        .form(fields)
        .send()
        .await
        .unwrap();
    (response.status(), response.json().await.unwrap_or_default())
}

/// Who a bearer token is at OCS.
pub(crate) async fn whoami(sandbox: &Sandbox, token: &str) -> Result<String, (StatusCode, Value)> {
    let request = http().get(format!("{}/ocs/v2.php/cloud/user?format=json", sandbox.url()));
    let response = request
        .header("OCS-APIRequest", "true")
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    let (status, body) = (response.status(), response.json::<Value>().await.unwrap());
    if status == StatusCode::OK {
        Ok(body["ocs"]["data"]["id"].as_str().unwrap().to_owned())
    } else {
        Err((status, body))
    }
}

pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}
