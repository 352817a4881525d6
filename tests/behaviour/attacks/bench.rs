//! A server that trusts a provider which signs whatever the test wants.

use actors::clock::{Clock, SystemClock};
use http::StatusCode;
use serde_json::{Value, json};

use super::keys::SigningKey;
use super::provider::{Provider, changed};
use crate::support::{McpClient, TestServer, challenge};

/// What the server is to call itself.
pub const PUBLIC_URL: &str = "NEXTCLOUD_MCP_SERVER_URL";

/// The server under attack and the provider that it trusts.
pub struct Bench {
    pub provider: Provider,
    pub server: TestServer,
    /// What the server calls itself, wherever it listens.
    pub public_url: String,
    /// The provider's key.
    pub key: SigningKey,
}

impl Bench {
    pub async fn start() -> Self {
        Self::with(&json!({}), &[]).await
    }

    /// With other metadata of the provider, and other settings of the server.
    pub async fn with(metadata: &Value, variables: &[(&str, &str)]) -> Self {
        let bench = Self::unready(metadata, variables).await;
        bench.server.until_ready().await;
        bench
    }

    /// Does not wait until the server is ready.
    pub async fn unready(metadata: &Value, variables: &[(&str, &str)]) -> Self {
        let key = SigningKey::ed("k");
        let provider = Provider::start(&[&key], metadata).await;
        let server = TestServer::start_at(&provider.url, variables, tempfile::tempdir().unwrap()).await;
        Self::of(provider, server, key, variables)
    }

    /// A server that was started with these settings.
    pub fn of(provider: Provider, server: TestServer, key: SigningKey, variables: &[(&str, &str)]) -> Self {
        let named = variables.iter().find(|(name, _)| *name == PUBLIC_URL);
        let public_url = named.map_or_else(|| server.url.clone(), |(_, url)| (*url).to_owned());
        Self {
            provider,
            server,
            public_url,
            key,
        }
    }

    /// The claims of a good access token, with changes; null takes one away.
    pub fn claims(&self, changes: &Value) -> Value {
        let claims = json!({
            "iss": self.provider.url, "sub": "alice", "aud": format!("{}/mcp", self.public_url), "exp": now() + 3600, "iat": now(),
            "client_id": "inspector", "scope": "openid notes:read", "jti": "1",
        });
        changed(claims, changes)
    }

    /// A token with these changes of its claims, honestly signed.
    pub fn token(&self, changes: &Value) -> String {
        self.key.token(&self.claims(changes))
    }

    /// Whether a token opens `/mcp`.
    pub async fn admits(&self, token: &str) -> bool {
        let response = self.server.with_token(token).send("ping", json!({})).await;
        response.status() == StatusCode::OK
    }

    /// What a token that has to be refused is told.
    pub async fn refusal(&self, token: &str) -> String {
        let response = self.server.with_token(token).send("ping", json!({})).await;
        let status = response.status();
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{token:.2000}");
        let mut challenge = challenge(response.headers());
        assert_eq!(challenge["error"], "invalid_token");
        challenge.remove("error_description").unwrap()
    }

    /// Each of these changes makes a good token one that is refused, with these words in the description.
    pub async fn refuses(&self, changes: impl IntoIterator<Item = (Value, &str)>) {
        assert!(self.admits(&self.token(&json!({"jti": "good"}))).await);
        for (change, words) in changes {
            let told = self.refusal(&self.token(&change)).await;
            assert!(told.contains(words), "{change}: {told}");
        }
    }

    /// An MCP client of `subject` with all scopes for notes.
    pub fn client_of(&self, subject: &str) -> McpClient {
        let claims = json!({"sub": subject, "scope": "openid notes:read notes:write"});
        self.server.with_token(&self.token(&claims))
    }
}

/// Unix seconds.
pub fn now() -> u64 {
    SystemClock.unix_seconds()
}
