//! Patterns for the `Host` header (RFC 9110 §7.2) and the `Origin` header (RFC 6454 §7).

use std::fmt;

use http::uri::Authority;

use super::problem::Invalid;
use super::values::shown;

/// A host, with one port or any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern {
    /// In lower case; an IPv6 address has its brackets.
    host: String,
    port: Option<u16>,
}

impl HostPattern {
    /// `host` with any port.
    pub(super) fn any_port(host: &str) -> Self {
        Self {
            host: host.to_ascii_lowercase(),
            port: None,
        }
    }

    /// `name` and `name:*` fit any port, `name:port` that one.
    pub(super) fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || {
            Invalid::new(
                format!("{} is not a host", shown(text)),
                "use a name such as mcp.example.org, with a port if only that one is meant",
            )
        };
        let authority = text.strip_suffix(":*").unwrap_or(text);
        let (host, port) = split(authority)
            .filter(|(host, _)| !host.contains('*'))
            .ok_or_else(invalid)?;
        Ok(Self { host, port })
    }

    /// Whether the pattern fits `host`, the value of a `Host` header.
    pub fn matches(&self, host: &str) -> bool {
        split(host).is_some_and(|(host, port)| self.host == host && (self.port.is_none() || self.port == port))
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.host)?;
        self.port.map_or(Ok(()), |port| write!(formatter, ":{port}"))
    }
}

/// A web origin: scheme, host, and one port or any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginPattern {
    scheme: String,
    host: String,
    port: Port,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    Any,
    /// `None` for schemes without a default port, such as those of browser extensions.
    Exactly(Option<u16>),
}

impl OriginPattern {
    /// Any port of `scheme` and `host`.
    pub(super) fn any_port(scheme: &str, host: &str) -> Self {
        Self {
            scheme: scheme.to_owned(),
            host: host.to_ascii_lowercase(),
            port: Port::Any,
        }
    }

    /// An origin as browsers send it, or with `:*` for any port.
    pub(super) fn parse(text: &str) -> Result<Self, Invalid> {
        let (origin, any) = match text.strip_suffix(":*") {
            Some(origin) => (origin, true),
            None => (text, false),
        };
        let (scheme, host, port) = split_origin(origin)
            .filter(|(_, host, _)| !host.contains('*'))
            .ok_or_else(|| {
                Invalid::new(
                    format!("{} is not an origin", shown(text)),
                    "use a scheme, a host and a port if it is not the usual one, such as https://app.example.org",
                )
            })?;
        let port = if any { Port::Any } else { Port::Exactly(port) };
        Ok(Self { scheme, host, port })
    }

    /// Whether the pattern fits `origin`, the value of an `Origin` header.
    pub fn matches(&self, origin: &str) -> bool {
        split_origin(origin).is_some_and(|(scheme, host, port)| {
            self.scheme == scheme && self.host == host && (self.port == Port::Any || self.port == Port::Exactly(port))
        })
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme, self.host)?;
        match self.port {
            Port::Any => formatter.write_str(":*"),
            Port::Exactly(port) if port == default_port(&self.scheme) => Ok(()),
            Port::Exactly(Some(port)) => write!(formatter, ":{port}"),
            Port::Exactly(None) => Ok(()),
        }
    }
}

/// Host in lower case and port; nothing when there is anything else in it, such as a user name.
fn split(authority: &str) -> Option<(String, Option<u16>)> {
    if authority.contains('@') {
        return None;
    }
    let parsed: Authority = authority.parse().ok()?;
    let host = parsed.host();
    let port = match &authority[host.len()..] {
        "" => None,
        _ => Some(parsed.port_u16()?),
    };
    (!host.is_empty()).then(|| (host.to_ascii_lowercase(), port))
}

/// Scheme, host, and port or the scheme's default port.
fn split_origin(origin: &str) -> Option<(String, String, Option<u16>)> {
    let (scheme, authority) = origin.split_once("://")?;
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if !named {
        return None;
    }
    let scheme = scheme.to_ascii_lowercase();
    let (host, port) = split(authority)?;
    let port = port.or(default_port(&scheme));
    Some((scheme, host, port))
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{HostPattern, OriginPattern};

    #[test]
    fn hosts() {
        for (pattern, host, fits) in [
            ("a.example", "a.example", true),
            ("A.example", "a.EXAMPLE:1", true),
            ("a.example:*", "a.example:1", true),
            ("a.example:1", "a.example:1", true),
            ("a.example:1", "a.example", false),
            ("a.example", "b.a.example", false),
            ("a.example", "a.example:", false),
            ("a.example", "a.example:99999", false),
            ("[::1]", "[::1]:80", true),
        ] {
            assert_eq!(
                HostPattern::parse(pattern).unwrap().matches(host),
                fits,
                "{pattern} {host}"
            );
        }
        for pattern in ["*", "*.example", "a/b", "http://a", "u@a", "a:b", ":*", ""] {
            assert!(HostPattern::parse(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn origins() {
        for (pattern, origin, fits) in [
            ("https://a.example", "https://a.example", true),
            ("https://a.example", "https://a.example:443", true),
            ("https://a.example:443", "https://a.example", true),
            ("https://a.example", "https://a.example:444", false),
            ("https://a.example", "http://a.example", false),
            ("http://localhost:*", "http://localhost:6274", true),
            ("http://localhost:*", "http://localhost", true),
            ("vscode-webview://abc", "vscode-webview://abc", true),
            ("https://a.example", "https://a.example/path", false),
            ("https://a.example", "https://u@a.example", false),
        ] {
            assert_eq!(
                OriginPattern::parse(pattern).unwrap().matches(origin),
                fits,
                "{pattern} {origin}"
            );
        }
        for pattern in ["a.example", "*", "https://", "https://*", "null", "https://a/b"] {
            assert!(OriginPattern::parse(pattern).is_err(), "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn a_pattern_shows_itself_as_it_is_read(text in "[a-z]{1,8}(:[0-9]{1,4})?") {
            let host = HostPattern::parse(&text).unwrap();
            prop_assert_eq!(HostPattern::parse(&host.to_string()).unwrap(), host);
            let origin = OriginPattern::parse(&format!("http://{text}")).unwrap();
            prop_assert_eq!(OriginPattern::parse(&origin.to_string()).unwrap(), origin);
        }

        #[test]
        fn any_header_is_matched_or_not(text in "(?s).*") {
            let _ = HostPattern::any_port("localhost").matches(&text);
            let _ = OriginPattern::any_port("http", "localhost").matches(&text);
            let _ = (HostPattern::parse(&text), OriginPattern::parse(&text));
        }
    }
}
