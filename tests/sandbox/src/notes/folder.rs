//! One user's notes: what may be done with them, without HTTP.

use std::collections::BTreeMap;

use thiserror::Error;

use super::note::Note;
use super::settings::Settings;
use super::title;
use crate::hex;

/// Why a request cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NotesError {
    /// No such note, or another user's.
    #[error("OCA\\Notes\\Service\\NoteDoesNotExistException")]
    NoSuchNote,
    /// The note is shared read-only with this user.
    #[error("OCA\\Notes\\Service\\NoteNotWritableException")]
    NotWritable,
    /// Another request holds the folder's lock.
    #[error("OCP\\Lock\\LockedException")]
    Locked,
    /// No such attachment.
    #[error("OCP\\Files\\NotFoundException")]
    NoSuchFile,
    /// A new note whose name no file may have.
    #[error("OCP\\Files\\NotFoundException")]
    Vanished,
    /// A note that is to get a name that no file may have.
    #[error("OCP\\Files\\NotPermittedException")]
    NotPermitted,
}

/// What a new note is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) title: String,
    pub(crate) category: String,
    pub(crate) content: String,
    pub(crate) favorite: bool,
    pub(crate) modified: Option<i64>,
}

/// What is to change in a note; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    pub(crate) title: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) content: Option<String>,
    pub(crate) favorite: Option<bool>,
    pub(crate) modified: Option<i64>,
}

impl From<Change> for Draft {
    fn from(change: Change) -> Self {
        Self {
            title: change.title.unwrap_or_default(),
            category: change.category.unwrap_or_default(),
            content: change.content.unwrap_or_default(),
            favorite: change.favorite.unwrap_or_default(),
            modified: change.modified,
        }
    }
}

/// A file that lies beside notes.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// One user's notes, settings and attachments.
#[derive(Clone, Debug, Default)]
pub(crate) struct NotesFolder {
    notes: BTreeMap<u64, Note>,
    /// By path below the user's home: `Notes/Other/<digest>.png`.
    attachments: BTreeMap<String, Attachment>,
    pub(crate) settings: Settings,
    /// How many more writes answer [`NotesError::Locked`].
    pub(crate) locked_writes: u32,
}

impl NotesFolder {
    /// Every note below the notes path.
    pub(crate) fn notes(&self) -> impl Iterator<Item = &Note> {
        self.notes
            .values()
            .filter(|note| note.category(&self.settings.notes_path).is_some())
    }

    /// The note with this id, if it lies below the notes path.
    pub(crate) fn note(&self, id: u64) -> Result<&Note, NotesError> {
        let note = self
            .notes
            .get(&id)
            .filter(|note| note.category(&self.settings.notes_path).is_some());
        note.ok_or(NotesError::NoSuchNote)
    }

    /// The size in bytes of the note's file at `path` below the user's home, with a leading slash.
    pub(crate) fn size_of_file(&self, path: &str) -> Option<usize> {
        let mut notes = self.notes.values();
        notes
            .find(|note| note.internal_path() == path)
            .map(|note| note.content.len())
    }

    /// Writes a new note with file id `id` at time `now` (Unix seconds).
    pub(crate) fn create(&mut self, id: u64, draft: Draft, now: i64) -> Result<&Note, NotesError> {
        self.take_lock()?;
        if title::is_impossible(&draft.title) || title::is_impossible(&draft.category) {
            return Err(NotesError::Vanished);
        }
        let folder = self.folder_of(&draft.category);
        let title = self.unused_title(id, &folder, &self.settings.file_suffix, &draft.title);
        let note = Note {
            id,
            title,
            suffix: self.settings.file_suffix.clone(),
            folder,
            content: draft.content,
            favorite: draft.favorite,
            modified: draft.modified.filter(|time| *time > 0).unwrap_or(now),
            updated: now,
            readonly: false,
        };
        Ok(self.notes.entry(id).insert_entry(note).into_mut())
    }

    /// Takes a note as it is: nobody else may have its id, nor its title in its folder.
    pub(crate) fn add(&mut self, note: Note) {
        self.notes.insert(note.id, note);
    }

