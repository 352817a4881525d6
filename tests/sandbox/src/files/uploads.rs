//! `uploads/<user>/<upload>/`: chunked upload, version 2.

use std::collections::BTreeMap;

use axum::response::Response;
use http::StatusCode;

use super::conditions;
use super::content::Content;
use super::home::check_name;
use super::http::{not_implemented, receive, store};
use super::node::Node;
use crate::dav::{DavCall, DavError, Multistatus, Properties, encode, ns};
use crate::reply;

/// Chunks that wait to become a file.
pub(crate) type Upload = BTreeMap<u64, Content>;

pub(crate) async fn serve(mut call: DavCall) -> Result<Response, DavError> {
    let segments = call.segments.clone();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let [_, uid, upload, rest @ ..] = segments.as_slice() else {
        return Err(DavError::not_found(""));
    };
    if *uid != call.user.uid {
        return Err(DavError::forbidden(""));
    }
    let key = ((*uid).to_owned(), (*upload).to_owned());
    let unknown = || DavError::not_found(format!("File not found: {upload} in '{uid}'"));
    match (call.method.as_str(), rest) {
        ("MKCOL", []) => {
            let mut files = call.state.files();
            if files.uploads.contains_key(&key) {
                return Err(DavError::method_not_allowed(
                    "The resource you tried to create already exists",
                    "",
                ));
            }
            files.uploads.insert(key, Upload::new());
            Ok(reply::empty(StatusCode::CREATED))
        }
        ("PUT", [chunk]) => {
            let number = chunk.parse().ok().filter(|number| (1..=10_000).contains(number));
            let number: u64 = number
                .ok_or_else(|| DavError::bad_request("Invalid chunk name, must be numeric between 1 and 10000"))?;
            let content = receive(&mut call).await?;
            let mut files = call.state.files();
            let upload = files.uploads.get_mut(&key).ok_or_else(unknown)?;
            let replaced = upload.insert(number, content).is_some();
            let status = if replaced {
                StatusCode::NO_CONTENT
            } else {
                StatusCode::CREATED
            };
            Ok(reply::empty(status))
        }
        ("PROPFIND", []) => {
            let wanted = call.wanted().await?;
            let files = call.state.files();
            let upload = files.uploads.get(&key).ok_or_else(unknown)?;
            let mut answer = Multistatus::default();
            let mut collection = Properties::default();
            collection.xml(ns::DAV, "resourcetype", "<d:collection/>");
            answer.give(&encode(&call.segments, true), &wanted, &collection);
            for (number, content) in upload {
                let mut chunk = Properties::default();
                chunk.text(ns::DAV, "getcontentlength", content.len().to_string());
                chunk.xml(ns::DAV, "resourcetype", "");
                let name = format!("{number:05}");
                let path = call.segments.iter().map(String::as_str).chain([name.as_str()]);
                answer.give(&encode(path, false), &wanted, &chunk);
            }
            Ok(answer.into_response())
        }
        ("MOVE", [".file"]) => assemble(&call, &key, unknown()),
        ("DELETE", []) => {
            call.state.files().uploads.remove(&key).ok_or_else(unknown)?;
            Ok(reply::empty(StatusCode::NO_CONTENT))
        }
        (other, _) => Err(not_implemented(other)),
    }
}

fn assemble(call: &DavCall, key: &(String, String), unknown: DavError) -> Result<Response, DavError> {
    conditions::check(call)?;
    let target = call.destination()?;
    let path = match target.as_slice() {
        [tree, user, path @ ..] if tree == "files" && *user == call.user.uid => path.to_vec(),
        _ => return Err(DavError::forbidden("")),
    };
    let content = {
        let now = call.state.clock().unix();
        let mut files = call.state.files();
        let upload = files.uploads.get(key).ok_or(unknown)?;
        let content = Content::join(upload.values());
        let announced: Option<u64> = call.header("oc-total-length").and_then(|length| length.parse().ok());
        if announced.is_some_and(|announced| announced != content.len()) {
            let message = format!(
                "Chunks on server do not sum up to {} but to {}",
                announced.unwrap_or(0),
                content.len()
            );
            return Err(DavError::bad_request(message));
        }
        let home = files.of(&call.user.uid, now);
        let (name, folder) = path.split_last().ok_or_else(|| DavError::forbidden(""))?;
        if !home.get(folder).is_some_and(Node::is_folder) {
            return Err(DavError::conflict("The destination node is not found"));
        }
        check_name(name)?;
        if home.get(&path).is_some() && call.header("overwrite") == Some("F") {
            let message = "The destination node already exists, and the overwrite header is set to false";
            return Err(DavError::precondition(message, "Overwrite"));
        }
        files.uploads.remove(key);
        content
    };
    store(call, &path, content)
}
