//! Which MCP clients may log in, and where a login may end (`ALLOWED_MCP_CLIENTS`).
//!
//! Redirect URIs are compared as RFC 9700 §4.1.3 wants: exactly, except that a loopback address may have any port, since a
//! native client learns its port only when it starts (RFC 8252 §7.3).

use url::Url;

/// RFC 8252 §7.3 and §8.3.
const LOOPBACK_HOSTS: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

/// The clients that may use `GET /oauth/authorize`.
#[derive(Debug, Clone, Default)]
pub struct ClientRegistry {
    /// Empty: any client that the identity provider knows.
    clients: Vec<AllowedClient>,
}

/// One entry of `ALLOWED_MCP_CLIENTS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedClient {
    /// Its `client_id` at the identity provider.
    pub id: String,
    /// Its redirect URI; without one, any loopback address.
    pub redirect_uri: Option<String>,
}

/// An entry that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClient {
    /// No id before the `|`.
    #[error("an entry has no client id")]
    NoId,
    /// Not a redirect URI that could ever be allowed.
    #[error("{0} is not a redirect URI: use https, http on a loopback address, or a private scheme")]
    RedirectUri(String),
}

/// What a request's client and redirect URI are to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// The client is listed with this redirect URI: errors may go there, too.
    Listed,
    /// Any client may come, and this address may be one of its own. Only the provider knows, so nothing is sent there
    /// before the provider has agreed.
    Unlisted,
    /// The client is not listed.
    UnknownClient,
    /// No login ends there.
    ForbiddenRedirect,
}

impl AllowedClient {
    /// Reads `id` or `id|redirect_uri`.
    pub fn parse(entry: &str) -> Result<Self, InvalidClient> {
        let (id, redirect_uri) = match entry.split_once('|') {
            Some((id, redirect_uri)) => (id.trim(), Some(redirect_uri.trim())),
            None => (entry.trim(), None),
        };
        if id.is_empty() {
            return Err(InvalidClient::NoId);
        }
        if let Some(redirect_uri) = redirect_uri
            && !Redirect::parse(redirect_uri).is_some_and(|redirect| redirect.is_possible())
        {
            return Err(InvalidClient::RedirectUri(redirect_uri.to_owned()));
        }
        Ok(Self {
            id: id.to_owned(),
            redirect_uri: redirect_uri.map(ToOwned::to_owned),
        })
    }
}

impl ClientRegistry {
    /// A registry of these clients; of none: open to any.
    pub fn new(clients: Vec<AllowedClient>) -> Self {
        Self { clients }
    }

    pub(super) fn admit(&self, client_id: &str, redirect_uri: &str) -> Admission {
        let Some(redirect) = Redirect::parse(redirect_uri) else {
            return Admission::ForbiddenRedirect;
        };
        if self.clients.is_empty() {
            return if redirect.kind == Kind::Private || !redirect.is_possible() {
                Admission::ForbiddenRedirect
            } else {
                Admission::Unlisted
            };
        }
        let mut entries = self.clients.iter().filter(|client| client.id == client_id).peekable();
        if entries.peek().is_none() {
            return Admission::UnknownClient;
        }
        let fits = |client: &AllowedClient| match &client.redirect_uri {
            None => redirect.kind == Kind::Loopback,
            Some(allowed) => {
                allowed == redirect_uri
                    || Redirect::parse(allowed).is_some_and(|allowed| redirect.is_same_loopback(&allowed))
            }
        };
        if entries.any(fits) {
            Admission::Listed
        } else {
            Admission::ForbiddenRedirect
        }
    }
}

/// A redirect URI that was read without trust.
struct Redirect {
    url: Url,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Https,
    Loopback,
    Private,
    /// `http` elsewhere, or a scheme that runs something.
    Never,
}

impl Redirect {
    fn parse(text: &str) -> Option<Self> {
        // The parser forgives what a browser forgives (tabs, backslashes, upper case); a registered URI needs none of it.
        let plain = text.len() <= 2048 && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let url = Url::parse(text).ok().filter(|_| plain)?;
        let hidden = url.fragment().is_some() || !url.username().is_empty() || url.password().is_some();
        if hidden || !text.starts_with(&format!("{}:", url.scheme())) {
            return None;
        }
        let kind = match url.scheme() {
            "https" => Kind::Https,
            "http" if is_loopback(&url, text) => Kind::Loopback,
            "http" | "javascript" | "data" | "file" | "blob" | "about" | "vbscript" | "ftp" | "ws" | "wss" => {
                Kind::Never
            }
            _ => Kind::Private,
        };
        // `https:evil.example` and `https:/evil.example` are read as `https://evil.example`.
        let is_hierarchical = text.starts_with(&format!("{}://", url.scheme()));
        (kind == Kind::Private || is_hierarchical).then_some(Self { url, kind })
    }

