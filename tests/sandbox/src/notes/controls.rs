//! What tests do to notes behind the API's back.

use crate::AppState;

use super::note::Note;

impl AppState {
    /// Lets the next `writes` changes to this user's notes meet a locked folder: 423, as when two requests write to it
    /// at once.
    pub fn lock_notes(&self, uid: &str, writes: u32) {
        self.notes().of(uid).locked_writes = writes;
    }

    /// Gives this user `count` more notes of this category, ten changed at the same time, in an order that is neither
    /// that of their ids nor that of their titles.
    pub fn fill_notes(&self, uid: &str, category: &str, count: usize) {
        let now = self.now();
        let mut notes = self.notes();
        for number in 0..count {
            let id = notes.new_id();
            let folder = notes.of(uid);
            let at = now - i64::try_from(number * 7919 % count / 10).unwrap_or_default();
            folder.add(Note {
                id,
                title: format!("Note {number:05}"),
                suffix: folder.settings.file_suffix.clone(),
                folder: format!("{}/{category}", folder.settings.notes_path),
                content: format!("Text {number}"),
                favorite: false,
                modified: at,
                updated: at,
                readonly: false,
            });
        }
    }

    /// Makes a note one that is shared read-only with its user, or their own again. False if there is no such note.
    pub fn set_note_readonly(&self, uid: &str, id: u64, readonly: bool) -> bool {
        self.notes().of(uid).set_readonly(id, readonly).is_ok()
    }
}
