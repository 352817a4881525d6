//! A browser that knows how to log in to Nextcloud and to agree: for tests and the demonstration.
//!
//! It speaks real HTTP with cookies, and reads the pages only as far as their scripts do, so that it works against a
//! real Nextcloud as well as the sandbox: the request token from `<head data-requesttoken>`, the consent page from
//! `#oidc-consent`, the Login Flow's state token from its initial state.

mod cookies;
mod html;

use http::header;
use reqwest::{Client, Method, RequestBuilder, StatusCode, redirect};
use url::Url;

use cookies::Cookies;

/// Steps after which a login that leads nowhere is given up.
const STEPS: usize = 24;

/// What the user answers when a client asks for access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// Agrees to everything.
    Grant,
    /// Agrees to these scopes only.
    GrantOnly(String),
    /// Refuses.
    Deny,
}

/// Why the browser did not get where it was sent.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// The server could not be reached, or not understood.
    #[error("no answer: {0}")]
    Http(#[from] reqwest::Error),
    /// A redirect, or the address to begin with, is no URL.
    #[error("not a URL: {0}")]
    Url(#[from] url::ParseError),
    /// The login form came back.
    #[error("Nextcloud refused the login of {user} (wrong password, or a missing Origin or request token)")]
    LoginRefused {
        /// The login name.
        user: String,
    },
    /// A page that is none of those the browser knows.
    #[error("a page the browser does not know at {url}: HTTP {status}, {title:?}")]
    UnknownPage {
        /// Where the page was.
        url: Url,
        /// Its HTTP status.
        status: StatusCode,
        /// The page's headline, or its title.
        title: String,
    },
    /// A page lacks what its script would have read.
    #[error("the page at {url} has no {what}")]
    Incomplete {
        /// Where the page was.
        url: Url,
        /// What was looked for.
        what: &'static str,
    },
    /// The authorization URL names no `redirect_uri` to wait for.
    #[error("the authorization URL has no redirect_uri")]
    NoRedirectUri,
    /// Redirects went in circles.
    #[error("no end after {STEPS} steps, the last at {0}")]
    Lost(Url),
}

/// A person with a browser: cookies, a login name and a password.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    cookies: Cookies,
    user: String,
    password: String,
    consent: Consent,
}

/// Walks an authorization URL through login and consent, and returns the address of the client that the provider
/// sends the browser to at the end: `redirect_uri?state=…&code=…`, or with `error=…`. That address is not fetched.
///
/// # Errors
///
/// See [`BrowserError`].
pub async fn authorize(authorization_url: &str, user: &str, password: &str) -> Result<Url, BrowserError> {
    Browser::new(user, password)?.authorize(authorization_url).await
}