    fn is_possible(&self) -> bool {
        self.kind != Kind::Never
    }

    /// Equal but for the port, both on the same loopback host.
    fn is_same_loopback(&self, allowed: &Self) -> bool {
        self.kind == Kind::Loopback
            && allowed.kind == Kind::Loopback
            && self.url.host() == allowed.url.host()
            && self.url.path() == allowed.url.path()
            && self.url.query() == allowed.url.query()
    }
}

/// Whether `text`, which is `url`, names this machine in one of the usual three ways. Not all of 127/8, and no other
/// spelling: `127.1`, `2130706433` or `[0::1]` are loopback addresses to this parser, and who knows what to the next.
fn is_loopback(url: &Url, text: &str) -> bool {
    let Some(host) = url.host_str().filter(|host| LOOPBACK_HOSTS.contains(host)) else {
        return false;
    };
    let after_host = text.strip_prefix("http://").and_then(|rest| rest.strip_prefix(host));
    after_host.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Admission, AllowedClient, ClientRegistry};

    fn registry(entries: &[&str]) -> ClientRegistry {
        let clients = entries.iter().map(|entry| AllowedClient::parse(entry).unwrap());
        ClientRegistry::new(clients.collect())
    }

    #[test]
    fn listed_clients_end_where_they_are_listed() {
        let registry = registry(&[
            "cli",
            "web|https://app.example/cb",
            "ide|cursor://auth/cb",
            "desk|http://[::1]:1/cb",
        ]);
        for (client, redirect, admission) in [
            ("cli", "http://127.0.0.1:9876/callback", Admission::Listed),
            ("cli", "http://localhost/cb", Admission::Listed),
            ("cli", "http://[::1]:8080/", Admission::Listed),
            ("cli", "https://app.example/cb", Admission::ForbiddenRedirect),
            ("web", "https://app.example/cb", Admission::Listed),
            ("web", "https://app.example/cb/", Admission::ForbiddenRedirect),
            ("web", "https://app.example/cb?x=1", Admission::ForbiddenRedirect),
            ("web", "http://127.0.0.1/cb", Admission::ForbiddenRedirect),
            ("ide", "cursor://auth/cb", Admission::Listed),
            ("ide", "cursor://auth/other", Admission::ForbiddenRedirect),
            ("desk", "http://[::1]:49152/cb", Admission::Listed),
            ("desk", "http://127.0.0.1:49152/cb", Admission::ForbiddenRedirect),
            ("other", "http://127.0.0.1/cb", Admission::UnknownClient),
        ] {
            assert_eq!(registry.admit(client, redirect), admission, "{client} {redirect}");
        }
    }

    #[test]
    fn no_login_ends_at_a_look_alike() {
        let open = ClientRegistry::default();
        for redirect in [
            "//evil.example/cb",
            "https:evil.example",
            "https:/evil.example",
            "https:\\\\evil.example",
            "https://user@evil.example/",
            "https://app.example:443@evil.example/",
            "https://app.example/cb#fragment",
            "http://localhost.evil.example/",
            "http://127.0.0.1.evil.example/",
            "http://evil.example/",
            "http://0.0.0.0/",
            "http://127.0.0.2/",
            "http://127.1/",
            "http://127.0.0.1./",
            "http://2130706433/",
            "http://[0:0:0:0:0:0:0:1]/",
            "HTTPS://app.example/",
            "https://app.example/\r\nSet-Cookie: x",
            "https://app.example/a b",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "cursor://auth",
            "/relative",
            "",
        ] {
            assert_eq!(open.admit("any", redirect), Admission::ForbiddenRedirect, "{redirect}");
        }
        for redirect in [
            "https://claude.ai/api/mcp/auth_callback",
            "http://127.0.0.1:9/x",
            "http://[::1]:9/x",
        ] {
            assert_eq!(open.admit("any", redirect), Admission::Unlisted, "{redirect}");
        }
    }

    #[test]
    fn entries_that_cannot_be_meant_are_refused() {
        for entry in [
            "|https://a.example",
            "a|http://evil.example",
            "a|javascript:x",
            "a|not a uri",
        ] {
            assert!(AllowedClient::parse(entry).is_err(), "{entry}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_listed_only_that_is_taken(redirect in "\\PC{0,60}") {
            let registry = registry(&["web|https://app.example/cb"]);
            if registry.admit("web", &redirect) == Admission::Listed {
                prop_assert_eq!(redirect, "https://app.example/cb");
            }
        }
    }
}
