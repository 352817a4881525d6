//! The cookies that this server gives to browsers.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// Most cookies of one request that are looked at.
const LIMIT: usize = 64;

/// How all cookies are set: for this host only, out of reach of scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CookiePolicy {
    /// Whether browsers may send them over TLS only.
    pub secure: bool,
}

impl CookiePolicy {
    /// The name of a cookie. With the prefix, browsers take it from this host only, over TLS only, and not from a page of
    /// another host of the same domain (RFC 6265bis §4.1.3.2).
    pub fn name(self, name: &str) -> String {
        let prefix = if self.secure { "__Host-" } else { "" };
        format!("{prefix}{name}")
    }

    /// The value of a `Set-Cookie` header (RFC 6265 §4.1) that gives the browser `value`: base64url, so it needs no quoting.
    /// Without `seconds` the cookie goes when the browser is closed.
    pub fn set(self, name: &str, value: &str, seconds: Option<u64>) -> String {
        let lifetime = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
        let secure = if self.secure { "; Secure" } else { "" };
        // Lax: browsers come back from the identity provider by a link.
        let name = self.name(name);
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{lifetime}")
    }

    /// The value of a `Set-Cookie` header that takes the cookie away.
    pub fn remove(self, name: &str) -> String {
        self.set(name, "", Some(0))
    }

    /// The value that a browser shows. None if it shows two: one of them was put there by somebody else.
    pub fn read<'a>(self, name: &str, headers: &'a HeaderMap) -> Option<&'a str> {
        let name = self.name(name);
        let mut values = pairs(headers).filter_map(|(known, value)| (known == name).then_some(value));
        let value = values.next().filter(|value| !value.is_empty())?;
        values.next().is_none().then_some(value)
    }
}

/// The cookies of a request (RFC 6265 §5.4).
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers.get_all(COOKIE).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .take(LIMIT)
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;
    use axum::http::{HeaderMap, HeaderValue};
    use proptest::prelude::*;

    use super::CookiePolicy;

    #[test]
    fn over_tls_a_cookie_is_bound_to_the_host() {
        assert_eq!(
            CookiePolicy { secure: true }.set("session", "v", None),
            "__Host-session=v; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            CookiePolicy { secure: false }.set("session", "v", Some(600)),
            "session=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=600"
        );
        assert!(CookiePolicy { secure: true }.remove("session").ends_with("; Max-Age=0"));
    }

    #[test]
    fn exactly_one_value_is_taken() {
        let read = |values: &[&'static str]| {
            let headers: HeaderMap = values
                .iter()
                .map(|value| (COOKIE, HeaderValue::from_static(value)))
                .collect();
            let value = CookiePolicy { secure: true }.read("session", &headers);
            value.map(ToOwned::to_owned)
        };
        assert_eq!(read(&["a=b; __Host-session=v; c=d"]).as_deref(), Some("v"));
        assert_eq!(read(&["a=b", "__Host-session=v"]).as_deref(), Some("v"));
        for none in [
            &["session=v"][..],
            &["__Host-session="],
            &["__Host-session=v; __Host-session=w"],
            &["x__Host-session=v"],
            &[],
        ] {
            assert_eq!(read(none), None, "{none:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_stands_around_it_only_our_own_value_is_read(
            before in "[ -~]{0,40}",
            after in prop::collection::vec(prop::num::u8::ANY, 0..40),
        ) {
            let policy = CookiePolicy { secure: true };
            let others = [before.as_bytes(), &after].map(|value| HeaderValue::from_bytes(value).ok());
            let own = Some(HeaderValue::from_static("__Host-session=v"));
            let [before, after] = others;
            let mut headers = HeaderMap::new();
            for value in [before, own, after].into_iter().flatten() {
                headers.append(COOKIE, value);
            }
            prop_assert_eq!(policy.read("session", &headers), Some("v"));
            prop_assert_eq!(policy.read("sessio", &headers), None);
        }
    }
}
