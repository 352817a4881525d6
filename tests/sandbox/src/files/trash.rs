//! `trashbin/<user>/trash/` and `…/restore/`.

use axum::response::Response;
use http::StatusCode;

use super::home::{Home, Path};
use super::node::Node;
use super::properties::http_date;
use crate::dav::{DavCall, DavError, Depth, Multistatus, Properties, Value, encode, ns};
use crate::reply;

/// What was deleted, with all that was in it.
#[derive(Debug, Clone)]
pub(crate) struct Trashed {
    name: String,
    from: Path,
    at: u64,
    tree: Vec<(Path, Node)>,
}

/// Moves a node to the trash bin.
pub(super) fn throw_away(home: &mut Home, path: &[String], now: u64) {
    let tree = home.remove(path);
    let Some(name) = path.last().cloned() else {
        return;
    };
    // One more than are there: one of them is free.
    let times = now..=now + home.trash.len() as u64;
    let key = times
        .map(|time| format!("{name}.d{time}"))
        .find(|key| !home.trash.contains_key(key));
    if let Some(key) = key {
        let from = path.to_vec();
        home.trash.insert(
            key,
            Trashed {
                name,
                from,
                at: now,
                tree,
            },
        );
    }
}

pub(crate) async fn serve(mut call: DavCall) -> Result<Response, DavError> {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        (_, [_, uid, ..]) if *uid != call.user.uid => Err(DavError::forbidden("")),
        ("PROPFIND", [_, _, "trash"]) => list(&mut call).await,
        ("MOVE", [_, _, "trash", key]) => restore(&call, key),
        ("DELETE", [_, _, "trash", key]) => {
            let now = call.state.clock().unix();
            let mut files = call.state.files();
            let gone = files.of(&call.user.uid, now).trash.remove(*key);
            gone.ok_or_else(|| DavError::not_found(""))?;
            Ok(reply::empty(StatusCode::NO_CONTENT))
        }
        _ => Err(DavError::not_found("")),
    }
}

async fn list(call: &mut DavCall) -> Result<Response, DavError> {
    let wanted = call.wanted().await?;
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    let home = files.of(&call.user.uid, now);
    let mut answer = Multistatus::default();
    let mut collection = Properties::default();
    collection.xml(ns::DAV, "resourcetype", "<d:collection/>");
    answer.give(&encode(&call.segments, true), &wanted, &collection);
    if call.depth(Depth::One) == Depth::Zero {
        return Ok(answer.into_response());
    }
    for (key, trashed) in home.trash.iter().rev() {
        let Some((_, node)) = trashed.tree.first() else {
            continue;
        };
        let size: u64 = trashed
            .tree
            .iter()
            .filter_map(|(_, node)| node.content())
            .map(super::content::Content::len)
            .sum();
        let mut entry = Properties::default();
        entry.text(ns::DAV, "getlastmodified", http_date(trashed.at));
        entry.text(ns::DAV, "getcontentlength", size.to_string());
        let kind = if node.is_folder() { "<d:collection/>" } else { "" };
        entry.xml(ns::DAV, "resourcetype", kind);
        let mut named = |namespace, local, value: String| entry.named(namespace, local, Value::Text(value));
        named(ns::NC, "trashbin-filename", trashed.name.clone());
        named(ns::NC, "trashbin-original-location", trashed.from.join("/"));
        named(ns::NC, "trashbin-title", trashed.from.join("/"));
        named(ns::NC, "trashbin-deletion-time", trashed.at.to_string());
        named(ns::OC, "fileid", node.id.to_string());
        named(ns::OC, "size", size.to_string());
        let path = call.segments.iter().map(String::as_str).chain([key.as_str()]);
        answer.give(&encode(path, node.is_folder()), &wanted, &entry);
    }
    Ok(answer.into_response())
}

fn restore(call: &DavCall, key: &str) -> Result<Response, DavError> {
    let target = call.destination()?;
    if target.get(2).map(String::as_str) != Some("restore") {
        return Err(DavError::forbidden(""));
    }
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    let home = files.of(&call.user.uid, now);
    let trashed = home.trash.remove(key).ok_or_else(|| DavError::not_found(""))?;
    let (name, folder) = trashed.from.split_last().ok_or_else(|| DavError::not_found(""))?;
    // A folder that is gone is not made again: the file comes back at the top.
    let folder = if home.get(folder).is_some() { folder } else { &[] };
    let taken = |name: &String| home.get(&[folder, std::slice::from_ref(name)].concat()).is_some();
    let (stem, extension) = name
        .rsplit_once('.')
        .map_or((name.as_str(), String::new()), |(stem, extension)| {
            (stem, format!(".{extension}"))
        });
    let names = std::iter::once(name.clone())
        .chain(std::iter::once(format!("{stem} (restored){extension}")))
        .chain((2..).map(|number| format!("{stem} (restored {number}){extension}")));
    let mut names = names.skip_while(taken);
    let name = names.next().unwrap_or_else(|| name.clone());
    let path = [folder, &[name]].concat();
    home.graft(&path, trashed.tree);
    Ok(reply::empty(StatusCode::CREATED))
}
