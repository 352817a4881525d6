//! Logging a user in as an MCP client does: resource metadata, provider metadata, registration, PKCE, login, consent.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nextcloud_sandbox::browser;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{TestUser, http_client};

/// Where the provider sends the browser back to. Nothing listens there: the browser stops before it.
const REDIRECT_URI: &str = "http://127.0.0.1:9876/callback";
const VERIFIER: &str = "n78J0oXhzWX5KolxoKLa4SXf1Pw3nIbqRYVyty1GqzSiN-w9mqF8sGeJhoVJy_hR";

/// What access tokens look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    Jwt,
    Opaque,
}

/// A client with a user's tokens.
#[derive(Debug, Clone)]
pub struct Login {
    pub client_id: String,
    pub client_secret: String,
    pub access_token: String,
    pub id_token: Option<String>,
    pub refresh_token: Option<String>,
    pub token_endpoint: String,
}

impl Login {
    /// Walks from the metadata of the server at `url` to a token of `user` for it.
    pub async fn walk(url: &str, user: &TestUser, scope: &str, kind: TokenKind) -> Self {
        let http = http_client();
        let resource: Value = get(&http, &format!("{url}/.well-known/oauth-protected-resource/mcp")).await;
        let issuer = resource["authorization_servers"][0].as_str().unwrap().to_owned();
        let provider: Value = get(&http, &format!("{issuer}/.well-known/openid-configuration")).await;
        Self::at(&http, &provider, resource["resource"].as_str(), user, scope, kind).await
    }

    /// As [`walk`](Self::walk), with the provider and the resource given.
    pub async fn at(
        http: &reqwest::Client,
        provider: &Value,
        resource: Option<&str>,
        user: &TestUser,
        scope: &str,
        kind: TokenKind,
    ) -> Self {
        let endpoint = |name: &str| provider[name].as_str().unwrap().to_owned();
        let registration = json!({
            "client_name": "behaviour tests",
            "redirect_uris": [REDIRECT_URI],
            "token_type": match kind { TokenKind::Jwt => "jwt", TokenKind::Opaque => "opaque" },
        });
        let client: Value = http
            .post(endpoint("registration_endpoint"))
            .json(&registration)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let client_id = client["client_id"].as_str().unwrap();
        let client_secret = client["client_secret"].as_str().unwrap();

        let mut authorize = Url::parse(&endpoint("authorization_endpoint")).unwrap();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        authorize
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", REDIRECT_URI)
            .append_pair("scope", scope)
            .append_pair("state", "state-1")
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if let Some(resource) = resource {
            authorize.query_pairs_mut().append_pair("resource", resource);
        }
        let back = browser::authorize(authorize.as_str(), &user.name, &user.password)
            .await
            .unwrap();
        let parameter = |name: &str| {
            back.query_pairs()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        assert_eq!(parameter("state").as_deref(), Some("state-1"), "{back}");
        let code = parameter("code").unwrap_or_else(|| panic!("no code in {back}"));

        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("client_id", client_id),
            ("client_secret", client_secret),
            ("code_verifier", VERIFIER),
        ];
        let token_endpoint = endpoint("token_endpoint");
        let response = http.post(&token_endpoint).form(&form).send().await.unwrap();
        let mut login = Self {
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            access_token: String::new(),
            id_token: None,
            refresh_token: None,
            token_endpoint,
        };
        login.take(&response.json().await.unwrap());
        login
    }

    /// Trades the refresh token for new tokens, or gives the status with which the provider refuses it.
    pub async fn refresh(&self) -> Result<Self, http::StatusCode> {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", self.refresh_token.as_deref().unwrap()),
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
        ];
        let request = http_client().post(&self.token_endpoint).form(&form);
        let response = request.send().await.unwrap();
        if !response.status().is_success() {
            return Err(response.status());
        }
        let mut login = self.clone();
        login.take(&response.json().await.unwrap());
        Ok(login)
    }

    fn take(&mut self, tokens: &Value) {
        let text = |name: &str| tokens[name].as_str().map(ToOwned::to_owned);
        self.access_token = text("access_token").unwrap_or_else(|| panic!("no token: {tokens}"));
        self.id_token = text("id_token");
        self.refresh_token = text("refresh_token");
    }
}

/// A JSON document, one redirect followed.
async fn get(http: &reqwest::Client, url: &str) -> Value {
    let mut response = http.get(url).send().await.unwrap();
    if response.status().is_redirection() {
        let location = response.headers()["location"].to_str().unwrap();
        let target = response.url().join(location).unwrap();
        response = http.get(target).send().await.unwrap();
    }
    let status = response.status();
    let text = response.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{url}: {status} {text}"))
}
