//! `SEARCH` at the root of DAV (RFC 5323), over a user's files.

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

use super::home::{Home, Path};
use super::http::not_implemented;
use super::node::{Node, media_type};
use super::properties;
use crate::dav::{DavCall, DavError, Element, Multistatus, Wanted, ns};
use crate::reply;

const XML: &str = "application/xml; charset=\"utf-8\"";

pub(crate) async fn serve(mut call: DavCall) -> Result<Response, DavError> {
    let media = call.header("content-type").unwrap_or_default();
    if !(media.starts_with("text/xml") || media.starts_with("application/xml")) {
        return Err(not_implemented("SEARCH"));
    }
    let request = call.xml().await?.unwrap_or_default();
    if !request.is(ns::DAV, "searchrequest") {
        let message = format!(
            "Unexpected document type: {{{}}}{} for this Content-Type, expected {{DAV:}}searchrequest or \
             {{DAV:}}query-schema-discovery",
            request.name.0, request.name.1
        );
        return Ok(reply::text(StatusCode::BAD_REQUEST, reply::HTML, message));
    }
    let empty = Element::default();
    let search = request.find(ns::DAV, "basicsearch").unwrap_or(&empty);
    let scope = search
        .find(ns::DAV, "from")
        .and_then(|from| from.find(ns::DAV, "scope")?.find(ns::DAV, "href"))
        .map(|href| href.text.trim())
        .unwrap_or_default();
    // Letter by letter: an encoded href names another folder.
    let scope: Vec<String> = scope
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(str::to_owned)
        .collect();
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    let below: Path = match scope.as_slice() {
        [tree, user, path @ ..] if tree == "files" && *user == call.user.uid => path.to_vec(),
        _ => return Err(only_directories()),
    };
    let home = files.of(&call.user.uid, now);
    match home.get(&below) {
        Some(node) if node.is_folder() => {}
        Some(_) => return Err(only_directories()),
        None => {
            let message = format!("File with name //{} could not be located", below.join("/"));
            return Err(DavError::not_found(message));
        }
    }
    let condition = search
        .find(ns::DAV, "where")
        .and_then(|condition| condition.children.first());
    let mut found = Vec::new();
    for (path, node) in home.tree(&below).filter(|(path, _)| path.len() > below.len()) {
        match condition.map_or(Some(true), |condition| matches(condition, home, path, node)) {
            Some(true) => found.push((node.mtime, path.clone())),
            Some(false) => {}
            None => {
                let message = "requested search property is not a valid property for this scope";
                return Ok(reply::text(StatusCode::BAD_REQUEST, XML, message.to_owned()));
            }
        }
    }
    found.sort_by(|one, other| (other.0, &one.1).cmp(&(one.0, &other.1)));
    let limit = search
        .find(ns::DAV, "limit")
        .and_then(|limit| limit.find(ns::DAV, "nresults")?.text.trim().parse().ok())
        .unwrap_or(usize::MAX);
    let wanted = Wanted::of(search.find(ns::DAV, "select").unwrap_or(&empty));
    let mut answer = Multistatus::default();
    let user = call.user.clone();
    for (_, path) in found.into_iter().take(limit) {
        properties::give(&mut answer, &mut files, &user, &path, &wanted, now);
    }
    let mut response = answer.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(XML));
    Ok(response)
}

fn only_directories() -> DavError {
    let message = "Search is only supported on directories";
    DavError::new(StatusCode::INTERNAL_SERVER_ERROR, "\\InvalidArgumentException", message)
}

/// Whether a node meets the condition; `None` for a property that cannot be searched.
fn matches(condition: &Element, home: &Home, path: &[String], node: &Node) -> Option<bool> {
    let all = || condition.children.iter().map(|child| matches(child, home, path, node));
    match condition.name.1.as_str() {
        "and" => all().try_fold(true, |every, one| Some(every && one?)),
        "or" => all().try_fold(false, |any, one| Some(any || one?)),
        "not" => all().next()?.map(|holds| !holds),
        operator => {
            let property = condition.find(ns::DAV, "prop")?.children.first()?;
            let literal = condition.find(ns::DAV, "literal")?.text.as_str();
            compare(operator, property, literal, home, path, node)
        }
    }
}

fn compare(
    operator: &str,
    property: &Element,
    literal: &str,
    home: &Home,
    path: &[String],
    node: &Node,
) -> Option<bool> {
    let name = path.last().map_or("", String::as_str);
    let media = if node.is_folder() {
        "httpd/unix-directory"
    } else {
        media_type(name)
    };
    match (property.name.1.as_str(), operator) {
        ("displayname", "like") => Some(like(&literal.to_lowercase(), &name.to_lowercase())),
        ("displayname", "eq") => Some(name == literal),
        ("getcontenttype", "like") => Some(like(literal, media)),
        ("getcontenttype", "eq") => Some(media == literal),
        ("favorite", "eq") => Some(node.favorite == matches!(literal, "yes" | "1" | "true")),
        ("fileid", _) => number(operator, node.id, literal.parse().ok()?),
        ("size", _) => number(operator, home.size(path), literal.parse().ok()?),
        ("getlastmodified", _) => {
            let time: jiff::Timestamp = literal.parse().ok()?;
            number(operator, node.mtime, u64::try_from(time.as_second()).ok()?)
        }
        _ => None,
    }
}

fn number(operator: &str, value: u64, literal: u64) -> Option<bool> {
    Some(match operator {
        "eq" => value == literal,
        "gt" => value > literal,
        "gte" => value >= literal,
        "lt" => value < literal,
        "lte" => value <= literal,
        _ => return None,
    })
}

/// SQL's `LIKE` with `%`.
fn like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('%') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| like(after, &rest[at..]))
        }),
    }
}
