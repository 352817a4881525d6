//! A DAV request, taken apart.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use http::HeaderMap;
use http_body_util::BodyExt as _;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::xml::Element;
use super::{DavError, Wanted};
use crate::{AppState, User};

const ROOT: &str = "/remote.php/dav";
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b':')
    .remove(b'(')
    .remove(b')');

/// How far below a collection a request reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Depth {
    Zero,
    One,
    Infinity,
}

/// A request below `/remote.php/dav/`, of a user who is logged in.
#[derive(Debug)]
pub(crate) struct DavCall {
    pub(crate) state: AppState,
    pub(crate) user: Arc<User>,
    pub(crate) method: String,
    pub(crate) headers: HeaderMap,
    /// The path below `/remote.php/dav/`, decoded, without empty segments.
    pub(crate) segments: Vec<String>,
    pub(crate) body: Body,
}

impl DavCall {
    pub(super) fn new(state: AppState, user: Arc<User>, request: Request) -> Result<Self, DavError> {
        let (parts, body) = request.into_parts();
        Ok(Self {
            state,
            user,
            method: parts.method.as_str().to_owned(),
            headers: parts.headers,
            segments: segments(parts.uri.path())?,
            body,
        })
    }

    /// The first segment: `files`, `calendars` …
    pub(crate) fn tree(&self) -> &str {
        self.segments.first().map_or("", String::as_str)
    }

    /// A header that is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// `Depth`, or `default` when it is missing.
    pub(crate) fn depth(&self, default: Depth) -> Depth {
        match self.header("depth") {
            Some("0") => Depth::Zero,
            Some("1") => Depth::One,
            Some("infinity") => Depth::Infinity,
            _ => default,
        }
    }

    /// The segments of `Destination`, below `/remote.php/dav/`.
    pub(crate) fn destination(&self) -> Result<Vec<String>, DavError> {
        let Some(destination) = self.header("destination") else {
            return Err(DavError::bad_request("The destination header was not supplied"));
        };
        let path = destination.split_once("://").map_or(destination, |(_, rest)| {
            rest.find('/').map_or("/", |slash| &rest[slash..])
        });
        segments(path)
    }

    /// The segments of an href below `/remote.php/dav/`.
    pub(crate) fn segments_of(href: &str) -> Result<Vec<String>, DavError> {
        segments(href)
    }

    /// The body.
    pub(crate) async fn bytes(&mut self) -> Result<Bytes, DavError> {
        let body = std::mem::take(&mut self.body);
        let collected = body.collect().await;
        Ok(collected
            .map_err(|_| DavError::bad_request("The body broke off"))?
            .to_bytes())
    }

    /// The body as XML; `None` when there is none.
    pub(crate) async fn xml(&mut self) -> Result<Option<Element>, DavError> {
        let body = self.bytes().await?;
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        Element::parse(&body).map(Some)
    }

    /// What a `PROPFIND` asks for. Reads the body.
    pub(crate) async fn wanted(&mut self) -> Result<Wanted, DavError> {
        Ok(self.xml().await?.map_or(Wanted::All, |body| Wanted::of(&body)))
    }
}

fn segments(path: &str) -> Result<Vec<String>, DavError> {
    let below = path
        .strip_prefix(ROOT)
        .ok_or_else(|| DavError::forbidden("Requested uri is out of base uri (/remote.php/dav/)"))?;
    below
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| {
            let decoded = percent_decode_str(segment).decode_utf8();
            decoded
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| DavError::bad_request("The path is not UTF-8"))
        })
        .collect()
}

/// An href of these segments: Sabre writes escapes in lower case. `collection` ends it with a slash.
pub(crate) fn encode<S: AsRef<str>>(segments: impl IntoIterator<Item = S>, collection: bool) -> String {
    let mut href = ROOT.to_owned();
    for segment in segments {
        href.push('/');
        let encoded = utf8_percent_encode(segment.as_ref(), SEGMENT).to_string();
        let mut escapes = encoded.split('%');
        href.extend(escapes.next());
        for escape in escapes {
            let (digits, rest) = escape.split_at(2);
            href.push('%');
            href.push_str(&digits.to_ascii_lowercase());
            href.push_str(rest);
        }
    }
    if collection {
        href.push('/');
    }
    href
}
