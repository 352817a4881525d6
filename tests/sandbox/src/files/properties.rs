//! The properties of files and folders.

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use super::Files;
use super::home::Path;
use super::node::media_type;
use crate::User;
use crate::dav::{Multistatus, Properties, Value, Wanted, encode, escape, ns};

/// Adds the node at `path` to an answer.
pub(super) fn give(
    answer: &mut Multistatus,
    files: &mut Files,
    user: &User,
    path: &[String],
    wanted: &Wanted,
    now: u64,
) {
    let Some(properties) = of(files, user, path, now) else {
        return;
    };
    let is_folder = files
        .of(&user.uid, now)
        .get(path)
        .is_some_and(super::node::Node::is_folder);
    answer.give(&href(&user.uid, path, is_folder), wanted, &properties);
}

pub(super) fn href(uid: &str, path: &[String], is_folder: bool) -> String {
    let segments = ["files", uid].into_iter().chain(path.iter().map(String::as_str));
    encode(segments, is_folder)
}

fn of(files: &mut Files, user: &User, path: &[String], now: u64) -> Option<Properties> {
    let home = files.of(&user.uid, now);
    let node = home.get(path)?.clone();
    let size = home.size(path);
    let members: Vec<Path> = home.members(path).map(|(path, _)| path.clone()).collect();
    let folders = members
        .iter()
        .filter(|path| home.get(path).is_some_and(super::node::Node::is_folder))
        .count();
    let name = path.last().map_or(user.uid.as_str(), String::as_str);
    let mut all = Properties::default();
    all.text(ns::DAV, "getlastmodified", http_date(node.mtime));
    if node.is_folder() {
        all.xml(ns::DAV, "resourcetype", "<d:collection/>");
        all.text(ns::DAV, "quota-used-bytes", size.to_string());
        all.text(ns::DAV, "quota-available-bytes", "-3");
        all.text(ns::DAV, "getetag", format!("\"{}\"", node.etag()));
    } else {
        all.text(ns::DAV, "getcontentlength", size.to_string());
        all.xml(ns::DAV, "resourcetype", "");
        all.text(ns::DAV, "getetag", format!("\"{}\"", node.etag()));
        all.text(ns::DAV, "getcontenttype", media_type(name));
    }
    let mut named = |namespace, local, value: &str| all.named(namespace, local, Value::Text(value.to_owned()));
    named(ns::DAV, "displayname", name);
    named(ns::DAV, "creationdate", "1970-01-01T00:00:00+00:00");
    named(ns::OC, "id", &node.full_id());
    named(ns::OC, "fileid", &node.id.to_string());
    named(ns::OC, "size", &size.to_string());
    named(
        ns::OC,
        "permissions",
        if node.is_folder() { "RGDNVCK" } else { "RGDNVW" },
    );
    named(ns::OC, "favorite", if node.favorite { "1" } else { "0" });
    for empty in ["tags", "share-types", "data-fingerprint"] {
        named(ns::OC, empty, "");
    }
    named(ns::OC, "owner-id", &user.uid);
    named(ns::OC, "owner-display-name", &user.display_name);
    let comments = files.comments_on(node.id).count().to_string();
    named(ns::OC, "comments-unread", "0");
    named(ns::OC, "comments-count", &comments);
    named(ns::NC, "has-preview", preview(&node, name));
    named(ns::NC, "mount-type", "");
    named(ns::NC, "sharees", "");
    named(ns::NC, "creation_time", "0");
    named(ns::NC, "hidden", "false");
    if node.is_folder() {
        named(ns::NC, "contained-folder-count", &folders.to_string());
        named(ns::NC, "contained-file-count", &(members.len() - folders).to_string());
    } else {
        named(ns::NC, "upload_time", &node.uploaded.to_string());
    }
    let tags = files.tags_of(node.id).fold(String::new(), |mut xml, (id, tag)| {
        let _ = write!(
            xml,
            "<nc:system-tag oc:can-assign=\"true\" oc:id=\"{id}\" oc:user-assignable=\"true\" \
             oc:user-visible=\"true\" nc:color=\"\">{}</nc:system-tag>",
            escape(&tag.name)
        );
        xml
    });
    all.named(ns::NC, "system-tags", Value::Xml(tags));
    Some(all)
}

fn preview(node: &super::node::Node, name: &str) -> &'static str {
    let media = media_type(name);
    let shown = !node.is_folder() && (media.starts_with("text/") || media.starts_with("image/"));
    if shown { "true" } else { "false" }
}

/// `Sat, 21 Nov 2026 00:27:53 GMT`.
pub(super) fn http_date(unix: u64) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(unix))
}
