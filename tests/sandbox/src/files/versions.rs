//! `versions/<user>/versions/<file id>/` and `…/restore/target`.

use axum::response::Response;
use http::StatusCode;

use super::http::body_of;
use super::node::{Kind, media_type};
use super::properties::http_date;
use crate::dav::{DavCall, DavError, Multistatus, Properties, Value, encode, ns};
use crate::reply;

pub(crate) async fn serve(mut call: DavCall) -> Result<Response, DavError> {
    if call.segments.get(1) != Some(&call.user.uid) {
        return Err(DavError::forbidden(""));
    }
    let wanted = match call.method.as_str() {
        "PROPFIND" => Some(call.wanted().await?),
        _ => None,
    };
    let unknown = || DavError::not_found("");
    let id: u64 = call
        .segments
        .get(3)
        .and_then(|id| id.parse().ok())
        .ok_or_else(unknown)?;
    let version: Option<u64> = call.segments.get(4).and_then(|version| version.parse().ok());
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    let home = files.of(&call.user.uid, now);
    let path = home.path_of(id).ok_or_else(unknown)?.clone();
    let node = home.get(&path).ok_or_else(unknown)?;
    let Kind::File { content, versions } = &node.kind else {
        return Err(unknown());
    };
    // The present content is the newest version.
    let all = versions
        .iter()
        .map(|version| (version.mtime, &version.content))
        .chain([(node.mtime, content)]);
    match (call.method.as_str(), version) {
        ("PROPFIND", None) => {
            let wanted = wanted.ok_or_else(unknown)?;
            let media = media_type(path.last().map_or("", String::as_str));
            let mut answer = Multistatus::default();
            let mut collection = Properties::default();
            collection.xml(ns::DAV, "resourcetype", "<d:collection/>");
            answer.give(&encode(&call.segments, true), &wanted, &collection);
            for (mtime, content) in all {
                let mut entry = Properties::default();
                entry.text(ns::DAV, "getlastmodified", http_date(mtime));
                entry.text(ns::DAV, "getcontentlength", content.len().to_string());
                entry.xml(ns::DAV, "resourcetype", "");
                entry.text(ns::DAV, "getetag", mtime.to_string());
                entry.text(ns::DAV, "getcontenttype", media);
                entry.named(ns::NC, "version-author", Value::Text(call.user.uid.clone()));
                let mtime = mtime.to_string();
                let segments = call.segments.iter().map(String::as_str).chain([mtime.as_str()]);
                answer.give(&encode(segments, false), &wanted, &entry);
            }
            Ok(answer.into_response())
        }
        ("GET", Some(version)) => {
            // The present content cannot be read as a version.
            let found = versions
                .iter()
                .find(|found| found.mtime == version)
                .ok_or_else(unknown)?;
            body_of(&call, &found.content, &version.to_string(), &http_date(version))
        }
        ("MOVE", Some(version)) => {
            let content = all
                .filter(|(mtime, _)| *mtime == version)
                .map(|(_, content)| content.clone())
                .next_back()
                .ok_or_else(unknown)?;
            call.destination()?;
            if node.mtime != version {
                home.overwrite(&path, content, version, now);
            }
            Ok(reply::empty(StatusCode::CREATED))
        }
        _ => Err(unknown()),
    }
}
