//! The methods of `files/<user>/…`.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, ALLOW, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, LAST_MODIFIED,
};
use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::BodyExt as _;

use super::conditions;
use super::content::Content;
use super::home::{Path, check_name, missing, take};
use super::node::{Node, media_type};
use super::properties::{self, http_date};
use super::{report, transfer, trash};
use crate::dav::{DavCall, DavError, Depth, Element, Multistatus, Properties, Wanted, encode, ns};
use crate::reply;

pub(super) const METHODS: &str = "OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, PROPPATCH, COPY, MOVE, REPORT";

pub(crate) async fn serve(mut call: DavCall) -> Result<Response, DavError> {
    if call.segments.get(1) != Some(&call.user.uid) {
        return foreign(&call);
    }
    let path: Path = call.segments[2..].to_vec();
    conditions::check(&call)?;
    match call.method.as_str() {
        "OPTIONS" => Ok(options()),
        "PROPFIND" => propfind(&mut call, &path).await,
        "PROPPATCH" => proppatch(&mut call, &path).await,
        "GET" | "HEAD" => get(&call, &path),
        "PUT" => put(&mut call, path).await,
        "MKCOL" => mkcol(&call, path),
        "DELETE" => delete(&call, &path),
        "COPY" | "MOVE" => transfer::serve(&call, &path),
        "REPORT" => report::serve(&mut call, &path).await,
        other => Err(not_implemented(other)),
    }
}

/// What Sabre says to a method that nobody serves.
pub(super) fn not_implemented(method: &str) -> DavError {
    let message = format!("There was no plugin in the system that was willing to handle this {method} method.");
    DavError::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
}

/// Of another user's files there is only the bare collection to see.
fn foreign(call: &DavCall) -> Result<Response, DavError> {
    if call.method == "PROPFIND" && call.segments.len() == 2 && call.state.user(&call.segments[1]).is_some() {
        let mut collection = Properties::default();
        collection.xml(ns::DAV, "resourcetype", "<d:collection/>");
        let mut answer = Multistatus::default();
        answer.give(&encode(&call.segments, true), &Wanted::All, &collection);
        return Ok(answer.into_response());
    }
    Err(missing(call.segments.get(2..).unwrap_or_default()))
}

