//! One user's files: what may be done with them, without HTTP.

use std::collections::BTreeMap;

use super::content::Content;
use super::node::{Kind, Node, Version};
use super::trash::Trashed;
use crate::dav::DavError;

/// The segments of a path below the user's folder.
pub(crate) type Path = Vec<String>;

/// One user's files and trash bin.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    /// By path; the root is the empty path. Sorted, so what is below a folder comes right behind it.
    nodes: BTreeMap<Path, Node>,
    pub(super) trash: BTreeMap<String, Trashed>,
}

impl Home {
    pub(super) fn new(next_id: &mut u64, now: u64) -> Self {
        let root = Node::folder(take(next_id), now);
        Self {
            nodes: BTreeMap::from([(Path::new(), root)]),
            trash: BTreeMap::new(),
        }
    }

    pub(crate) fn get(&self, path: &[String]) -> Option<&Node> {
        self.nodes.get(path)
    }

    pub(crate) fn get_mut(&mut self, path: &[String]) -> Option<&mut Node> {
        self.nodes.get_mut(path)
    }

    /// The node, or 404 as Sabre words it.
    pub(crate) fn node(&self, path: &[String]) -> Result<&Node, DavError> {
        self.get(path).ok_or_else(|| missing(path))
    }

    /// Where the node with this id is.
    pub(crate) fn path_of(&self, id: u64) -> Option<&Path> {
        self.nodes.iter().find(|(_, node)| node.id == id).map(|(path, _)| path)
    }

    /// The folder itself and all that is in it, at any depth.
    pub(crate) fn tree<'home>(&'home self, path: &'home [String]) -> impl Iterator<Item = (&'home Path, &'home Node)> {
        self.nodes
            .range::<[String], _>((std::ops::Bound::Included(path), std::ops::Bound::Unbounded))
            .take_while(move |(found, _)| found.starts_with(path))
    }

    /// What is directly in a folder.
    pub(crate) fn members<'home>(
        &'home self,
        path: &'home [String],
    ) -> impl Iterator<Item = (&'home Path, &'home Node)> {
        self.tree(path).filter(move |(found, _)| found.len() == path.len() + 1)
    }

    /// Bytes in a file, or in all files of a folder.
    pub(crate) fn size(&self, path: &[String]) -> u64 {
        self.tree(path)
            .filter_map(|(_, node)| node.content())
            .map(Content::len)
            .sum()
    }

    /// Puts a new node at a path whose folder exists.
    pub(crate) fn insert(&mut self, path: Path, node: Node) {
        self.touch(&path);
        self.nodes.insert(path, node);
    }

    /// Gives a file other bytes. What it held becomes a version.
    pub(crate) fn overwrite(&mut self, path: &[String], content: Content, mtime: u64, now: u64) {
        if let Some(node) = self.nodes.get_mut(path)
            && let Kind::File { content: old, versions } = &mut node.kind
        {
            let old = std::mem::replace(old, content);
            versions.retain(|version| version.mtime != node.mtime);
            versions.push(Version {
                mtime: node.mtime,
                content: old,
            });
            node.mtime = mtime;
            node.uploaded = now;
        }
        self.touch(path);
    }

    /// Takes a node and all below it out.
    pub(crate) fn remove(&mut self, path: &[String]) -> Vec<(Path, Node)> {
        let paths: Vec<Path> = self.tree(path).map(|(path, _)| path.clone()).collect();
        self.touch(path);
        paths
            .into_iter()
            .filter_map(|path| self.nodes.remove_entry(&path))
            .map(|(found, node)| (found[path.len()..].to_vec(), node))
            .collect()
    }

    /// Puts a tree that was taken out, or a copy, at `path`.
    pub(crate) fn graft(&mut self, path: &[String], tree: Vec<(Path, Node)>) {
        for (below, node) in tree {
            self.nodes.insert([path, &below].concat(), node);
        }
        self.touch(path);
    }

    /// Folders above a change get another ETag.
    fn touch(&mut self, path: &[String]) {
        for depth in 0..path.len() {
            if let Some(Node {
                kind: Kind::Folder { changes },
                ..
            }) = self.nodes.get_mut(&path[..depth])
            {
                *changes += 1;
            }
        }
    }
}

/// 404 of a path that holds nothing. Sabre looks for the first missing segment and doubles the slash at the top.
pub(crate) fn missing(path: &[String]) -> DavError {
    let slash = if path.len() == 1 { "//" } else { "/" };
    DavError::not_found(format!("File with name {slash}{} could not be located", path.join("/")))
}

/// Why a name cannot be used.
pub(crate) fn check_name(name: &str) -> Result<(), DavError> {
    let reason = match name {
        ".htaccess" => "Filename is a reserved word".to_owned(),
        name if name.contains('\\') => "\"\\\" is not allowed inside a file or folder name.".to_owned(),
        "." | ".." => "Dot files are not allowed".to_owned(),
        name if name.chars().any(char::is_control) => "Filename contains at least one invalid character".to_owned(),
        name if name.len() > 250 => "Filename is too long".to_owned(),
        _ => return Ok(()),
    };
    let escaped = crate::dav::escape(&reason);
    Err(DavError::new(
        http::StatusCode::BAD_REQUEST,
        "OCA\\DAV\\Connector\\Sabre\\Exception\\InvalidPath",
        reason,
    )
    .with_xml("<o:retry xmlns:o=\"o:\">false</o:retry>")
    .with_xml(&format!("<o:reason xmlns:o=\"o:\">{escaped}</o:reason>")))
}

pub(super) fn take(counter: &mut u64) -> u64 {
    let id = *counter;
    *counter += 1;
    id
}
