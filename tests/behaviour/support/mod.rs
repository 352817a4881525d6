//! What the behaviour tests share: a Nextcloud (the sandbox, or a real one when `LIVE_NEXTCLOUD_URL` is set), our server
//! in front of it, users who log in as an MCP client makes them, and a plain MCP client.

pub mod calls;
pub mod departure;
pub mod login;
pub mod mcp;
pub mod nextcloud;
pub mod process;
pub mod schema;
pub mod server;
pub mod url;

pub use departure::{Departed, come_back};
pub use login::{Login, TokenKind};
pub use mcp::{McpClient, Outcome, challenge};
pub use nextcloud::{TestNextcloud, TestUser};
pub use process::Process;
pub use server::TestServer;

/// A client that neither follows redirects nor keeps cookies.
#[expect(clippy::disallowed_methods, reason = "tests speak HTTP themselves")]
pub fn http_client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// A name that no other test, and no earlier run against the same Nextcloud, has used.
pub fn unique(prefix: &str) -> String {
    use actors::randomness::{Randomness, SystemRandomness};
    let token: String = SystemRandomness
        .token(6)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    format!("{prefix} {token}")
}
