//! `COPY` and `MOVE` within a user's files.

use axum::response::Response;
use http::header::ETAG;
use http::{HeaderName, StatusCode};

use super::home::{Path, check_name, take};
use super::http::set;
use super::node::Node;
use crate::dav::{DavCall, DavError};
use crate::reply;

pub(super) fn serve(call: &DavCall, source: &[String]) -> Result<Response, DavError> {
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    files.of(&call.user.uid, now).node(source)?;
    let target = call.destination()?;
    let (target, name) = check_target(call, &target)?;
    check_name(&name)?;
    let (home, ids) = files.with_ids(&call.user.uid, now);
    let (_, folder) = target.split_last().ok_or_else(|| DavError::forbidden(""))?;
    if !home.get(folder).is_some_and(Node::is_folder) {
        return Err(DavError::conflict("The destination node is not found"));
    }
    let exists = home.get(&target).is_some();
    if exists && call.header("overwrite") == Some("F") {
        let message = "The destination node already exists, and the overwrite header is set to false";
        return Err(DavError::precondition(message, "Overwrite"));
    }
    if target == source {
        return Err(DavError::forbidden("Source and destination uri are identical."));
    }
    if target.starts_with(source) {
        let message = "The destination may not be part of the same subtree as the source path.";
        return Err(DavError::conflict(message));
    }
    let is_move = call.method == "MOVE";
    let mut tree = if is_move {
        home.remove(source)
    } else {
        let copy = |(path, node): (&Path, &Node)| (path[source.len()..].to_vec(), node.clone());
        home.tree(source).map(copy).collect()
    };
    if !is_move {
        for (_, node) in &mut tree {
            node.id = take(ids);
            node.favorite = false;
            if node.is_folder() {
                node.mtime = now;
            }
        }
    }
    if exists {
        super::trash::throw_away(home, &target, now);
    }
    home.graft(&target, tree);
    let node = home.node(&target)?;
    let status = if exists {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CREATED
    };
    let mut response = reply::empty(status);
    set(&mut response, HeaderName::from_static("oc-fileid"), &node.full_id());
    if is_move && !node.is_folder() {
        let etag = format!("\"{}\"", node.etag());
        set(&mut response, HeaderName::from_static("oc-etag"), &etag);
        set(&mut response, ETAG, &etag);
    }
    Ok(response)
}

/// The path below the user's folder, and its name.
fn check_target(call: &DavCall, target: &[String]) -> Result<(Path, String), DavError> {
    let name = target.last().cloned().unwrap_or_default();
    match target {
        [tree, user, path @ ..] if tree == "files" && *user == call.user.uid => Ok((path.to_vec(), name)),
        [tree, _, ..] if tree == "files" => {
            let message = format!("Permission denied to create file (filename {name})");
            Err(DavError::forbidden(message))
        }
        _ => Err(DavError::conflict("The destination node is not found")),
    }
}
