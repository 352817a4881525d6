//! One note: a text file below the user's notes folder.

use serde_json::{Map, Value, json};

use crate::hex;

/// A note as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// The file id: unique over all users.
    pub(crate) id: u64,
    /// The file name without its suffix.
    pub(crate) title: String,
    /// `.md`, `.txt`: what new files were called when this one was named.
    pub(crate) suffix: String,
    /// Folder of the file, relative to the user's home: `Notes/Work/Sub`.
    pub(crate) folder: String,
    /// The text.
    pub(crate) content: String,
    /// Starred by the user.
    pub(crate) favorite: bool,
    /// The file's modification time, Unix seconds. Clients may set it.
    pub(crate) modified: i64,
    /// When anything about the note last changed, Unix seconds: lists are sorted and pruned by it.
    pub(crate) updated: i64,
    /// Shared with this user without the right to change it.
    pub(crate) readonly: bool,
}

impl Note {
    /// The note's category: its folder relative to `root`, or `None` if the file does not lie below `root`.
    pub(crate) fn category(&self, root: &str) -> Option<&str> {
        if root.is_empty() {
            return Some(&self.folder);
        }
        let below = self.folder.strip_prefix(root)?;
        if below.is_empty() {
            Some("")
        } else {
            below.strip_prefix('/')
        }
    }

    /// The file's name with its suffix.
    pub(crate) fn file_name(&self) -> String {
        format!("{}{}", self.title, self.suffix)
    }

    /// The file's path below the user's home, with a leading slash: `/Notes/Work/Sub/First note.md`.
    pub(crate) fn internal_path(&self) -> String {
        if self.folder.is_empty() {
            format!("/{}", self.file_name())
        } else {
            format!("/{}/{}", self.folder, self.file_name())
        }
    }

    /// Changes with any of the note's own fields; 32 hexadecimal digits, unquoted.
    pub(crate) fn etag(&self) -> String {
        fingerprint(&json!([
            self.id,
            self.title,
            self.folder,
            self.suffix,
            self.content,
            self.favorite,
            self.modified,
            self.readonly
        ]))
    }

    /// The note as the API shows it, without the fields named in `exclude` (`etag` cannot be excluded).
    pub(crate) fn view(&self, root: &str, exclude: &[&str]) -> Value {
        let mut view = Map::new();
        let mut put = |name: &str, value: Value| {
            if !exclude.contains(&name) {
                view.insert(name.to_owned(), value);
            }
        };
        put("id", json!(self.id));
        put("title", json!(self.title));
        put("modified", json!(self.modified));
        put("category", json!(self.category(root).unwrap_or_default()));
        put("favorite", json!(self.favorite));
        put("readonly", json!(self.readonly));
        put("content", json!(self.content));
        for (name, value) in [
            ("internalPath", json!(self.internal_path())),
            ("shareTypes", json!([])),
            ("isShared", json!(false)),
            ("error", json!(false)),
            ("errorType", json!("")),
            ("etag", json!(self.etag())),
        ] {
            view.insert(name.to_owned(), value);
        }
        Value::Object(view)
    }
}

/// What stands for `value`, as Nextcloud's MD5 ETags do.
pub(crate) fn fingerprint(value: &Value) -> String {
    hex::fingerprint(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(folder: &str) -> Note {
        Note {
            id: 7,
            title: "T".to_owned(),
            suffix: ".md".to_owned(),
            folder: folder.to_owned(),
            content: "text".to_owned(),
            favorite: false,
            modified: 1,
            updated: 1,
            readonly: false,
        }
    }

    #[test]
    fn the_category_is_the_folder_below_the_notes_path() {
        assert_eq!(note("Notes/Work/Sub").category("Notes"), Some("Work/Sub"));
        assert_eq!(note("Notes").category("Notes"), Some(""));
        assert_eq!(note("Notes2").category("Notes"), None);
        assert_eq!(note("Notes/Work").category("Notes/Work"), Some(""));
    }

    #[test]
    fn excluding_fields_keeps_the_etag() {
        let view = note("Notes").view("Notes", &["etag", "content", "title"]);
        assert!(view.get("content").is_none() && view.get("title").is_none());
        assert_eq!(view["etag"], note("Notes").etag());
        assert_eq!(view["internalPath"], "/Notes/T.md");
    }
}
