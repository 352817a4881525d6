//! The list of notes: filters, pruning and chunks.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::{Value, json};

use super::folder::NotesFolder;
use super::note::Note;

/// The query of `GET …/notes`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ListQuery {
    /// Only notes of this category; the empty one means notes without category.
    category: Option<String>,
    /// Fields to leave out, separated by commas.
    exclude: String,
    /// Notes not changed since this time (Unix seconds) come as bare ids.
    prune_before: String,
    /// Most notes in one answer; 0 for all.
    chunk_size: String,
    /// Where the last chunk ended.
    chunk_cursor: Option<String>,
}

/// Where a chunk ended: `<time the listing began>-<time of the last note's change>-<its id>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    began: i64,
    updated: i64,
    id: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}-{}", self.began, self.updated, self.id)
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, '-');
        let mut next = || parts.next().ok_or(());
        let (began, updated, id) = (next()?, next()?, next()?);
        Ok(Self {
            began: began.parse().map_err(drop)?,
            updated: updated.parse().map_err(drop)?,
            id: id.parse().map_err(drop)?,
        })
    }
}

/// One answer to a list request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Page {
    /// Whole notes, oldest change first, then `{"id"}` alone for the others if this is the last chunk.
    pub(crate) notes: Value,
    /// Where to go on, and how many whole notes are left.
    pub(crate) next: Option<(Cursor, usize)>,
}

impl ListQuery {
    /// The notes of `folder` that this query asks for at time `now`.
    pub(crate) fn page(&self, folder: &NotesFolder, now: i64) -> Page {
        let root = folder.settings.notes_path.as_str();
        let exclude: Vec<&str> = self
            .exclude
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        let prune_before: i64 = self.prune_before.trim().parse().unwrap_or(0);
        let chunk_size: usize = self.chunk_size.trim().parse().unwrap_or(0);
        let cursor: Option<Cursor> = self.chunk_cursor.as_deref().and_then(|text| text.parse().ok());

        let wanted = |note: &&Note| {
            self.category
                .as_deref()
                .is_none_or(|category| note.category(root) == Some(category))
        };
        let all: Vec<&Note> = folder.notes().filter(wanted).collect();
        let mut whole: Vec<&Note> = all
            .iter()
            .copied()
            .filter(|note| note.updated >= prune_before)
            .filter(|note| cursor.is_none_or(|cursor| (note.updated, note.id) > (cursor.updated, cursor.id)))
            .collect();
        whole.sort_by_key(|note| (note.updated, note.id));

        let left = if chunk_size == 0 {
            0
        } else {
            whole.len().saturating_sub(chunk_size)
        };
        whole.truncate(whole.len() - left);
        let next = whole.last().filter(|_| left > 0).map(|last| {
            let began = cursor.map_or(now, |cursor| cursor.began);
            (
                Cursor {
                    began,
                    updated: last.updated,
                    id: last.id,
                },
                left,
            )
        });

        let shown: BTreeSet<u64> = whole.iter().map(|note| note.id).collect();
        let mut notes: Vec<Value> = whole.iter().map(|note| note.view(root, &exclude)).collect();
        if next.is_none() {
            let mut others: Vec<&Note> = all.into_iter().filter(|note| !shown.contains(&note.id)).collect();
            others.sort_by(|one, other| by_place(one, other));
            notes.extend(others.iter().map(|note| json!({ "id": note.id })));
        }
        Page {
            notes: Value::Array(notes),
            next,
        }
    }
}

/// The order in which the files are met: a folder's own files by name, then its folders.
fn by_place(one: &Note, other: &Note) -> Ordering {
    let (mut left, mut right) = (one.folder.split('/'), other.folder.split('/'));
    loop {
        match (left.next(), right.next()) {
            (Some(left), Some(right)) if left == right => {}
            (Some(left), Some(right)) => return left.cmp(right),
            (None, None) => return one.file_name().cmp(&other.file_name()),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::folder::Draft;
    use super::*;

    fn folder() -> NotesFolder {
        let mut folder = NotesFolder::default();
        for (id, title, category, now) in [
            (3, "c", "", 10),
            (1, "a", "Work", 20),
            (2, "b", "", 20),
            (4, "d", "Work", 30),
        ] {
            let draft = Draft {
                title: title.to_owned(),
                category: category.to_owned(),
                ..Draft::default()
            };
            folder.create(id, draft, now).unwrap();
        }
        folder
    }

    fn ids(page: &Page) -> Vec<(u64, bool)> {
        let notes = page.notes.as_array().unwrap();
        notes
            .iter()
            .map(|note| (note["id"].as_u64().unwrap(), note.get("title").is_some()))
            .collect()
    }

    #[test]
    fn chunks_cover_every_note_once_and_the_last_names_the_others() {
        let folder = folder();
        let mut query = ListQuery {
            chunk_size: "2".to_owned(),
            ..ListQuery::default()
        };
        let first = query.page(&folder, 100);
        assert_eq!(ids(&first), [(3, true), (1, true)]);
        let (cursor, pending) = first.next.unwrap();
        assert_eq!((cursor.to_string().as_str(), pending), ("100-20-1", 2));
        query.chunk_cursor = Some(cursor.to_string());
        let last = query.page(&folder, 101);
        assert_eq!(ids(&last), [(2, true), (4, true), (3, false), (1, false)]);
        assert_eq!(last.next, None);
    }

    #[test]
    fn a_chunk_as_large_as_the_list_leaves_nothing() {
        let query = ListQuery {
            chunk_size: "4".to_owned(),
            ..ListQuery::default()
        };
        let page = query.page(&folder(), 100);
        assert_eq!((ids(&page).len(), page.next), (4, None));
    }

    #[test]
    fn old_notes_are_pruned_to_their_ids() {
        let query = ListQuery {
            prune_before: "20".to_owned(),
            ..ListQuery::default()
        };
        assert_eq!(
            ids(&query.page(&folder(), 100)),
            [(1, true), (2, true), (4, true), (3, false)]
        );
    }

    #[test]
    fn a_category_filters_exactly() {
        let query = |category: &str| ListQuery {
            category: Some(category.to_owned()),
            ..ListQuery::default()
        };
        assert_eq!(ids(&query("Work").page(&folder(), 100)), [(1, true), (4, true)]);
        assert_eq!(ids(&query("").page(&folder(), 100)), [(3, true), (2, true)]);
        assert_eq!(ids(&query("Wor").page(&folder(), 100)), []);
    }

    #[test]
    fn nonsense_in_the_query_counts_as_absent() {
        let query = ListQuery {
            chunk_size: "many".to_owned(),
            prune_before: "x".to_owned(),
            chunk_cursor: Some("1-2".to_owned()),
            ..ListQuery::default()
        };
        assert_eq!(ids(&query.page(&folder(), 100)).len(), 4);
    }
}
