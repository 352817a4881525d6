//! `systemtags/` and `systemtags-relations/files/<file id>/`.

use std::collections::BTreeSet;

use axum::response::Response;
use http::StatusCode;
use http::header::CONTENT_LOCATION;
use serde_json::Value as Json;

use super::Files;
use super::home::take;
use super::http::set;
use crate::dav::{DavCall, DavError, Depth, Multistatus, Properties, Value, encode, ns};
use crate::reply;

/// A system tag and the files that bear it.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    pub(super) name: String,
    pub(super) on: BTreeSet<u64>,
}

impl Files {
    /// The tags on a file.
    pub(super) fn tags_of(&self, file: u64) -> impl Iterator<Item = (u64, &Tag)> {
        self.tags
            .iter()
            .filter(move |(_, tag)| tag.on.contains(&file))
            .map(|(id, tag)| (*id, tag))
    }

    pub(super) fn tag(&self, id: u64) -> Option<&Tag> {
        self.tags.get(&id)
    }
}

pub(crate) async fn serve_tags(mut call: DavCall) -> Result<Response, DavError> {
    match (call.method.as_str(), call.segments.get(1).cloned()) {
        ("PROPFIND", None) => {
            let wanted = call.wanted().await?;
            let mut answer = Multistatus::default();
            answer.give(&encode(&call.segments, true), &wanted, &Properties::default());
            if call.depth(Depth::One) != Depth::Zero {
                for (id, tag) in &call.state.files().tags {
                    answer.give(
                        &encode(["systemtags", &id.to_string()], true),
                        &wanted,
                        &properties(*id, tag),
                    );
                }
            }
            Ok(answer.into_response())
        }
        ("POST", None) => create(&mut call).await,
        ("PROPFIND", Some(id)) => {
            let wanted = call.wanted().await?;
            let files = call.state.files();
            let (id, tag) = known(&files, &id)?;
            let mut answer = Multistatus::default();
            answer.give(&encode(&call.segments, true), &wanted, &properties(id, tag));
            Ok(answer.into_response())
        }
        ("PROPPATCH", Some(id)) => rename(&mut call, &id).await,
        ("DELETE", Some(id)) => {
            let mut files = call.state.files();
            let (id, _) = known(&files, &id)?;
            if call.user.uid != "admin" {
                return Err(DavError::forbidden(format!("No permission to delete tag {id}")));
            }
            files.tags.remove(&id);
            Ok(reply::empty(StatusCode::NO_CONTENT))
        }
        (other, _) => Err(super::http::not_implemented(other)),
    }
}

async fn create(call: &mut DavCall) -> Result<Response, DavError> {
    let body: Json = serde_json::from_slice(&call.bytes().await?).unwrap_or_default();
    let Some(name) = body["name"].as_str() else {
        return Err(DavError::bad_request("Missing \"name\" attribute"));
    };
    let flag = |key: &str| body.get(key).and_then(Json::as_bool).unwrap_or(true);
    if !(flag("userVisible") && flag("userAssignable")) {
        return Err(DavError::bad_request("Not sufficient permissions"));
    }
    let mut files = call.state.files();
    if files.tags.values().any(|tag| tag.name == name) {
        return Err(DavError::conflict("Tag already exists"));
    }
    let id = take(&mut files.next_tag);
    files.tags.insert(
        id,
        Tag {
            name: name.to_owned(),
            on: BTreeSet::new(),
        },
    );
    let mut response = reply::empty(StatusCode::CREATED);
    set(
        &mut response,
        CONTENT_LOCATION,
        &encode(["systemtags", &id.to_string()], false),
    );
    Ok(response)
}

async fn rename(call: &mut DavCall, id: &str) -> Result<Response, DavError> {
    let body = call.xml().await?.unwrap_or_default();
    let mut files = call.state.files();
    let (id, _) = known(&files, id)?;
    let wanted = body
        .find(ns::DAV, "set")
        .and_then(|set| set.find(ns::DAV, "prop")?.find(ns::OC, "display-name"));
    let mut outcomes = Vec::new();
    if let (Some(name), Some(tag)) = (wanted, files.tags.get_mut(&id)) {
        tag.name.clone_from(&name.text);
        outcomes.push((name.name.clone(), StatusCode::OK));
    }
    let mut answer = Multistatus::default();
    answer.changed(&encode(&call.segments, false), &outcomes);
    Ok(answer.into_response())
}

pub(crate) async fn serve_relations(mut call: DavCall) -> Result<Response, DavError> {
    let wanted = match call.method.as_str() {
        "PROPFIND" => Some(call.wanted().await?),
        _ => None,
    };
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    let file: Option<u64> = call.segments.get(2).and_then(|id| id.parse().ok());
    let file = file.filter(|id| files.of(&call.user.uid, now).path_of(*id).is_some());
    let unavailable = || DavError::not_found("Entity does not exist or is not available");
    let file = file.ok_or_else(unavailable)?;
    match (call.method.as_str(), call.segments.get(3)) {
        ("PROPFIND", None) => {
            let wanted = wanted.ok_or_else(unavailable)?;
            let mut answer = Multistatus::default();
            answer.give(&encode(&call.segments, true), &wanted, &Properties::default());
            for (id, tag) in files.tags_of(file) {
                let id_text = id.to_string();
                let segments = call.segments.iter().map(String::as_str).chain([id_text.as_str()]);
                answer.give(&encode(segments, false), &wanted, &properties(id, tag));
            }
            Ok(answer.into_response())
        }
        ("PUT", Some(id)) => {
            let tag = id.parse().ok().and_then(|id: u64| files.tags.get_mut(&id));
            let tag = tag.ok_or_else(|| {
                let message = format!("Tag with id {id} does not exist, cannot assign");
                DavError::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message)
            })?;
            if !tag.on.insert(file) {
                return Err(DavError::conflict("PUT is not allowed on non-files."));
            }
            Ok(reply::empty(StatusCode::CREATED))
        }
        ("DELETE", Some(id)) => {
            let tag = id.parse().ok().and_then(|id: u64| files.tags.get_mut(&id));
            if !tag.is_some_and(|tag| tag.on.remove(&file)) {
                return Err(DavError::not_found(format!(
                    "Tag with id {id} not present for object {file}"
                )));
            }
            Ok(reply::empty(StatusCode::NO_CONTENT))
        }
        (other, _) => Err(super::http::not_implemented(other)),
    }
}

fn known<'files>(files: &'files Files, id: &str) -> Result<(u64, &'files Tag), DavError> {
    let number: Option<u64> = id.parse().ok();
    let tag = number.and_then(|number| Some((number, files.tags.get(&number)?)));
    tag.ok_or_else(|| DavError::not_found(format!("Tag with id {id} not found")))
}

fn properties(id: u64, tag: &Tag) -> Properties {
    let mut properties = Properties::default();
    let mut named = |namespace, local, value: &str| properties.named(namespace, local, Value::Text(value.to_owned()));
    named(ns::OC, "id", &id.to_string());
    named(ns::OC, "display-name", &tag.name);
    for flag in ["user-visible", "user-assignable", "can-assign"] {
        named(ns::OC, flag, "true");
    }
    named(ns::NC, "color", "");
    properties
}
