//! The configuration: read from flags, environment and files, typed, checked as a whole.
//!
//! [`Sources`] gathers the text, [`load`] turns it into a [`Config`] or tells everything that is wrong with it. Each
//! section is a file of its own, and every variable stands once in [`variables`].

pub mod http_guard;
pub mod mode;
pub mod nextcloud;
pub mod oauth;
pub mod observability;
pub mod pattern;
pub mod server;
pub mod storage;
pub mod variable;
pub mod variables;

mod env_file;
mod other_names;
mod problem;
mod reader;
mod reference;
mod settings_file;
mod sources;
mod values;

#[cfg(test)]
mod tests;

pub use http_guard::HttpGuardConfig;
pub use mode::{Mode, SingleUser};
pub use nextcloud::NextcloudConfig;
pub use oauth::{GrantResource, OAuthBackDoor, OAuthConfig, TokenType};
pub use observability::ObservabilityConfig;
pub use problem::{Notice, Problem, Problems};
pub use reference::reference_markdown;
pub use server::{ServerConfig, Transport};
pub use sources::{Flags, Origin, SETTINGS_FILE, Sources};
pub use storage::StorageConfig;

use reader::Reader;

/// A complete and consistent configuration. Its `Debug` form shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    /// Whom the server serves.
    pub mode: Mode,
    /// What it listens on and serves.
    pub server: ServerConfig,
    /// Which host names and web origins may reach it.
    pub http_guard: HttpGuardConfig,
    /// The Nextcloud behind it.
    pub nextcloud: NextcloudConfig,
    /// The identity provider; of no importance in single-user mode.
    pub oauth: OAuthConfig,
    /// What is kept on disk; nothing in single-user mode.
    pub storage: Option<StorageConfig>,
    /// Logs, traces and metrics.
    pub observability: ObservabilityConfig,
}

/// A configuration and what the operator should know about it.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// To be logged as warnings at start.
    pub notices: Vec<Notice>,
}

/// Reads the configuration, or tells everything that is wrong with it.
pub fn load(sources: &Sources) -> Result<Loaded, Problems> {
    let mut reader = Reader::new(sources);
    let server = ServerConfig::read(&mut reader);
    let transport = server
        .as_ref()
        .map_or(Transport::StreamableHttp, |server| server.transport);
    let mode = Mode::read(&mut reader, transport);
    let http_guard = HttpGuardConfig::read(&mut reader, server.as_ref(), mode.as_ref());
    let nextcloud = NextcloudConfig::read(&mut reader);
    let oauth = OAuthConfig::read(&mut reader, nextcloud.as_ref(), mode.as_ref());
    let storage = StorageConfig::read(&mut reader, mode.as_ref());
    let observability = ObservabilityConfig::read(&mut reader);
    other_names::check(&mut reader);
    warn_of_clear_text(&mut reader, server.as_ref(), mode.as_ref());

    let notices = reader.finish()?;
    match (mode, server, http_guard, nextcloud, oauth) {
        (Some(mode), Some(server), Some(http_guard), Some(nextcloud), Some(oauth)) => Ok(Loaded {
            config: Config {
                mode,
                server,
                http_guard,
                nextcloud,
                oauth,
                storage,
                observability,
            },
            notices,
        }),
        _ => unreachable!("a section is absent although no problem was recorded"),
    }
}

/// OAuth 2.1 §1.5 asks for TLS everywhere but on loopback; clients refuse such a server or send tokens in the clear.
fn warn_of_clear_text(reader: &mut Reader<'_>, server: Option<&ServerConfig>, mode: Option<&Mode>) {
    let (Some(server), Some(Mode::OAuth)) = (server, mode) else {
        return;
    };
    let url = &server.public_url;
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() == "http" && !loopback {
        reader.notice(
            "NEXTCLOUD_MCP_SERVER_URL begins with http://: tokens travel in the clear, and most MCP clients refuse it",
        );
    }
}

impl Config {
    /// The choices that matter, one per line, for `--check-config` and the start of the log.
    pub fn summary(&self) -> String {
        let mut lines = vec![
            format!("mode: {}", self.mode.name()),
            format!("Nextcloud: {}", self.nextcloud.base_url),
        ];
        match self.server.transport {
            Transport::Stdio => lines.push("transport: stdio".to_owned()),
            Transport::StreamableHttp => {
                lines.push(format!("listening on: {} port {}", self.server.host, self.server.port));
                lines.push(format!("MCP endpoint: {}", self.server.resource()));
            }
        }
        if let Mode::OAuth = self.mode {
            lines.push(format!("discovery: {}", self.oauth.discovery_url));
            lines.push(match &self.oauth.client {
                Some(client) => format!("client: {}", client.id),
                None => "client: registers itself".to_owned(),
            });
        }
        if let Some(storage) = &self.storage {
            lines.push(format!("storage: {}", storage.database.display()));
        }
        if let Some(address) = self.observability.metrics {
            lines.push(format!("metrics: http://{address}/metrics"));
        }
        lines.join("\n")
    }
}
