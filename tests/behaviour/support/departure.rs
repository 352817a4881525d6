//! A browser on its way through a login that this server began.

use http::StatusCode;
use reqwest::Response;
use url::Url;

use super::http_client;
use super::url::parameter;

/// A browser that has opened a link: where it was sent, and the cookie it was given.
#[derive(Debug, Clone)]
pub struct Departed {
    pub location: Url,
    pub cookie: String,
}

impl Departed {
    /// Opens `link`, which has to lead on.
    pub async fn through(link: &str) -> Self {
        let response = http_client().get(link).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let set_cookie = header("set-cookie");
        assert!(set_cookie.contains("; HttpOnly; SameSite=Lax"), "{set_cookie}");
        Self {
            location: Url::parse(&header("location")).unwrap(),
            cookie: set_cookie.split(';').next().unwrap().to_owned(),
        }
    }

    /// A parameter of the request that it was sent on with.
    pub fn asked(&self, name: &str) -> String {
        parameter(&self.location, name).unwrap_or_else(|| panic!("{name} in {}", self.location))
    }
}

/// Comes back to `address` with a cookie.
pub async fn come_back(address: &Url, cookie: &str) -> Response {
    http_client()
        .get(address.clone())
        .header("cookie", cookie)
        .send()
        .await
        .unwrap()
}
