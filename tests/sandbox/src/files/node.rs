//! A file or folder.

use std::collections::BTreeMap;

use super::INSTANCE;
use super::content::Content;
use crate::dav::Name;
use crate::hex;

/// A file or folder, without its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) id: u64,
    /// Unix seconds.
    pub(crate) mtime: u64,
    pub(crate) uploaded: u64,
    pub(crate) favorite: bool,
    pub(crate) custom: BTreeMap<Name, String>,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A folder, with a number that grows with every change in it.
    Folder {
        changes: u64,
    },
    File {
        content: Content,
        versions: Vec<Version>,
    },
}

/// An earlier content.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) mtime: u64,
    pub(crate) content: Content,
}

impl Node {
    pub(crate) fn folder(id: u64, now: u64) -> Self {
        Self::new(id, now, Kind::Folder { changes: 0 })
    }

    pub(crate) fn file(id: u64, now: u64, content: Content) -> Self {
        let versions = Vec::new();
        Self::new(id, now, Kind::File { content, versions })
    }

    fn new(id: u64, now: u64, kind: Kind) -> Self {
        Self {
            id,
            mtime: now,
            uploaded: now,
            favorite: false,
            custom: BTreeMap::new(),
            kind,
        }
    }

    pub(crate) fn is_folder(&self) -> bool {
        matches!(self.kind, Kind::Folder { .. })
    }

    /// The bytes of a file.
    pub(crate) fn content(&self) -> Option<&Content> {
        match &self.kind {
            Kind::File { content, .. } => Some(content),
            Kind::Folder { .. } => None,
        }
    }

    /// The ETag without quotes. A file's is made of its time in seconds and its size, so two contents of one second and
    /// one length have the same: as on a file system that uses an inode again.
    pub(crate) fn etag(&self) -> String {
        match &self.kind {
            Kind::Folder { changes } => format!("{:x}{changes:05x}", self.id + (self.mtime << 8)),
            Kind::File { content, .. } => hex::fingerprint(format!("{} {} {}", self.id, self.mtime, content.len())),
        }
    }

    /// `oc:id`: the file id and the instance's.
    pub(crate) fn full_id(&self) -> String {
        format!("{:08}{INSTANCE}", self.id)
    }
}

/// The media type that Nextcloud gives a file by its name.
pub(crate) fn media_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "txt" | "log" => "text/plain",
        "md" => "text/markdown",
        "csv" => "text/csv",
        "html" => "text/html",
        "json" => "application/json",
        "xml" => "application/xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "svg" => "image/svg+xml",
        "pdf" => "application/pdf",
        "mp4" => "video/mp4",
        "odt" => "application/vnd.oasis.opendocument.text",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}
