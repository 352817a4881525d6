//! The one layout, and the headers that every page is sent with.

use super::html::{Element, element};
use super::{Site, stylesheet};
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// What the pages consist of: our stylesheet and forms that lead to us. Nothing inline, nothing of others, no scripts.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_FRAME_OPTIONS, "DENY"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Addresses of pages hold codes and states.
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// A page: a title, which is also its headline, and what stands below.
#[derive(Debug)]
pub(crate) struct Page {
    status: StatusCode,
    title: String,
    mark: Option<Element>,
    content: Vec<Element>,
}

impl Page {
    /// A page without content.
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self {
            status: StatusCode::OK,
            title: title.into(),
            mark: None,
            content: Vec::new(),
        }
    }

    /// The HTTP status that it is sent with.
    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A sign above the headline.
    pub(super) fn mark(mut self, mark: impl Into<Option<Element>>) -> Self {
        self.mark = mark.into();
        self
    }

    /// Adds to the content.
    pub(crate) fn with(mut self, content: impl Into<Option<Element>>) -> Self {
        self.content.extend(content.into());
        self
    }

    /// The answer that shows the page.
    pub(crate) fn into_response(self, site: &Site) -> Response {
        let document = format!("<!DOCTYPE html>\n{}\n", self.document(site));
        let mut response = (self.status, Body::from(document)).into_response();
        let headers = response.headers_mut();
        for (name, value) in HEADERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }

    fn document(&self, site: &Site) -> Element {
        let head = element("head")
            .with(element("meta").attribute("charset", "utf-8"))
            .with(
                element("meta")
                    .attribute("name", "viewport")
                    .attribute("content", "width=device-width, initial-scale=1"),
            )
            .with(
                element("meta")
                    .attribute("name", "color-scheme")
                    .attribute("content", "light dark"),
            )
            .with(
                element("link")
                    .attribute("rel", "stylesheet")
                    .attribute("href", &site.path(stylesheet::path())),
            )
            .with(element("title").text(&format!("{} – Nextcloud MCP Server", self.title)));
        let header = element("header").with(
            element("a")
                .attribute("href", &site.path("/"))
                .text("Nextcloud MCP Server"),
        );
        let main = element("main")
            .with(self.mark.clone())
            .with(element("h1").text(&self.title))
            .with_all(self.content.iter().cloned());
        element("html")
            .attribute("lang", "en")
            .with(head)
            .with(element("body").with(header).with(main))
    }
}
