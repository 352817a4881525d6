//! An answer of Nextcloud's whose body is not read yet.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::{CallPermit, Etag, NextcloudError};
use crate::http::{next_chunk, read_bounded};

/// An answer: status and headers are here, the body waits.
#[derive(Debug)]
pub struct NextcloudResponse {
    response: reqwest::Response,
    max_body: usize,
    /// Bound on the wait for the next piece of the body.
    silence: Duration,
    /// The place at Nextcloud, kept until the body is read.
    permit: Option<CallPermit>,
}

impl NextcloudResponse {
    pub(super) fn new(response: reqwest::Response, max_body: usize, silence: Duration) -> Self {
        Self {
            response,
            max_body,
            silence,
            permit: None,
        }
    }

    /// Keeps `permit` until the body is read.
    pub(super) fn holding(mut self, permit: CallPermit) -> Self {
        self.permit = Some(permit);
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// One header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// The entity tag.
    pub fn etag(&self) -> Option<Etag> {
        let value = self.response.headers().get(ETAG)?.to_str().ok()?;
        Some(Etag::parse(value))
    }

    /// The media type without parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let value = self.response.headers().get(CONTENT_TYPE)?.to_str().ok()?;
        let essence = value.split(';').next().unwrap_or(value);
        Some(essence.trim().to_ascii_lowercase())
    }

    /// The body as JSON. HTML, an empty body and JSON of another shape are [`NextcloudError::Unexpected`].
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, NextcloudError> {
        let status = self.status();
        let media_type = self.media_type();
        let body = self.bytes().await?;
        serde_json::from_slice(&body).map_err(|error| NextcloudError::Unexpected {
            status,
            what: describe(&body, media_type.as_deref(), &error),
            expected: "JSON",
        })
    }

    /// The whole body, up to the bound on what is held in memory.
    pub async fn bytes(self) -> Result<Bytes, NextcloudError> {
        let limit = self.max_body;
        self.bytes_up_to(limit).await
    }

    /// The whole body of at most `limit` bytes.
    pub async fn bytes_up_to(self, limit: usize) -> Result<Bytes, NextcloudError> {
        Ok(read_bounded(self.response, limit, self.silence).await?)
    }

    /// The whole body as text.
    pub async fn text(self) -> Result<String, NextcloudError> {
        let status = self.status();
        let body = self.bytes().await?;
        String::from_utf8(body.into()).map_err(|_| NextcloudError::Unexpected {
            status,
            what: "bytes that are not UTF-8".to_owned(),
            expected: "text",
        })
    }

    /// The body as it arrives.
    pub fn stream(self) -> impl Stream<Item = Result<Bytes, NextcloudError>> + Send + 'static {
        stream::try_unfold(self, |mut rest| async move {
            let chunk = next_chunk(&mut rest.response, rest.silence).await?;
            Ok(chunk.map(|chunk| (chunk, rest)))
        })
    }
}

/// What a body is that should have been JSON, in words; never its text.
fn describe(body: &[u8], media_type: Option<&str>, error: &serde_json::Error) -> String {
    if body.iter().all(u8::is_ascii_whitespace) {
        return "an empty body".to_owned();
    }
    match media_type {
        Some("text/html") => "an HTML page (a login, maintenance or proxy page?)".to_owned(),
        _ if error.is_data() => format!(
            "JSON of another shape (line {}, column {})",
            error.line(),
            error.column()
        ),
        Some(other) => format!("`{}`", super::error::clip(other)),
        None => "something without a media type".to_owned(),
    }
}
