//! A request to Nextcloud, from template to answer.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use observability::propagation;
use observability::spans::{self, ClientRequest};
use serde::Serialize;
use tokio::time::Instant;
use tracing::Instrument;

use super::error::root_cause;
use super::retry::{Attempt, Retry};
use super::template::Template;
use super::{Etag, NextcloudClient, NextcloudError, NextcloudResponse, Outcome, StatusError};

/// Makes Nextcloud treat the request as one of an API client. With it an unpatched Nextcloud takes bearer tokens on
/// its CORS routes too, and OCS routes skip the CSRF check; without it both refuse.
const OCS_API_REQUEST: HeaderName = HeaderName::from_static("ocs-apirequest");

/// Where WebDAV is, and what is built on it.
const DAV_PATHS: &str = "/remote.php/";

/// Longest error body that is read: enough for a note of ordinary size in a 412.
const MAX_ERROR_BODY: usize = 1024 * 1024;

/// A request that is being put together.
#[must_use = "a request does nothing until it is sent"]
#[derive(Debug)]
pub struct NextcloudRequest {
    client: NextcloudClient,
    method: Method,
    template: Template,
    query: String,
    headers: HeaderMap,
    body: Body,
    timeout: Option<Duration>,
    invalid: Option<&'static str>,
}

#[derive(Debug)]
enum Body {
    None,
    Bytes(Bytes),
    /// Sent once: a stream cannot be replayed, so such a request is never retried.
    Stream(reqwest::Body),
}

impl NextcloudRequest {
    pub(super) fn new(client: NextcloudClient, method: Method, template: &'static str) -> Self {
        Self {
            client,
            method,
            template: Template::new(template),
            query: String::new(),
            headers: HeaderMap::new(),
            body: Body::None,
            timeout: None,
            invalid: None,
        }
    }

