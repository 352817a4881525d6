//! What the server listens on, what it calls itself, and what it serves.

use url::Url;

use super::problem::Invalid;
use super::reader::Reader;
use super::values::{base_url, boolean, bytes, list, listen_host, mebibytes, port, shown};
use super::variables::{
    EXCLUDED_TAGS, MAX_REQUEST_BODY_BYTES, MCP_DISABLE_CAPABILITY_GATING, MCP_TRANSPORT, NEXTCLOUD_MCP_ENABLED_APPS,
    NEXTCLOUD_MCP_HOST, NEXTCLOUD_MCP_PORT, NEXTCLOUD_MCP_SERVER_URL, WEBDAV_WRITE_MAX_MB,
};

/// The apps that are served, by the names that `--enable-app` takes: those of the Python server.
const APP_NAMES: [&str; 8] = [
    "notes", "tables", "webdav", "sharing", "calendar", "contacts", "cookbook", "deck",
];

/// What only the Python server serves. A setting that was made for it may name them, which must not stop the server.
const UNSERVED_APP_NAMES: [&str; 5] = ["collectives", "news", "mail", "talk", "shopping_list"];

/// How MCP clients are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// HTTP at `/mcp`.
    StreamableHttp,
    /// Standard input and output of this process, for the client that started it.
    Stdio,
}

/// The section "Server".
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Address or host name to listen on.
    pub host: String,
    /// Port to listen on.
    pub port: u16,
    /// How MCP clients are connected.
    pub transport: Transport,
    /// The URL of this server for its clients, without `/mcp`; see [`Self::public_base`].
    pub public_url: Url,
    /// The apps to serve, by the names that `--enable-app` takes; `None` is all of them.
    pub enabled_apps: Option<Vec<&'static str>>,
    /// Whether tools of apps that are not installed stay hidden.
    pub capability_gating: bool,
    /// Largest file content in a tool call, in bytes.
    pub max_write_bytes: usize,
    /// Names of system tags whose files no tool shows.
    pub excluded_tags: Vec<String>,
    /// Largest request body, in bytes.
    pub max_body_bytes: usize,
}

impl ServerConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let host = reader.value(&NEXTCLOUD_MCP_HOST, listen_host);
        let port = reader.value(&NEXTCLOUD_MCP_PORT, port);
        let transport = reader.value(&MCP_TRANSPORT, transport);
        let public_url = reader
            .optional(&NEXTCLOUD_MCP_SERVER_URL, base_url)
            .or_else(|| Url::parse(&format!("http://localhost:{port}")).ok());
        let enabled_apps = reader.optional(&NEXTCLOUD_MCP_ENABLED_APPS, apps);
        warn_of_unserved_apps(reader, enabled_apps.as_deref().unwrap_or_default());
        let capability_gating = !reader.value(&MCP_DISABLE_CAPABILITY_GATING, boolean);
        let max_write_bytes = reader.value(&WEBDAV_WRITE_MAX_MB, mebibytes);
        let excluded_tags = reader.optional(&EXCLUDED_TAGS, tags).unwrap_or_default();
        let max_body_bytes = reader
            .optional(&MAX_REQUEST_BODY_BYTES, bytes)
            .unwrap_or_else(|| body_for(max_write_bytes));
        Some(Self {
            host,
            port,
            transport,
            public_url: public_url?,
            enabled_apps,
            capability_gating,
            max_write_bytes,
            excluded_tags,
            max_body_bytes,
        })
    }

    /// The public URL without trailing slash: what `/mcp` and the OAuth paths are appended to.
    pub fn public_base(&self) -> &str {
        self.public_url.as_str().trim_end_matches('/')
    }

    /// The identifier of the protected resource (RFC 8707, RFC 9728): `{public}/mcp`.
    pub fn resource(&self) -> String {
        format!("{}/mcp", self.public_base())
    }

    /// Whether the address listened on can be reached from other machines.
    pub(super) fn listens_beyond_loopback(&self) -> bool {
        match self.host.parse::<std::net::IpAddr>() {
            Ok(address) => !address.is_loopback(),
            Err(_) => self.host != "localhost",
        }
    }
}

/// Base64 takes four bytes for three; the rest of the message gets 1 MiB.
fn body_for(content: usize) -> usize {
    content.div_ceil(3).saturating_mul(4).saturating_add(1 << 20)
}

fn transport(text: &str) -> Result<Transport, Invalid> {
    match text.to_ascii_lowercase().as_str() {
        "streamable-http" | "http" => Ok(Transport::StreamableHttp),
        "stdio" => Ok(Transport::Stdio),
        "sse" => Err(Invalid::new("the SSE transport is gone", "use streamable-http")),
        _ => Err(Invalid::new(
            format!("{} is not a transport", shown(text)),
            "use streamable-http, http or stdio",
        )),
    }
}

