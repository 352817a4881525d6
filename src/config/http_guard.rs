//! Which host names and web origins may reach the server (DNS rebinding), whose scripts may read its answers (CORS), and
//! how its cookies are kept.

use super::mode::Mode;
use super::pattern::{HostPattern, OriginPattern};
use super::problem::Invalid;
use super::reader::Reader;
use super::server::ServerConfig;
use super::values::{boolean, list};
use super::variables::{
    COOKIE_SECURE, CORS_ALLOW_ORIGINS, MCP_ALLOWED_HOSTS, MCP_ALLOWED_ORIGINS, MCP_DNS_REBINDING_PROTECTION,
};

/// The names of this machine for itself, as they stand in `Host`.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// A set of web origins.
#[derive(Debug, Clone)]
pub enum Origins {
    /// All of them.
    Any,
    /// Those that one of the patterns fits.
    Only(Vec<OriginPattern>),
}

impl Origins {
    /// Whether `origin`, the value of an `Origin` header, belongs to the set.
    pub fn contains(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(patterns) => patterns.iter().any(|pattern| pattern.matches(origin)),
        }
    }
}

/// The section "Web pages and host names".
#[derive(Debug, Clone)]
pub struct HttpGuardConfig {
    /// Whether `Host` and `Origin` are checked at all.
    pub rebinding_protection: bool,
    /// The accepted hosts.
    pub hosts: Vec<HostPattern>,
    /// The accepted origins.
    pub origins: Origins,
    /// The origins whose scripts may read answers (CORS).
    pub cors: Origins,
    /// Whether browsers send cookies over TLS only.
    pub secure_cookies: bool,
}

impl HttpGuardConfig {
    /// Whether a request with this `Host` (or `:authority`) may be answered.
    pub fn admits_host(&self, host: &str) -> bool {
        !self.rebinding_protection || self.hosts.iter().any(|pattern| pattern.matches(host))
    }

    /// Whether a request with this `Origin` may be answered; one without the header is not from a web page.
    pub fn admits_origin(&self, origin: &str) -> bool {
        !self.rebinding_protection || self.origins.contains(origin)
    }

    pub(super) fn read(reader: &mut Reader<'_>, server: Option<&ServerConfig>, mode: Option<&Mode>) -> Option<Self> {
        let rebinding_protection = reader.value(&MCP_DNS_REBINDING_PROTECTION, boolean);
        let more_hosts = reader.optional(&MCP_ALLOWED_HOSTS, hosts).unwrap_or_default();
        let more_origins = reader.optional(&MCP_ALLOWED_ORIGINS, |text| {
            origins(text, "MCP_DNS_REBINDING_PROTECTION=false allows all")
        });
        let cors = reader.optional(&CORS_ALLOW_ORIGINS, |text| match text {
            "*" => Ok(Origins::Any),
            text => origins(text, "`*` stands alone").map(Origins::Only),
        });
        let secure_cookies = reader.optional(&COOKIE_SECURE, secure_cookies).flatten();
        let server = server?;

        let mut hosts = own_hosts(server);
        hosts.extend(more_hosts);
        let mut allowed = own_origins(server);
        allowed.extend(more_origins.unwrap_or_default());
        let (origins, cors) = match cors {
            // A script that may read the answer has to be able to get one.
            Some(Origins::Any) => (Origins::Any, Origins::Any),
            Some(Origins::Only(readers)) => {
                allowed.extend(readers.iter().cloned());
                (Origins::Only(allowed), Origins::Only(readers))
            }
            None => (Origins::Only(allowed.clone()), Origins::Only(allowed)),
        };
        if let Some(Mode::SingleUser(_)) = mode {
            warn_of_open_door(reader, server, rebinding_protection, &origins);
        }
        let is_https = server.public_url.scheme() == "https";
        if is_https && secure_cookies == Some(false) && matches!(mode, Some(Mode::OAuth)) {
            reader.notice(
                "COOKIE_SECURE=false although NEXTCLOUD_MCP_SERVER_URL begins with https://: browsers send the cookies of \
                 logins in the clear, too",
            );
        }
        Some(Self {
            rebinding_protection,
            hosts,
            origins,
            cors,
            secure_cookies: secure_cookies.unwrap_or(is_https),
        })
    }
}

/// `auto` decides by the public URL.
fn secure_cookies(text: &str) -> Result<Option<bool>, Invalid> {
    if text.eq_ignore_ascii_case("auto") {
        return Ok(None);
    }
    boolean(text).map(Some)
}

/// In single-user mode no request is authenticated: what can reach the server is the user.
fn warn_of_open_door(reader: &mut Reader<'_>, server: &ServerConfig, protection: bool, origins: &Origins) {
    if server.listens_beyond_loopback() {
        reader.notice(format!(
            "single-user mode without authentication listens on {}: everybody who can reach it acts as that user",
            server.host
        ));
    }
    if !protection || matches!(origins, Origins::Any) {
        reader.notice("single-user mode answers every web origin: any web page that is open here can act as that user");
    }
}

fn own_hosts(server: &ServerConfig) -> Vec<HostPattern> {
    let listening = match server.host.parse::<std::net::IpAddr>() {
        Ok(address) if address.is_unspecified() => None,
        Ok(std::net::IpAddr::V6(address)) => Some(format!("[{address}]")),
        Ok(_) | Err(_) => Some(server.host.clone()),
    };
    let mut hosts: Vec<HostPattern> = LOOPBACK.map(HostPattern::any_port).into();
    for name in server
        .public_url
        .host_str()
        .map(str::to_owned)
        .into_iter()
        .chain(listening)
    {
        let pattern = HostPattern::any_port(&name);
        if !hosts.contains(&pattern) {
            hosts.push(pattern);
        }
    }
    hosts
}

