//! The browser's cookies: by host and port, so that two servers on one machine stay apart.

use std::collections::BTreeMap;

use http::{HeaderMap, header};
use url::Url;

/// Cookie names and values by the server that set them.
#[derive(Default)]
pub(super) struct Cookies(BTreeMap<(String, String), String>);

impl std::fmt::Debug for Cookies {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Cookies {
    /// Keeps what an answer sets; `deleted` values and `Max-Age=0` take away.
    pub(super) fn store(&mut self, url: &Url, headers: &HeaderMap) {
        let server = server(url);
        for cookie in headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|cookie| cookie.to_str().ok())
        {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let key = (server.clone(), name.trim().to_owned());
            let is_over = value == "deleted"
                || attributes
                    .split(';')
                    .any(|attribute| attribute.trim().eq_ignore_ascii_case("max-age=0"));
            if is_over {
                self.0.remove(&key);
            } else {
                self.0.insert(key, value.trim().to_owned());
            }
        }
    }

    /// The `Cookie` header for a request.
    pub(super) fn header(&self, url: &Url) -> String {
        let server = server(url);
        let own = self.0.iter().filter(|((owner, _), _)| *owner == server);
        own.map(|((_, name), value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }
}

fn server(url: &Url) -> String {
    format!(
        "{}:{}",
        url.host_str().unwrap_or_default(),
        url.port_or_known_default().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_come_back_to_their_server_until_deleted() {
        let (one, other) = (Url::parse("http://h:1/a").unwrap(), Url::parse("http://h:2/a").unwrap());
        let set = |cookie: &'static str| HeaderMap::from_iter([(header::SET_COOKIE, cookie.parse().unwrap())]);
        let mut cookies = Cookies::default();
        cookies.store(&one, &set("a=1; path=/; HttpOnly"));
        cookies.store(&one, &set("b=2"));
        assert_eq!(cookies.header(&one), "a=1; b=2");
        assert_eq!(cookies.header(&other), "");
        cookies.store(&one, &set("a=; Max-Age=0"));
        assert_eq!(cookies.header(&one), "b=2");
    }
}
