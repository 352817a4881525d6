//! Files: the tree below `files/<user>/`, and what hangs on it: trash, versions, uploads, tags, comments, search.

mod comments;
mod conditions;
mod content;
mod home;
mod http;
mod node;
mod properties;
mod report;
mod search;
mod seed;
mod tags;
mod transfer;
mod trash;
mod uploads;
mod versions;

use std::collections::{BTreeMap, HashMap};

pub(crate) use home::Home;
pub(crate) use node::{Node, media_type};
pub(crate) use seed::seed;

pub(crate) use self::http::serve;
pub(crate) use comments::serve as serve_comments;
pub(crate) use search::serve as serve_search;
pub(crate) use tags::{serve_relations, serve_tags};
pub(crate) use trash::serve as serve_trash;
pub(crate) use uploads::serve as serve_uploads;
pub(crate) use versions::serve as serve_versions;

use comments::Comment;
use tags::Tag;
use uploads::Upload;

/// The instance's id, at the end of `oc:id` and `OC-FileId`.
pub(crate) const INSTANCE: &str = "oc6u2dm6tv4z";

/// Everybody's files, and what belongs to all of them.
#[derive(Debug)]
pub(crate) struct Files {
    homes: HashMap<String, Home>,
    next_id: u64,
    tags: BTreeMap<u64, Tag>,
    next_tag: u64,
    comments: BTreeMap<u64, Comment>,
    next_comment: u64,
    uploads: HashMap<(String, String), Upload>,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            homes: HashMap::new(),
            next_id: 95,
            tags: BTreeMap::new(),
            next_tag: 1,
            comments: BTreeMap::new(),
            next_comment: 1,
            uploads: HashMap::new(),
        }
    }
}

impl Files {
    /// The files of this user; the folder is made when it is first looked at.
    pub(crate) fn of(&mut self, uid: &str, now: u64) -> &mut Home {
        let next_id = &mut self.next_id;
        self.homes
            .entry(uid.to_owned())
            .or_insert_with(|| Home::new(next_id, now))
    }

    /// The files of this user together with the counter of file ids.
    fn with_ids(&mut self, uid: &str, now: u64) -> (&mut Home, &mut u64) {
        let next_id = &mut self.next_id;
        let home = self
            .homes
            .entry(uid.to_owned())
            .or_insert_with(|| Home::new(next_id, now));
        (home, next_id)
    }
}
