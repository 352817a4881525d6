//! `comments/files/<file id>/`.

use axum::response::Response;
use http::StatusCode;
use http::header::CONTENT_LOCATION;
use serde_json::Value as Json;

use super::Files;
use super::home::take;
use super::http::{not_implemented, set};
use super::properties::http_date;
use crate::dav::{DavCall, DavError, Element, Multistatus, Properties, Value, Wanted, encode, ns};
use crate::{User, reply};

/// A comment on a file.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    file: u64,
    by: String,
    message: String,
    at: u64,
}

impl Files {
    /// The comments on a file, newest first.
    pub(super) fn comments_on(&self, file: u64) -> impl Iterator<Item = (u64, &Comment)> {
        let of_file = self
            .comments
            .iter()
            .rev()
            .filter(move |(_, comment)| comment.file == file);
        of_file.map(|(id, comment)| (*id, comment))
    }
}

pub(crate) async fn serve(mut call: DavCall) -> Result<Response, DavError> {
    let body = match call.method.as_str() {
        "POST" | "REPORT" | "PROPFIND" => call.bytes().await?,
        other => return Err(not_implemented(other)),
    };
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    let file: Option<u64> = call.segments.get(2).and_then(|id| id.parse().ok());
    let file = file.filter(|id| files.of(&call.user.uid, now).path_of(*id).is_some());
    let file = file.ok_or_else(|| DavError::not_found("Entity does not exist or is not available"))?;
    match call.method.as_str() {
        "POST" => {
            let body: Json = serde_json::from_slice(&body).unwrap_or_default();
            let message = body["message"].as_str().unwrap_or_default();
            if message.chars().count() > 1000 {
                return Err(DavError::bad_request("Message exceeds allowed character limit of 1000"));
            }
            let id = take(&mut files.next_comment);
            let comment = Comment {
                file,
                by: call.user.uid.clone(),
                message: message.to_owned(),
                at: now,
            };
            files.comments.insert(id, comment);
            let mut response = reply::empty(StatusCode::CREATED);
            let segments = ["comments", "files", &file.to_string(), &id.to_string()];
            set(&mut response, CONTENT_LOCATION, &encode(segments, false));
            Ok(response)
        }
        "REPORT" => {
            let query = Element::parse(&body)?;
            let number = |name| {
                query
                    .find(ns::OC, name)
                    .and_then(|element| element.text.trim().parse::<usize>().ok())
            };
            let skip = number("offset").unwrap_or(0);
            let limit = number("limit").filter(|limit| *limit > 0).unwrap_or(usize::MAX);
            let mut answer = Multistatus::default();
            for (id, comment) in files.comments_on(file).skip(skip).take(limit) {
                give(&mut answer, &call, id, comment, false);
            }
            Ok(answer.into_response())
        }
        _ => {
            let mut answer = Multistatus::default();
            let mut collection = Properties::default();
            collection.xml(ns::DAV, "resourcetype", "<d:collection/>");
            collection.text(ns::OC, "readMarker", http_date(now));
            answer.give(&encode(&call.segments, true), &Wanted::All, &collection);
            for (id, comment) in files.comments_on(file) {
                give(&mut answer, &call, id, comment, true);
            }
            Ok(answer.into_response())
        }
    }
}

fn give(answer: &mut Multistatus, call: &DavCall, id: u64, comment: &Comment, in_full: bool) {
    let user = call.state.user(&comment.by);
    let display_name = user
        .as_ref()
        .map_or("", |user: &std::sync::Arc<User>| &user.display_name);
    let mut properties = Properties::default();
    let mut text = |local, value: &str| properties.named(ns::OC, local, Value::Text(value.to_owned()));
    text("id", &id.to_string());
    text("parentId", "0");
    text("topmostParentId", "0");
    text("childrenCount", "0");
    text("message", &comment.message);
    text("verb", "comment");
    text("actorType", "users");
    text("actorId", &comment.by);
    text("creationDateTime", &http_date(comment.at));
    text("latestChildDateTime", "");
    text("objectType", "files");
    text("objectId", &comment.file.to_string());
    text("actorDisplayName", display_name);
    text("mentions", "");
    text("isUnread", "false");
    let only_in_full = ["referenceId", "metaData", "reactions", "expireDate"];
    for local in only_in_full {
        text(local, "");
    }
    let mut names: Vec<_> = NAMES
        .iter()
        .map(|local| (ns::OC.to_owned(), (*local).to_owned()))
        .collect();
    if in_full {
        properties.named(ns::DAV, "resourcetype", Value::Xml(String::new()));
        names.push((ns::DAV.to_owned(), "resourcetype".to_owned()));
        names.extend(only_in_full.map(|local| (ns::OC.to_owned(), local.to_owned())));
    }
    let path = call.segments.iter().take(3).cloned().chain([id.to_string()]);
    answer.give(&encode(path, false), &Wanted::Named(names), &properties);
}

const NAMES: [&str; 15] = [
    "id",
    "parentId",
    "topmostParentId",
    "childrenCount",
    "message",
    "verb",
    "actorType",
    "actorId",
    "creationDateTime",
    "latestChildDateTime",
    "objectType",
    "objectId",
    "actorDisplayName",
    "isUnread",
    "mentions",
];
