//! Errors as Sabre writes them.

use std::fmt::Write as _;

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::xml::escape;
use crate::reply;

/// A refusal with Sabre's XML body.
#[derive(Debug)]
pub(crate) struct DavError {
    status: StatusCode,
    exception: &'static str,
    message: String,
    /// Elements after the message, as XML.
    more: String,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl DavError {
    /// A refusal by the PHP class `exception`; a name without backslash is one of Sabre's own.
    pub(crate) fn new(status: StatusCode, exception: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            exception,
            message: message.into(),
            more: String::new(),
            headers: Vec::new(),
        }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "Conflict", message)
    }

    /// 405 with `Allow`.
    pub(crate) fn method_not_allowed(message: impl Into<String>, allow: &'static str) -> Self {
        let mut error = Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message);
        error.headers.push((header::ALLOW, HeaderValue::from_static(allow)));
        error
    }

    /// 412, because of this header.
    pub(crate) fn precondition(message: impl Into<String>, because_of: &str) -> Self {
        let mut error = Self::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message);
        let _ = write!(error.more, "\n  <s:header>{}</s:header>", escape(because_of));
        error
    }

    /// With another header.
    #[must_use]
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers
            .extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
        self
    }

    /// With more XML after the message.
    #[must_use]
    pub(crate) fn with_xml(mut self, xml: &str) -> Self {
        self.more.push_str("\n  ");
        self.more.push_str(xml);
        self
    }
}

impl IntoResponse for DavError {
    fn into_response(self) -> Response {
        let class = if self.exception.contains('\\') {
            self.exception.trim_start_matches('\\').to_owned()
        } else {
            format!("Sabre\\DAV\\Exception\\{}", self.exception)
        };
        let message = escape(&self.message);
        let message = if message.is_empty() {
            "<s:message/>".to_owned()
        } else {
            format!("<s:message>{message}</s:message>")
        };
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<d:error xmlns:d=\"DAV:\" xmlns:s=\"http://sabredav.org/ns\">\n  \
             <s:exception>{class}</s:exception>\n  {message}{}\n</d:error>\n",
            self.more
        );
        let mut response = reply::text(self.status, reply::XML, body);
        response.headers_mut().extend(self.headers);
        response
    }
}
