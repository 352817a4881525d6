//! What shares need to know of files and folders.

use crate::AppState;

/// A file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) path: String,
    pub(super) is_folder: bool,
    pub(super) id: u64,
    pub(super) parent: u64,
    pub(super) size: u64,
    pub(super) mtime: u64,
    pub(super) media_type: String,
}

/// The item at `path` among the files of `uid`.
pub(super) fn find(state: &AppState, uid: &str, path: &str) -> Option<Item> {
    let path = format!("/{}", path.trim_matches('/'));
    let (at, (_, is_folder)) = KNOWN.iter().enumerate().find(|(_, (known, _))| *known == path)?;
    state.user(uid)?;
    Some(Item {
        is_folder: *is_folder,
        id: 321 + at as u64,
        parent: 95,
        size: 5,
        mtime: state.clock().unix(),
        media_type: if *is_folder {
            "httpd/unix-directory"
        } else {
            "text/plain"
        }
        .to_owned(),
        path,
    })
}

/// The files that everybody has: path and whether it is a folder.
const KNOWN: [(&str, bool); 5] = [
    ("/share me.txt", false),
    ("/sharedir", true),
    ("/wf-share.txt", false),
    ("/Documents", true),
    ("/Readme.md", false),
];