fn options() -> Response {
    let mut response = reply::empty(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(ALLOW, HeaderValue::from_static(METHODS));
    headers.insert("MS-Author-Via", HeaderValue::from_static("DAV"));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response
}

async fn propfind(call: &mut DavCall, path: &[String]) -> Result<Response, DavError> {
    let wanted = call.wanted().await?;
    let depth = call.depth(Depth::One);
    let (user, now) = (call.user.clone(), call.state.clock().unix());
    let mut files = call.state.files();
    let node_ids: Vec<Path> = {
        let home = files.of(&user.uid, now);
        home.node(path)?;
        match depth {
            Depth::Zero => vec![path.to_vec()],
            Depth::One => std::iter::once(path.to_vec())
                .chain(home.members(path).map(|(path, _)| path.clone()))
                .collect(),
            Depth::Infinity => home.tree(path).map(|(path, _)| path.clone()).collect(),
        }
    };
    let mut answer = Multistatus::default();
    for path in node_ids {
        properties::give(&mut answer, &mut files, &user, &path, &wanted, now);
    }
    Ok(answer.into_response())
}

async fn proppatch(call: &mut DavCall, path: &[String]) -> Result<Response, DavError> {
    let body = call.xml().await?.unwrap_or_default();
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    let home = files.of(&call.user.uid, now);
    home.node(path)?;
    let node = home.get_mut(path).ok_or_else(|| missing(path))?;
    let changes = body.children.iter().flat_map(|change| {
        let set = change.is(ns::DAV, "set");
        let props = change.find(ns::DAV, "prop").into_iter().flat_map(|prop| &prop.children);
        props.map(move |prop| (set, prop))
    });
    let outcomes: Vec<_> = changes
        .map(|(set, prop)| (prop.name.clone(), apply(node, set, prop)))
        .collect();
    let mut answer = Multistatus::default();
    let is_folder = node.is_folder();
    answer.changed(&encode(&call.segments, is_folder), &outcomes);
    Ok(answer.into_response())
}

fn apply(node: &mut Node, set: bool, prop: &Element) -> StatusCode {
    if prop.is(ns::OC, "favorite") {
        node.favorite = set && !matches!(prop.text.trim(), "" | "0" | "false" | "no");
    } else if prop.is(ns::DAV, "lastmodified") || prop.is(ns::DAV, "getlastmodified") {
        match prop.text.trim().parse() {
            Ok(time) => node.mtime = time,
            Err(_) => return StatusCode::BAD_REQUEST,
        }
    } else if [ns::DAV, ns::OC, ns::NC].contains(&prop.name.0.as_str()) {
        return StatusCode::FORBIDDEN;
    } else if set {
        node.custom.insert(prop.name.clone(), prop.text.clone());
    } else {
        node.custom.remove(&prop.name);
    }
    StatusCode::OK
}

fn get(call: &DavCall, path: &[String]) -> Result<Response, DavError> {
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    let node = files.of(&call.user.uid, now).node(path)?;
    let Some(content) = node.content() else {
        return Ok(reply::empty(StatusCode::OK));
    };
    let etag = format!("\"{}\"", node.etag());
    let name = path.last().map_or("", String::as_str);
    let modified = http_date(node.mtime);
    if conditions::none_match(call, &etag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        set(&mut response, ETAG, &etag);
        return Ok(response);
    }
    let mut response = body_of(call, content, &etag, &modified)?;
    let media = media_type(name);
    let charset = if media.starts_with("text/") {
        ";charset=UTF-8"
    } else {
        ""
    };
    set(&mut response, CONTENT_TYPE, &format!("{media}{charset}"));
    set(&mut response, LAST_MODIFIED, &modified);
    set(&mut response, ETAG, &etag);
    set(&mut response, HeaderName::from_static("oc-etag"), &etag);
    let encoded = encode([name], false);
    let encoded = encoded.rsplit('/').next().unwrap_or_default();
    let ascii: String = name.chars().filter(|c| c.is_ascii_graphic() && *c != '"').collect();
    let disposition = format!("attachment; filename*=UTF-8''{encoded}; filename=\"{ascii}\"");
    set(&mut response, CONTENT_DISPOSITION, &disposition);
    Ok(response)
}

/// The whole content, or the range that is asked for.
pub(super) fn body_of(call: &DavCall, content: &Content, etag: &str, modified: &str) -> Result<Response, DavError> {
    let size = content.len();
    let range = call.header("range").and_then(|range| range.strip_prefix("bytes="));
    let (status, start, end) = match range.and_then(|range| range.split_once('-')) {
        None => (StatusCode::OK, 0, size),
        Some(("", last)) => {
            let last = last.parse::<u64>().unwrap_or(0);
            (StatusCode::PARTIAL_CONTENT, size.saturating_sub(last), size)
        }
        Some((start, end)) => {
            let start = start.parse::<u64>().unwrap_or(0);
            if start >= size {
                let message = format!("The start offset ({start}) exceeded the size of the entity ({size})");
                let status = StatusCode::RANGE_NOT_SATISFIABLE;
                return Err(DavError::new(status, "RequestedRangeNotSatisfiable", message)
                    .with_header(ETAG, etag)
                    .with_header(LAST_MODIFIED, modified));
            }
            let end = end.parse::<u64>().map_or(size, |end| size.min(end + 1));
            (StatusCode::PARTIAL_CONTENT, start, end)
        }
    };
    let pieces = content.range(start, end).into_iter().map(Ok::<_, std::io::Error>);
    let body = if call.method == "HEAD" {
        Body::empty()
    } else {
        Body::from_stream(Pieces(pieces.collect::<Vec<_>>().into_iter()))
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    set(&mut response, CONTENT_LENGTH, &(end - start).to_string());
    if status == StatusCode::PARTIAL_CONTENT {
        set(
            &mut response,
            CONTENT_RANGE,
            &format!("bytes {start}-{}/{size}", end - 1),
        );
    }
    Ok(response)
}

/// Pieces that are there already, as the stream that a body is made of.
struct Pieces(std::vec::IntoIter<std::io::Result<Bytes>>);

impl futures_util::Stream for Pieces {
    type Item = std::io::Result<Bytes>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

/// The body in the pieces in which it comes.
pub(super) async fn receive(call: &mut DavCall) -> Result<Content, DavError> {
    let mut body = std::mem::take(&mut call.body);
    let mut pieces = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| DavError::bad_request("The body broke off"))?;
        pieces.extend(frame.into_data().ok().filter(|piece| !piece.is_empty()));
    }
    Ok(Content::new(pieces))
}

async fn put(call: &mut DavCall, path: Path) -> Result<Response, DavError> {
    let content = receive(call).await?;
    let announced: Option<u64> = call.header("content-length").and_then(|length| length.parse().ok());
    if announced.is_some_and(|announced| announced != content.len()) {
        return Err(DavError::bad_request("Expected filesize does not match"));
    }
    // While the body came, the file may have changed.
    conditions::check(call)?;
    store(call, &path, content)
}

/// Makes or overwrites a file, and says so as `PUT` does.
pub(super) fn store(call: &DavCall, path: &[String], content: Content) -> Result<Response, DavError> {
    let now = call.state.clock().unix();
    let mtime = call.header("x-oc-mtime").and_then(|time| time.parse::<u64>().ok());
    let mut files = call.state.files();
    let (home, ids) = files.with_ids(&call.user.uid, now);
    let (name, folder) = path.split_last().ok_or_else(put_on_folder)?;
    if home.get(path).is_some_and(Node::is_folder) {
        return Err(put_on_folder());
    }
    if !home.node(folder)?.is_folder() {
        return Err(DavError::conflict("Parent node is not a folder"));
    }
    check_name(name)?;
    let exists = home.get(path).is_some();
    if exists {
        home.overwrite(path, content, mtime.unwrap_or(now), now);
    } else {
        let mut node = Node::file(take(ids), now, content);
        node.mtime = mtime.unwrap_or(now);
        home.insert(path.to_vec(), node);
    }
    let node = home.node(path)?;
    let status = if exists {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CREATED
    };
    let mut response = reply::empty(status);
    let etag = format!("\"{}\"", node.etag());
    set(&mut response, HeaderName::from_static("oc-fileid"), &node.full_id());
    set(&mut response, ETAG, &etag);
    set(&mut response, HeaderName::from_static("oc-etag"), &etag);
    if mtime.is_some() {
        set(&mut response, HeaderName::from_static("x-oc-mtime"), "accepted");
    }
    Ok(response)
}

fn put_on_folder() -> DavError {
    DavError::conflict("PUT is not allowed on non-files.")
}

fn mkcol(call: &DavCall, path: Path) -> Result<Response, DavError> {
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    let (home, ids) = files.with_ids(&call.user.uid, now);
    if home.get(&path).is_some() {
        let message = "The resource you tried to create already exists";
        return Err(DavError::method_not_allowed(message, METHODS));
    }
    let (name, folder) = path.split_last().ok_or_else(|| missing(&path))?;
    if !home.get(folder).is_some_and(Node::is_folder) {
        return Err(DavError::conflict("Parent node does not exist"));
    }
    check_name(name)?;
    let node = Node::folder(take(ids), now);
    let mut response = reply::empty(StatusCode::CREATED);
    set(&mut response, HeaderName::from_static("oc-fileid"), &node.full_id());
    home.insert(path, node);
    Ok(response)
}

fn delete(call: &DavCall, path: &[String]) -> Result<Response, DavError> {
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    let home = files.of(&call.user.uid, now);
    home.node(path)?;
    if path.is_empty() {
        return Err(DavError::forbidden(""));
    }
    trash::throw_away(home, path, now);
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

pub(super) fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