fn own_origins(server: &ServerConfig) -> Vec<OriginPattern> {
    let public = OriginPattern::parse(&server.public_url.origin().ascii_serialization()).ok();
    LOOPBACK
        .into_iter()
        .flat_map(|name| ["http", "https"].map(|scheme| OriginPattern::any_port(scheme, name)))
        .chain(public)
        .collect()
}

fn hosts(text: &str) -> Result<Vec<HostPattern>, Invalid> {
    list(text).into_iter().map(HostPattern::parse).collect()
}

fn origins(text: &str, about_star: &str) -> Result<Vec<OriginPattern>, Invalid> {
    list(text)
        .into_iter()
        .map(|origin| match origin {
            "*" => Err(Invalid::new(
                "`*` is not an origin",
                format!("name the origins; {about_star}"),
            )),
            origin => OriginPattern::parse(origin),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{OAUTH, SINGLE_USER, load, notices, problems};

    #[test]
    fn by_default_only_own_names_are_admitted() {
        let guard = load(
            &[
                OAUTH,
                &[
                    ("NEXTCLOUD_MCP_SERVER_URL", "https://mcp.example.org"),
                    ("NEXTCLOUD_MCP_HOST", "192.0.2.1"),
                ],
            ]
            .concat(),
        )
        .config
        .http_guard;
        for (host, admitted) in [
            ("mcp.example.org", true),
            ("MCP.example.org:443", true),
            ("localhost:8000", true),
            ("127.0.0.1:8000", true),
            ("[::1]:8000", true),
            ("192.0.2.1:8000", true),
            ("evil.example", false),
            ("evil.example:8000", false),
            ("localhost.evil.example", false),
            ("mcp.example.org@evil.example", false),
            ("evil.example@mcp.example.org", false),
            ("", false),
        ] {
            assert_eq!(guard.admits_host(host), admitted, "{host}");
        }
        for (origin, admitted) in [
            ("https://mcp.example.org", true),
            ("http://mcp.example.org", false),
            ("https://mcp.example.org:8443", false),
            ("http://localhost:6274", true),
            ("http://evil.example", false),
            ("null", false),
        ] {
            assert_eq!(guard.admits_origin(origin), admitted, "{origin}");
            assert_eq!(guard.cors.contains(origin), admitted, "{origin}");
        }
    }

    #[test]
    fn further_hosts_and_origins() {
        let guard = load(
            &[
                OAUTH,
                &[
                    ("NEXTCLOUD_MCP_HOST", "0.0.0.0"),
                    ("MCP_ALLOWED_HOSTS", "mcp, proxy.example.org:8443"),
                    ("MCP_ALLOWED_ORIGINS", "https://app.example.org"),
                    ("CORS_ALLOW_ORIGINS", "https://reader.example.org"),
                ],
            ]
            .concat(),
        )
        .config
        .http_guard;
        assert!(guard.admits_host("mcp:8000") && guard.admits_host("proxy.example.org:8443"));
        assert!(!guard.admits_host("proxy.example.org") && !guard.admits_host("0.0.0.0:8000"));
        assert!(guard.admits_origin("https://app.example.org") && guard.admits_origin("https://reader.example.org"));
        assert!(guard.cors.contains("https://reader.example.org") && !guard.cors.contains("https://app.example.org"));
    }

    #[test]
    fn the_check_can_be_turned_off() {
        let guard = load(&[OAUTH, &[("MCP_DNS_REBINDING_PROTECTION", "false")]].concat())
            .config
            .http_guard;
        assert!(guard.admits_host("evil.example") && guard.admits_origin("null"));
        assert!(!guard.cors.contains("https://evil.example"));
    }

    #[test]
    fn cookies_are_for_tls_where_the_public_url_is_unless_told_otherwise() {
        let secure = |url: &str, setting: &[(&str, &str)]| {
            let url = [("NEXTCLOUD_MCP_SERVER_URL", url)];
            load(&[OAUTH, &url, setting].concat()).config.http_guard.secure_cookies
        };
        let (http, https) = ("http://localhost:8000", "https://mcp.example.org");
        assert!(secure(https, &[]) && !secure(http, &[]));
        assert!(secure(https, &[("COOKIE_SECURE", "auto")]) && !secure(http, &[("COOKIE_SECURE", "auto")]));
        assert!(secure(http, &[("COOKIE_SECURE", "true")]));
        let off = [("COOKIE_SECURE", "false")];
        assert!(!secure(https, &off));
        let told = notices(&[OAUTH, &[("NEXTCLOUD_MCP_SERVER_URL", https)], &off].concat());
        assert!(told.contains("cookies of logins in the clear"), "{told}");
    }

    #[test]
    fn an_open_door_is_told_in_single_user_mode() {
        let open = [
            SINGLE_USER,
            &[("CORS_ALLOW_ORIGINS", "*"), ("NEXTCLOUD_MCP_HOST", "0.0.0.0")],
        ]
        .concat();
        let told = notices(&open);
        assert!(
            told.contains("listens on 0.0.0.0") && told.contains("any web page"),
            "{told}"
        );
        assert_eq!(notices(SINGLE_USER), "");
    }

    #[test]
    fn malformed_patterns_are_refused() {
        let told = problems(
            &[
                OAUTH,
                &[("MCP_ALLOWED_HOSTS", "https://a.example"), ("MCP_ALLOWED_ORIGINS", "*")],
            ]
            .concat(),
        );
        assert!(
            told.contains("MCP_ALLOWED_HOSTS: \"https://a.example\" is not a host"),
            "{told}"
        );
        assert!(
            told.contains("MCP_ALLOWED_ORIGINS: `*` is not an origin; name the origins; MCP_DNS"),
            "{told}"
        );
    }
}