impl Browser {
    /// A fresh browser of a user who agrees to what is asked.
    ///
    /// # Errors
    ///
    /// TLS cannot be set up.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Result<Self, BrowserError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "a browser of its own: no redirects, cookies by hand"
        )]
        let builder = Client::builder();
        let client = builder.redirect(redirect::Policy::none()).no_proxy().build()?;
        Ok(Self {
            client,
            cookies: Cookies::default(),
            user: user.into(),
            password: password.into(),
            consent: Consent::Grant,
        })
    }

    /// Changes what the user answers to consent pages.
    #[must_use]
    pub fn consent(mut self, consent: Consent) -> Self {
        self.consent = consent;
        self
    }

    /// As [`authorize`], with the cookies of what this browser did before.
    ///
    /// # Errors
    ///
    /// See [`BrowserError`].
    pub async fn authorize(&mut self, authorization_url: &str) -> Result<Url, BrowserError> {
        let start = Url::parse(authorization_url)?;
        let redirect_uri = start
            .query_pairs()
            .find(|(name, _)| name == "redirect_uri")
            .map(|(_, uri)| uri.into_owned());
        let redirect_uri = redirect_uri.ok_or(BrowserError::NoRedirectUri)?;
        self.follow(start, |url| url.as_str().starts_with(redirect_uri.as_str()))
            .await
    }

    /// Follows redirects and passes login and consent pages until an address is the one waited for.
    ///
    /// # Errors
    ///
    /// See [`BrowserError`].
    pub async fn follow(&mut self, start: Url, is_end: impl Fn(&Url) -> bool) -> Result<Url, BrowserError> {
        let mut url = start;
        for _ in 0..STEPS {
            if is_end(&url) {
                return Ok(url);
            }
            let page = self.get(&url).await?;
            url = match page.next {
                Some(next) => next,
                None => self.pass(&page).await?,
            };
        }
        Err(BrowserError::Lost(url))
    }

    /// Opens the `login` URL of Login Flow v2, logs in and grants the app password that the app is polling for.
    ///
    /// # Errors
    ///
    /// See [`BrowserError`].
    pub async fn grant_login_flow(&mut self, login_url: &str) -> Result<(), BrowserError> {
        let is_shown = |url: &Url| url.path().ends_with("/login/v2/flow");
        let shown = self.follow(Url::parse(login_url)?, is_shown).await?;
        let page = self.get(&shown).await?;
        let state = page.required(
            html::initial_state(&page.body, "core-loginFlowStateToken"),
            "state token",
        )?;
        let mut grant = sibling(&page.url, "/login/v2/flow", "/login/v2/grant");
        grant.query_pairs_mut().clear().append_pair("stateToken", &state);
        // Either the login form or the grant page itself: the former leads back here.
        let page = self.get(&grant).await?;
        let page = match page.next {
            None => page,
            Some(next) => {
                let url = self.follow(next, |url| url.path().ends_with("/login/v2/grant")).await?;
                self.get(&url).await?
            }
        };
        let token = page.request_token()?;
        grant.set_query(None);
        let fields = [("stateToken", state.as_str()), ("requesttoken", token.as_str())];
        let granted = self
            .send(self.client.request(Method::POST, grant).form(&fields))
            .await?;
        if granted.status == StatusCode::OK {
            Ok(())
        } else {
            Err(granted.unknown())
        }
    }

    /// Does what the user does on this page, and returns where it leads.
    async fn pass(&mut self, page: &Page) -> Result<Url, BrowserError> {
        let path = page.url.path();
        if html::attribute(&page.body, "id=\"oidc-consent\"", "data-client-id").is_some() {
            return self.answer_consent(page).await;
        }
        if path.ends_with("/apps/oidc/redirect") {
            return Ok(sibling(&page.url, "/apps/oidc/redirect", "/apps/oidc/authorize"));
        }
        if path.ends_with("/login") && page.status == StatusCode::OK {
            return self.log_in(page).await;
        }
        html::refresh(&page.body).map_or_else(|| Err(page.unknown()), |target| Ok(page.url.join(&target)?))
    }

    async fn log_in(&mut self, page: &Page) -> Result<Url, BrowserError> {
        let token = page.request_token()?;
        let redirect_url = page
            .url
            .query_pairs()
            .find(|(name, _)| name == "redirect_url")
            .map(|(_, url)| url);
        let mut fields = vec![
            ("user", self.user.as_str()),
            ("password", self.password.as_str()),
            ("timezone", "UTC"),
            ("timezone_offset", "0"),
            ("requesttoken", token.as_str()),
        ];
        fields.extend(redirect_url.as_deref().map(|url| ("redirect_url", url)));
        let mut target = page.url.clone();
        target.set_query(None);
        let request = self.client.request(Method::POST, target).form(&fields);
        let answer = self.send(request).await?;
        match &answer.next {
            Some(next) if !next.path().ends_with("/login") => Ok(next.clone()),
            _ => Err(BrowserError::LoginRefused {
                user: self.user.clone(),
            }),
        }
    }

    async fn answer_consent(&mut self, page: &Page) -> Result<Url, BrowserError> {
        let token = page.request_token()?;
        let asked = html::attribute(&page.body, "id=\"oidc-consent\"", "data-scopes");
        let (answer, scopes) = match &self.consent {
            Consent::Grant => ("grant", Some(page.required(asked, "data-scopes")?)),
            Consent::GrantOnly(scopes) => ("grant", Some(scopes.clone())),
            Consent::Deny => ("deny", None),
        };
        let mut target = page.url.clone();
        target.set_query(None);
        target.set_path(&format!("{}/{answer}", page.url.path()));
        let request = self.client.request(Method::POST, target).header("requesttoken", token);
        let fields: Vec<_> = scopes.iter().map(|scopes| ("scopes", scopes)).collect();
        let answer = self.send(request.form(&fields)).await?;
        answer.next.clone().ok_or_else(|| answer.unknown())
    }

    async fn get(&mut self, url: &Url) -> Result<Page, BrowserError> {
        self.send(self.client.request(Method::GET, url.clone())).await
    }

    /// Sends a request as a browser does: with the cookies, and the `Origin` of a form on the same server.
    async fn send(&mut self, request: RequestBuilder) -> Result<Page, BrowserError> {
        let mut request = request.header(header::ACCEPT, "text/html").build()?;
        let url = request.url().clone();
        if let Ok(cookies) = self.cookies.header(&url).parse() {
            request.headers_mut().insert(header::COOKIE, cookies);
        }
        if request.method() == Method::POST
            && let Ok(origin) = url.origin().ascii_serialization().parse()
        {
            request.headers_mut().insert(header::ORIGIN, origin);
        }
        let response = self.client.execute(request).await?;
        self.cookies.store(&url, response.headers());
        let location = response
            .headers()
            .get(header::LOCATION)
            .and_then(|location| location.to_str().ok());
        let next = location
            .filter(|_| response.status().is_redirection())
            .map(|location| url.join(location))
            .transpose()?;
        let status = response.status();
        Ok(Page {
            url,
            status,
            next,
            body: response.text().await?,
        })
    }
}

/// An answer.
#[derive(Debug)]
struct Page {
    url: Url,
    status: StatusCode,
    /// Where it redirects to.
    next: Option<Url>,
    body: String,
}

impl Page {
    fn request_token(&self) -> Result<String, BrowserError> {
        self.required(
            html::attribute(&self.body, "<head", "data-requesttoken"),
            "request token",
        )
    }

    fn required(&self, found: Option<String>, what: &'static str) -> Result<String, BrowserError> {
        found.ok_or_else(|| BrowserError::Incomplete {
            url: self.url.clone(),
            what,
        })
    }

    fn unknown(&self) -> BrowserError {
        BrowserError::UnknownPage {
            url: self.url.clone(),
            status: self.status,
            title: html::headline(&self.body),
        }
    }
}

/// The same address with another end of its path, and the query kept.
fn sibling(url: &Url, end: &str, other: &str) -> Url {
    let mut sibling = url.clone();
    let path = url.path().strip_suffix(end).unwrap_or_default();
    sibling.set_path(&format!("{path}{other}"));
    sibling
}