    /// Changes a note at time `now`. New text sets `modified` to now; a new name, category or star does not.
    pub(crate) fn update(&mut self, id: u64, change: Change, now: i64) -> Result<&Note, NotesError> {
        let mut note = self.note(id)?.clone();
        if note.readonly {
            return Err(NotesError::NotWritable);
        }
        self.take_lock()?;
        let names = [&change.title, &change.category];
        if names.into_iter().flatten().any(|name| title::is_impossible(name)) {
            return Err(NotesError::NotPermitted);
        }
        if change.title.is_some() || change.category.is_some() {
            if let Some(category) = &change.category {
                note.folder = self.folder_of(category);
            }
            let wanted = change.title.unwrap_or_else(|| note.title.clone());
            note.suffix.clone_from(&self.settings.file_suffix);
            note.title = self.unused_title(id, &note.folder, &note.suffix, &wanted);
        }
        if let Some(content) = change.content {
            note.content = content;
            note.modified = now;
        }
        if let Some(modified) = change.modified.filter(|time| *time > 0) {
            note.modified = modified;
        }
        if let Some(favorite) = change.favorite {
            note.favorite = favorite;
        }
        note.updated = now;
        Ok(self.notes.entry(id).insert_entry(note).into_mut())
    }

    /// Removes a note. Its attachments stay: they belong to the folder.
    pub(crate) fn delete(&mut self, id: u64) -> Result<(), NotesError> {
        if self.note(id)?.readonly {
            return Err(NotesError::NotWritable);
        }
        self.take_lock()?;
        self.notes.remove(&id);
        Ok(())
    }

    /// Marks a note as shared read-only with this user, or as their own again.
    pub(crate) fn set_readonly(&mut self, id: u64, readonly: bool) -> Result<(), NotesError> {
        self.note(id)?;
        if let Some(note) = self.notes.get_mut(&id) {
            note.readonly = readonly;
        }
        Ok(())
    }

    /// Stores a file as `<32 hex digits>.<extension of file_name>` beside a note and gives that name.
    pub(crate) fn attach(&mut self, id: u64, file_name: &str, bytes: Vec<u8>) -> Result<String, NotesError> {
        let note = self.note(id)?;
        if note.readonly {
            return Err(NotesError::NotWritable);
        }
        let folder = note.folder.clone();
        self.take_lock()?;
        let mut name = hex::fingerprint([file_name.as_bytes(), &bytes].concat());
        let extension = file_name
            .rsplit_once('.')
            .map(|(_, extension)| extension.to_ascii_lowercase());
        if let Some(extension) = &extension {
            name.push('.');
            name.push_str(extension);
        }
        let content_type = content_type(extension.as_deref().unwrap_or_default());
        self.attachments
            .insert(format!("{folder}/{name}"), Attachment { content_type, bytes });
        Ok(name)
    }

    /// The file at `path`, relative to the folder of note `id`.
    pub(crate) fn attachment(&self, id: u64, path: &str) -> Result<&Attachment, NotesError> {
        let folder = &self.note(id)?.folder;
        self.attachments
            .get(&format!("{folder}/{}", title::folder(path)))
            .ok_or(NotesError::NoSuchFile)
    }

    /// Fails while writes are to be refused, and counts down.
    fn take_lock(&mut self) -> Result<(), NotesError> {
        if let Some(left) = self.locked_writes.checked_sub(1) {
            self.locked_writes = left;
            return Err(NotesError::Locked);
        }
        Ok(())
    }

    fn folder_of(&self, category: &str) -> String {
        let category = title::folder(category);
        [self.settings.notes_path.as_str(), category.as_str()]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join("/")
    }

    fn unused_title(&self, id: u64, folder: &str, suffix: &str, wanted: &str) -> String {
        title::unused(&title::sanitise(wanted), |name| {
            self.notes
                .values()
                .any(|other| other.id != id && other.folder == folder && other.suffix == suffix && other.title == name)
        })
    }
}

/// The media type that Nextcloud gives a file by its name.
fn content_type(extension: &str) -> &'static str {
    match extension {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        "webp" => "image/webp",
        "pdf" => "application/pdf",
        "txt" => "text/plain;charset=UTF-8",
        "md" => "text/markdown;charset=UTF-8",
        _ => "application/octet-stream",
    }
}