    /// Fills the next placeholder with one path segment, encoded.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a number, a string or a reference: callers pass what they have"
    )]
    pub fn segment(mut self, value: impl ToString) -> Self {
        self.template.segment(&value.to_string());
        self
    }

    /// Fills the next placeholder with a path of several segments, each encoded; `.` and `..` are refused.
    pub fn path(mut self, value: &str) -> Self {
        self.template.path(value);
        self
    }

    /// Adds a query parameter.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a number, a string or a reference: callers pass what they have"
    )]
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        let query = std::mem::take(&mut self.query);
        self.query = url::form_urlencoded::Serializer::new(query)
            .append_pair(name, &value.to_string())
            .finish();
        self
    }

    /// Sets a header. A value that no header can carry makes the request fail unsent.
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => {
                self.headers.insert(name, value);
            }
            Err(_) => self.invalid = Some("a header value contains control characters"),
        }
        self
    }

    /// Only if the object is still the one with this tag (`If-Match`); otherwise 412.
    pub fn if_match(mut self, etag: &Etag) -> Self {
        match etag.to_header() {
            Some(value) => {
                self.headers.insert(IF_MATCH, value);
            }
            None => self.invalid = Some("this is not an etag that Nextcloud gave out; read the object again"),
        }
        self
    }

    /// Only if the object exists (`If-Match: *`).
    pub fn if_exists(mut self) -> Self {
        self.headers.insert(IF_MATCH, HeaderValue::from_static("*"));
        self
    }

    /// Only if nothing is there yet (`If-None-Match: *`).
    pub fn if_absent(mut self) -> Self {
        self.headers.insert(IF_NONE_MATCH, HeaderValue::from_static("*"));
        self
    }

    /// A JSON body.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => {
                self.headers
                    .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                self.body = Body::Bytes(body.into());
            }
            Err(_) => self.invalid = Some("the body cannot be written as JSON"),
        }
        self
    }

    /// A body with its media type.
    pub fn body(mut self, media_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = Body::Bytes(body.into());
        self.header(CONTENT_TYPE, media_type)
    }

    /// A body that is produced while it is sent. Such a request is not retried.
    pub fn stream(mut self, media_type: &str, body: reqwest::Body) -> Self {
        self.body = Body::Stream(body);
        self.header(CONTENT_TYPE, media_type)
    }

    /// Another bound than the default on the wait for the head of the answer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends; a status of 400 and above is an error.
    pub async fn send(self) -> Result<NextcloudResponse, NextcloudError> {
        let response = self.send_any().await?;
        if response.status().is_client_error() || response.status().is_server_error() {
            return Err(response.into_error().await);
        }
        Ok(response)
    }

    /// Sends; every status is an answer.
    pub async fn send_any(self) -> Result<NextcloudResponse, NextcloudError> {
        let server = self.client.server();
        let span = spans::http_client(ClientRequest {
            method: self.method.as_str(),
            server_address: &server.host,
            server_port: Some(server.port),
            url_template: self.template.name(),
        });
        let metrics = server
            .metrics
            .nextcloud(app_of(self.template.name()), self.method.as_str());
        let started = Instant::now();
        let method = self.method.clone();
        let is_dav = self.template.name().starts_with(DAV_PATHS);
        let result = self.send_within_limits().instrument(span.clone()).await;
        let status = match &result {
            Ok(response) => {
                spans::http_client_finished(&span, response.status());
                Some(response.status())
            }
            Err(error) => {
                spans::failed(&span, error.kind());
                None
            }
        };
        metrics.record(started.elapsed(), status);
        result.and_then(|response| answer_of(&method, is_dav, response))
    }

    /// Takes one of the user's places, asks the breaker, and tells it how the request went after its last try.
    async fn send_within_limits(self) -> Result<NextcloudResponse, NextcloudError> {
        let client = self.client.clone();
        let user = client.user();
        let permit = user.limits.acquire().await?;
        user.breaker.check()?;
        let result = self.send_with_retries().await;
        match &result {
            Ok(response) => user.breaker.record(Outcome::of(response.status())),
            Err(NextcloudError::Unreachable(_) | NextcloudError::Timeout(_) | NextcloudError::Interrupted(_)) => {
                user.breaker.record(Outcome::Failed);
            }
            Err(_) => {}
        }
        result.map(|response| response.holding(permit))
    }

    async fn send_with_retries(mut self) -> Result<NextcloudResponse, NextcloudError> {
        if let Some(reason) = self.invalid {
            return Err(NextcloudError::Invalid(reason));
        }
        let url = self.url()?;
        self.set_common_headers();
        let stream = match std::mem::replace(&mut self.body, Body::None) {
            Body::Stream(stream) => Some(stream),
            body => {
                self.body = body;
                None
            }
        };
        if let Some(stream) = stream {
            let authorization = self.client.authorization().header().await?;
            return self.attempt(&url, &authorization, Some(stream)).await.into_result();
        }
        let turns = &self.client.user().turns;
        let mut retry = Retry::new(&self.method, self.client.server().randomness.as_ref());
        let mut turn = turns.side_by_side().await;
        loop {
            let attempt = self.authorized_attempt(&url).await?;
            drop(turn);
            match retry.wait_before_next(&attempt) {
                Some(wait) => {
                    tracing::debug!(wait_ms = wait.as_millis(), "trying again");
                    tokio::time::sleep(wait).await;
                    turn = turns.alone().await;
                }
                None => return attempt.into_result(),
            }
        }
    }

    fn url(&mut self) -> Result<String, NextcloudError> {
        let path = self.template.clone().finish().map_err(NextcloudError::Invalid)?;
        let mut url = format!("{}{path}", self.client.server().base);
        if !self.query.is_empty() {
            url.push('?');
            url.push_str(&self.query);
        }
        Ok(url)
    }

    fn set_common_headers(&mut self) {
        self.headers.insert(OCS_API_REQUEST, HeaderValue::from_static("true"));
        self.headers
            .entry(ACCEPT)
            .or_insert(HeaderValue::from_static("application/json"));
        propagation::inject(&mut self.headers);
    }

    /// One try with the credential of the moment, and a second one if that was replaced on the way: a 401 says that
    /// nothing was done.
    async fn authorized_attempt(&self, url: &str) -> Result<Attempt, NextcloudError> {
        let authorization = self.client.authorization().header().await?;
        let attempt = self.attempt(url, &authorization, None).await;
        if !attempt.was_refused() {
            return Ok(attempt);
        }
        match self.client.authorization().instead_of(&authorization).await? {
            Some(renewed) => Ok(self.attempt(url, &renewed, None).await),
            None => Ok(attempt),
        }
    }

    async fn attempt(&self, url: &str, authorization: &HeaderValue, stream: Option<reqwest::Body>) -> Attempt {
        let server = self.client.server();
        let mut request = server
            .http
            .request(self.method.clone(), url)
            .headers(self.headers.clone())
            .header(AUTHORIZATION, authorization.clone());
        if let Some(stream) = stream {
            request = request.body(stream);
        } else if let Body::Bytes(bytes) = &self.body {
            request = request.body(bytes.clone());
        }
        let timeout = self.timeout.unwrap_or(server.request_timeout);
        match tokio::time::timeout(timeout, request.send()).await {
            Err(_) => Attempt::Failed(NextcloudError::Timeout(timeout)),
            Ok(Err(error)) if error.is_connect() => Attempt::NotSent(NextcloudError::Unreachable(root_cause(&error))),
            Ok(Err(error)) if error.is_timeout() => Attempt::Failed(NextcloudError::Timeout(timeout)),
            Ok(Err(error)) => Attempt::Failed(NextcloudError::Interrupted(root_cause(&error))),
            Ok(Ok(response)) => Attempt::Answered(NextcloudResponse::new(
                response,
                server.max_body,
                server.request_timeout,
            )),
        }
    }
}

