//! Our server, in this process, in front of the Nextcloud under test.

use std::time::Duration;

use nextcloud_mcp_server::config::{self, Flags, Sources};
use nextcloud_mcp_server::server::Server;
use observability::Metrics;
use reqwest::StatusCode;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Login, McpClient, TestNextcloud, TestUser, TokenKind, http_client};

/// A running server with a database of its own.
pub struct TestServer {
    pub url: String,
    pub server: Server,
    pub data: TempDir,
}

impl TestServer {
    /// A server in OAuth mode that registers itself.
    pub async fn oauth(nextcloud: &TestNextcloud) -> Self {
        let server = Self::start(nextcloud, &[]).await;
        server.until_ready().await;
        server
    }

    /// A server for the first user alone, with basic authentication towards Nextcloud.
    pub async fn single_user(nextcloud: &TestNextcloud) -> Self {
        let TestUser { name, password } = &nextcloud.user;
        Self::start(
            nextcloud,
            &[("NEXTCLOUD_USERNAME", name), ("NEXTCLOUD_PASSWORD", password)],
        )
        .await
    }

    /// A server with more variables set.
    pub async fn start(nextcloud: &TestNextcloud, variables: &[(&str, &str)]) -> Self {
        Self::start_in(nextcloud, variables, tempfile::tempdir().unwrap()).await
    }

    /// A server whose database is in `data`.
    pub async fn start_in(nextcloud: &TestNextcloud, variables: &[(&str, &str)], data: TempDir) -> Self {
        Self::start_at(&nextcloud.url, variables, data).await
    }

    /// A server in front of whatever is at `nextcloud_url`.
    pub async fn start_at(nextcloud_url: &str, variables: &[(&str, &str)], data: TempDir) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let database = data.path().join("credentials.redb");
        let base = [
            ("NEXTCLOUD_HOST", nextcloud_url),
            ("NEXTCLOUD_PUBLIC_URL", nextcloud_url),
            ("NEXTCLOUD_MCP_SERVER_URL", url.as_str()),
            ("TOKEN_STORAGE_DB", database.to_str().unwrap()),
            ("NEXTCLOUD_TOKEN_PASSTHROUGH", "true"),
        ];
        let environment = base
            .iter()
            .chain(variables)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let loaded = config::load(&Sources::new(Flags::default(), environment)).unwrap();
        let server = Server::start(&loaded.config, listener, Metrics::new()).await.unwrap();
        Self { url, server, data }
    }

    /// Waits until the server says that it is ready.
    pub async fn until_ready(&self) {
        let http = http_client();
        let ready = format!("{}/health/ready", self.url);
        for _ in 0..2400 {
            let response = http.get(&ready).send().await.unwrap();
            if response.status() == StatusCode::OK {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let answer = http.get(&ready).send().await.unwrap().text().await.unwrap();
        panic!("the server does not become ready: {answer}");
    }

    /// The MCP endpoint.
    pub fn mcp_url(&self) -> String {
        format!("{}/mcp", self.url)
    }

    /// A client without a token.
    pub fn anonymous(&self) -> McpClient {
        McpClient::new(self.mcp_url(), None)
    }

    /// A client with this token.
    pub fn with_token(&self, token: &str) -> McpClient {
        McpClient::new(self.mcp_url(), Some(token))
    }

    /// A client for which `user` has logged in and allowed `scope`.
    pub async fn client_of(&self, user: &TestUser, scope: &str) -> McpClient {
        let login = self.login(user, scope, TokenKind::Jwt).await;
        self.with_token(&login.access_token)
    }

    /// Logs `user` in as an MCP client would: from this server's metadata to a token for it.
    pub async fn login(&self, user: &TestUser, scope: &str, kind: TokenKind) -> Login {
        Login::walk(&self.url, user, scope, kind).await
    }

    /// Stops the server and gives back the directory of its database.
    pub async fn stop(self) -> TempDir {
        self.server.stop(Duration::from_secs(5)).await;
        self.data
    }
}
