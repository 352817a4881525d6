//! Pages that say how something ended.

use axum::http::StatusCode;
use axum::response::Response;
use url::Url;

use super::Site;
use super::html::{Element, element};
use super::layout::Page;

/// What kind of news a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was wanted is done.
    Success,
    /// Neither good nor bad.
    Notice,
    /// It did not work; the status says why.
    Failure(StatusCode),
}

impl Kind {
    fn status(self) -> StatusCode {
        match self {
            Self::Success | Self::Notice => StatusCode::OK,
            Self::Failure(status) => status,
        }
    }

    /// A sign for those who see; the headline says it to everybody.
    fn mark(self) -> Option<Element> {
        let (class, sign) = match self {
            Self::Success => ("mark success", "✓"),
            Self::Failure(_) => ("mark failure", "!"),
            Self::Notice => return None,
        };
        Some(element("p").class(class).attribute("aria-hidden", "true").text(sign))
    }
}

/// What can be done next.
#[derive(Debug, Clone)]
pub struct Link {
    label: String,
    target: Target,
}

#[derive(Debug, Clone)]
enum Target {
    Own(String),
    Other(Url),
}

impl Link {
    /// A link to one of our own pages.
    pub fn own(label: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            target: Target::Own(path.into()),
        }
    }

    /// A link to a page of another server. `None` if that is no page (`javascript:` and the like).
    pub fn other(label: impl Into<String>, url: &Url) -> Option<Self> {
        matches!(url.scheme(), "http" | "https").then(|| Self {
            label: label.into(),
            target: Target::Other(url.clone()),
        })
    }

    pub(crate) fn element(&self, site: &Site) -> Element {
        let href = match &self.target {
            Target::Own(path) => site.path(path),
            Target::Other(url) => url.to_string(),
        };
        element("a").attribute("href", &href).text(&self.label)
    }
}

/// A page that says how something ended: a headline, short paragraphs, and at most one thing to do next. All of it is
/// escaped here.
pub fn message(site: &Site, kind: Kind, title: &str, paragraphs: &[&str], action: Option<Link>) -> Response {
    let mut page = Page::new(title).status(kind.status()).mark(kind.mark());
    for text in paragraphs {
        page = page.with(element("p").text(text));
    }
    let action = action.map(|link| element("p").class("actions").with(link.element(site).class("button")));
    page.with(action).into_response(site)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use http_body_util::BodyExt;
    use url::Url;

    use super::{Kind, Link, message};
    use crate::http::pages::Site;

    #[tokio::test]
    async fn what_others_wrote_stays_text() {
        let site = Site::new(&Url::parse("http://localhost/base").unwrap());
        let hostile = "</p><script>alert(1)</script>\" onload='x'";
        let action = Some(Link::own(hostile, "/oauth/authorize-nextcloud?state=\"><script>"));
        let kind = Kind::Failure(StatusCode::BAD_GATEWAY);
        let response = message(&site, kind, hostile, &[hostile], action);
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body = std::str::from_utf8(&body).unwrap();
        assert!(!body.contains("<script") && !body.contains("onload='"), "{body}");
        assert!(
            body.contains("href=\"/base/oauth/authorize-nextcloud?state=&quot;&gt;&lt;script&gt;\""),
            "{body}"
        );
    }

    #[test]
    fn only_pages_can_be_linked_to() {
        let link = |url: &str| Link::other("there", &Url::parse(url).unwrap());
        assert!(link("https://cloud.example.org/settings").is_some());
        for url in ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"] {
            assert!(link(url).is_none(), "{url}");
        }
    }
}
