//! A person with a browser on our own pages: cookies are kept, redirects are not followed unasked.

use std::collections::BTreeMap;

use nextcloud_sandbox::browser::Browser;
use reqwest::header::{ACCEPT, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{RequestBuilder, StatusCode};
use url::Url;

use super::{HTML, assert_nothing_inline, assert_protected};
use crate::support::{TestServer, TestUser, http_client};

/// A browser, at one server.
#[derive(Clone)]
pub(super) struct Visitor {
    server: String,
    pub(super) cookies: BTreeMap<String, String>,
}

/// An answer.
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Visitor {
    pub(super) fn new(server: &TestServer) -> Self {
        Self {
            server: server.url.clone(),
            cookies: BTreeMap::new(),
        }
    }

    /// The same browser after the server has moved to another port.
    pub(super) fn moved_to(mut self, server: &TestServer) -> Self {
        self.server.clone_from(&server.url);
        self
    }

    pub(super) async fn get(&mut self, path: &str) -> Page {
        let url = format!("{}{path}", self.server);
        self.send(http_client().get(url)).await
    }

    pub(super) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let url = format!("{}{path}", self.server);
        self.send(http_client().post(url).form(form)).await
    }

    /// Presses the button that leads to `action` on the person's own page.
    pub(super) async fn press(&mut self, action: &str) -> Page {
        let token = self.get("/user/page").await.csrf_token(action);
        self.post(action, &[("csrf_token", &token)]).await
    }

    /// Begins to log in: where the browser is sent.
    pub(super) async fn depart(&mut self) -> Url {
        let page = self.get("/oauth/login").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        page.location()
    }

    /// Comes back from the provider.
    pub(super) async fn come_back(&mut self, back: &Url) -> Page {
        self.get(&back[url::Position::BeforePath..]).await
    }

    /// Logs in and ends at the person's own page.
    pub(super) async fn log_in(&mut self, user: &TestUser) -> Page {
        let location = self.depart().await;
        let page = self.come_back(&at_provider(&location, user).await).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
        assert_eq!(page.headers[LOCATION], "/user/page");
        self.get("/user/page").await
    }

    /// Whether the server knows who this is.
    pub(super) async fn is_logged_in(&mut self) -> bool {
        let page = self.get("/user/page").await;
        assert_eq!(page.status, StatusCode::OK);
        let greeted = page.text.contains("action=\"/oauth/logout\"");
        assert_ne!(greeted, page.text.contains("href=\"/oauth/login\""), "{}", page.text);
        greeted
    }

    async fn send(&mut self, request: RequestBuilder) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request.header(ACCEPT, HTML).header(COOKIE, cookies.join("; "));
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let text = response.text().await.unwrap();
        if !text.is_empty() {
            assert_protected(&headers, &text);
            assert_nothing_inline(&text);
        }
        Page { status, headers, text }
    }
}

impl Page {
    pub(super) fn location(&self) -> Url {
        Url::parse(self.headers[LOCATION].to_str().unwrap()).unwrap()
    }

    /// The token in the form that leads to `action`.
    #[track_caller]
    pub(super) fn csrf_token(&self, action: &str) -> String {
        let form = self
            .text
            .split_once(&format!("action=\"{action}\""))
            .map(|(_, form)| form);
        let form = form.unwrap_or_else(|| panic!("no form for {action}: {}", self.text));
        let (_, value) = form.split_once("name=\"csrf_token\" value=\"").unwrap();
        value.split_once('"').unwrap().0.to_owned()
    }

    #[track_caller]
    pub(super) fn assert_says(&self, status: StatusCode, headline: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        let headline = format!("<h1>{headline}</h1>");
        assert!(self.text.contains(&headline), "{headline}: {}", self.text);
    }
}

/// What a person does at the provider: the address of our callback with the answer.
pub(super) async fn at_provider(location: &Url, user: &TestUser) -> Url {
    let mut browser = Browser::new(&user.name, &user.password).unwrap();
    browser.authorize(location.as_str()).await.unwrap()
}
