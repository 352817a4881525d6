//! Files and folders as `PROPFIND`, `SEARCH` and `REPORT` describe them.

use std::time::SystemTime;

use actors::nextcloud::{Etag, NextcloudClient};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::path::FilePath;
use crate::dav::{DAV, DavResponse, Name, OC, href};

/// What is asked for of every file.
pub(super) const PROPS: [Name; 8] = [
    Name::new(DAV, "getlastmodified"),
    Name::new(DAV, "getcontentlength"),
    Name::new(DAV, "getcontenttype"),
    Name::new(DAV, "getetag"),
    Name::new(DAV, "resourcetype"),
    Name::new(OC, "fileid"),
    Name::new(OC, "size"),
    Name::new(OC, "favorite"),
];

/// A file or folder.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) path: FilePath,
    pub(super) is_directory: bool,
    pub(super) size: Option<u64>,
    pub(super) content_type: Option<String>,
    /// Unix seconds.
    pub(super) modified: Option<i64>,
    pub(super) etag: Option<Etag>,
    pub(super) file_id: Option<u64>,
    pub(super) is_favorite: Option<bool>,
}

impl Entry {
    /// Reads a response whose href lies below `base`; `None` for what lies elsewhere.
    pub(super) fn read(response: &DavResponse, base: &str) -> Option<Self> {
        let path = FilePath::known(&href::below(&response.href, base)?);
        let is_directory = match response.prop(DAV, "resourcetype") {
            Some(_) => response.is_collection(),
            None => response.href.ends_with('/'),
        };
        let modified = response
            .text(DAV, "getlastmodified")
            .and_then(|text| httpdate::parse_http_date(text).ok())
            .map(unix);
        Some(Self {
            path,
            is_directory,
            size: response
                .number(OC, "size")
                .or_else(|| response.number(DAV, "getcontentlength")),
            content_type: response.text(DAV, "getcontenttype").map(ToOwned::to_owned),
            modified,
            etag: response.etag(),
            file_id: response.number(OC, "fileid"),
            is_favorite: response.text(OC, "favorite").map(|favorite| favorite == "1"),
        })
    }

    /// As a result shows it. `answered` is when Nextcloud said so: an etag of the same second is left out, since it may
    /// stay the same when the file is written again in that second.
    pub(super) fn listed(self, nextcloud: &NextcloudClient, answered: Option<i64>) -> ListedEntry {
        let settled = self.is_directory || is_settled(self.modified, answered);
        ListedEntry {
            name: self.path.name().to_owned(),
            is_directory: self.is_directory,
            size: self.size,
            content_type: self.content_type,
            last_modified: self.modified.and_then(iso),
            etag: self.etag.filter(|_| settled).map(String::from),
            file_id: self.file_id,
            is_favorite: self.is_favorite,
            url: self.file_id.and_then(|id| link(nextcloud, id)),
            path: self.path.as_str().to_owned(),
        }
    }
}

/// Whether a file changed at `modified` can no longer change without getting another etag: Nextcloud makes etags of
/// the time in seconds, so a second write within one second may keep it.
pub(super) fn is_settled(modified: Option<i64>, answered: Option<i64>) -> bool {
    match (modified, answered) {
        (Some(modified), Some(answered)) => modified < answered,
        _ => true,
    }
}

/// Where a person opens the file.
pub(super) fn link(nextcloud: &NextcloudClient, file_id: u64) -> Option<String> {
    nextcloud.deep_link(&format!("/index.php/f/{file_id}"))
}

/// `2026-11-21T00:27:53Z`.
pub(super) fn iso(unix: i64) -> Option<String> {
    Some(Timestamp::from_second(unix).ok()?.to_string())
}

/// Whole seconds since 1970.
pub(super) fn unix(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |seconds| -seconds),
    }
}

/// A file or folder in a result.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListedEntry {
    name: String,
    path: String,
    is_directory: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_favorite: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl ListedEntry {
    pub(super) fn is_directory(&self) -> bool {
        self.is_directory
    }

    pub(super) fn size(&self) -> u64 {
        self.size.unwrap_or(0)
    }
}