/// The answer, unless it is a page in place of one. A login page or a proxy in the way answers 200 to everything; taken
/// for success, it would have a write reported that never happened. WebDAV has 201 and 204 for what was done
/// (RFC 4918 section 9), and no API of Nextcloud's answers a write with HTML: but its 201 and 204 may be labelled so.
fn answer_of(method: &Method, is_dav: bool, response: NextcloudResponse) -> Result<NextcloudResponse, NextcloudError> {
    let status = response.status();
    let is_write = match method.as_str() {
        "PUT" | "DELETE" | "MKCOL" | "MKCALENDAR" | "MOVE" | "COPY" => true,
        "POST" | "PATCH" => !is_dav,
        _ => false,
    };
    let is_page = response.media_type().as_deref() == Some("text/html");
    if !is_write || status != StatusCode::OK || !(is_dav || is_page) {
        return Ok(response);
    }
    let (what, expected) = if is_page {
        ("an HTML page (a login, maintenance or proxy page?)", "a confirmation")
    } else {
        ("something else", "201 Created or 204 No Content")
    };
    Err(NextcloudError::Unexpected {
        status,
        what: what.to_owned(),
        expected,
    })
}

/// The app that a path template belongs to, as metrics name it: one of few.
fn app_of(template: &'static str) -> &'static str {
    let path = template.strip_prefix("/index.php").unwrap_or(template);
    let mut segments = path.split('/').skip(1);
    match (segments.next(), segments.next(), segments.next(), segments.next()) {
        (Some("apps"), Some(app), _, _) | (Some("ocs"), _, Some("apps"), Some(app)) => app,
        (Some("ocs"), ..) => "ocs",
        (Some("remote.php"), Some("dav"), Some(tree), _) if !tree.starts_with('{') && !tree.is_empty() => tree,
        (Some("remote.php"), ..) => "dav",
        _ => "other",
    }
}

impl NextcloudResponse {
    /// Turns an error answer into the error, with what its body says.
    pub async fn into_error(self) -> NextcloudError {
        let (status, headers) = (self.status(), self.headers().clone());
        let body = match self.bytes_up_to(MAX_ERROR_BODY).await {
            Ok(body) => body,
            Err(error) => {
                tracing::debug!(%error, "the body of an error answer was not read");
                Bytes::new()
            }
        };
        StatusError::new(status, &headers, body).into()
    }
}
