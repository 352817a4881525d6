//! What shares need to know of files and folders.

use crate::AppState;
use crate::files::{Home, Node, media_type};

/// A file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) path: String,
    pub(super) is_folder: bool,
    pub(super) id: u64,
    pub(super) parent: u64,
    pub(super) size: u64,
    pub(super) mtime: u64,
    pub(super) media_type: &'static str,
}

/// The item at `path` among the files of `uid`.
pub(super) fn find(state: &AppState, uid: &str, path: &str) -> Option<Item> {
    let segments: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    let mut files = state.files();
    item(files.of(uid, state.clock().unix()), &segments)
}

/// The item of `uid` with this id, wherever it is now.
pub(super) fn find_by_id(state: &AppState, uid: &str, id: u64) -> Option<Item> {
    let mut files = state.files();
    let home = files.of(uid, state.clock().unix());
    let path = home.path_of(id)?.clone();
    item(home, &path)
}

fn item(home: &Home, path: &[String]) -> Option<Item> {
    let node = home.get(path)?;
    let (name, folder) = path.split_last()?;
    let is_folder = node.is_folder();
    Some(Item {
        path: format!("/{}", path.join("/")),
        is_folder,
        id: node.id,
        parent: home.get(folder).map_or(0, |folder: &Node| folder.id),
        size: home.size(path),
        mtime: node.mtime,
        media_type: if is_folder {
            "httpd/unix-directory"
        } else {
            media_type(name)
        },
    })
}
