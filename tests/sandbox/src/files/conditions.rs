//! `If-Match`, `If-None-Match` and `If`, as Sabre checks them.

use http::header::ETAG;

use super::home::Path;
use super::node::Node;
use crate::dav::{DavCall, DavError};

/// Refuses with 412 when a precondition of the request does not hold.
pub(super) fn check(call: &DavCall) -> Result<(), DavError> {
    let path: Path = call.segments.get(2..).unwrap_or_default().to_vec();
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    let home = files.of(&call.user.uid, now);
    let node = home.get(&path).filter(|_| call.tree() == "files");
    if let Some(wanted) = call.header("if-match") {
        let Some(node) = node else {
            let message = "An If-Match header was specified and the resource did not exist";
            return Err(DavError::precondition(message, "If-Match"));
        };
        let etag = file_etag(node);
        let matches = wanted == "*" || wanted.split(',').any(|tag| Some(tag.trim()) == etag.as_deref());
        if !matches {
            let message = "An If-Match header was specified, but none of the specified ETags matched.";
            let error = DavError::precondition(message, "If-Match");
            return Err(match etag {
                Some(etag) => error.with_header(ETAG, &etag),
                None => error,
            });
        }
    }
    if call.header("if-none-match") == Some("*") && node.is_some() {
        let message = "An If-None-Match header was specified, but the ETag matched (or * was specified).";
        return Err(DavError::precondition(message, "If-None-Match"));
    }
    if let Some((uri, etag)) = call.header("if").and_then(tagged) {
        let target = DavCall::segments_of(uri)?;
        let current = target.get(2..).and_then(|path| home.get(path)).and_then(file_etag);
        if current.as_deref() != Some(etag) {
            let message = format!("Failed to find a valid token/etag combination for {}", target.join("/"));
            return Err(DavError::precondition(message, "If"));
        }
    }
    Ok(())
}

/// Whether a conditional `GET` has this content already.
pub(super) fn none_match(call: &DavCall, etag: &str) -> bool {
    call.header("if-none-match")
        .is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag))
}

/// Folders have none that counts.
fn file_etag(node: &Node) -> Option<String> {
    (!node.is_folder()).then(|| format!("\"{}\"", node.etag()))
}

/// The one form of `If` that is served: `<uri> (["etag"])`.
fn tagged(header: &str) -> Option<(&str, &str)> {
    let (uri, rest) = header.strip_prefix('<')?.split_once("> (")?;
    Some((uri, rest.strip_prefix('[')?.split_once(']')?.0))
}