/// An empty list would hide nothing though something was meant.
fn tags(text: &str) -> Result<Vec<String>, Invalid> {
    let tags: Vec<String> = list(text).into_iter().map(ToOwned::to_owned).collect();
    if tags.is_empty() {
        return Err(Invalid::new(
            "names no tag",
            "write the tags' names with commas between them",
        ));
    }
    Ok(tags)
}

fn apps(text: &str) -> Result<Vec<&'static str>, Invalid> {
    let mut apps = Vec::new();
    for name in list(text) {
        let app = APP_NAMES
            .into_iter()
            .chain(UNSERVED_APP_NAMES)
            .find(|app| app.eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                Invalid::new(
                    format!("{} is not an app this server knows", shown(name)),
                    format!("use some of {}", APP_NAMES.join(", ")),
                )
            })?;
        if !apps.contains(&app) {
            apps.push(app);
        }
    }
    Ok(apps)
}

fn warn_of_unserved_apps(reader: &mut Reader<'_>, enabled: &[&'static str]) {
    let unserved: Vec<&str> = UNSERVED_APP_NAMES
        .into_iter()
        .filter(|name| enabled.contains(name))
        .collect();
    if !unserved.is_empty() {
        reader.notice(format!(
            "{} names apps that this server has no tools for: {}",
            NEXTCLOUD_MCP_ENABLED_APPS.name,
            unserved.join(", ")
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{OAUTH, load, notices, problems};
    use super::{APP_NAMES, Transport, UNSERVED_APP_NAMES};
    use crate::mcp::App;

    #[test]
    fn defaults() {
        let server = load(OAUTH).config.server;
        assert_eq!((server.host.as_str(), server.port), ("127.0.0.1", 8000));
        assert_eq!(server.transport, Transport::StreamableHttp);
        assert_eq!(server.resource(), "http://localhost:8000/mcp");
        assert_eq!(server.enabled_apps, None);
        assert!(server.capability_gating);
        assert_eq!(server.max_write_bytes, 50 << 20);
        assert!(server.max_body_bytes > server.max_write_bytes / 3 * 4);
    }

    #[test]
    fn everything_can_be_set() {
        let server = load(
            &[
                OAUTH,
                &[
                    ("NEXTCLOUD_MCP_HOST", "0.0.0.0"),
                    ("NEXTCLOUD_MCP_PORT", "9000"),
                    ("NEXTCLOUD_MCP_SERVER_URL", "https://mcp.example.org/nc/"),
                    ("NEXTCLOUD_MCP_ENABLED_APPS", "notes, Deck,notes,"),
                    ("MCP_DISABLE_CAPABILITY_GATING", "yes"),
                    ("MAX_REQUEST_BODY_BYTES", "2 MiB"),
                ],
            ]
            .concat(),
        )
        .config
        .server;
        assert_eq!((server.host.as_str(), server.port), ("0.0.0.0", 9000));
        assert_eq!(server.public_base(), "https://mcp.example.org/nc");
        assert_eq!(server.enabled_apps, Some(vec!["notes", "deck"]));
        assert!(!server.capability_gating);
        assert_eq!(server.max_body_bytes, 2 << 20);
    }

    #[test]
    fn the_public_url_follows_the_port() {
        let server = load(&[OAUTH, &[("NEXTCLOUD_MCP_PORT", "9000")]].concat()).config.server;
        assert_eq!(server.resource(), "http://localhost:9000/mcp");
    }

    #[test]
    fn apps_without_tools_are_warned_about() {
        let enabled = |apps| notices(&[OAUTH, &[("NEXTCLOUD_MCP_ENABLED_APPS", apps)]].concat());
        assert!(enabled("notes,talk,news").ends_with("has no tools for: news, talk"));
        assert_eq!(enabled("notes,deck"), "");
        let is_served = |name: &&str| App::ALL.iter().any(|app| app.name() == *name);
        assert!(APP_NAMES.iter().all(is_served));
        assert!(!UNSERVED_APP_NAMES.iter().any(is_served));
    }

    #[test]
    fn unknown_words_are_refused_with_the_choices() {
        let told = problems(
            &[
                OAUTH,
                &[("MCP_TRANSPORT", "sse"), ("NEXTCLOUD_MCP_ENABLED_APPS", "notes,photos")],
            ]
            .concat(),
        );
        assert!(
            told.contains("MCP_TRANSPORT: the SSE transport is gone; use streamable-http"),
            "{told}"
        );
        assert!(
            told.contains("\"photos\" is not an app this server knows; use some of notes, "),
            "{told}"
        );
    }
}
