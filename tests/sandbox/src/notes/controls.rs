//! What tests do to notes behind the API's back.

use crate::AppState;

impl AppState {
    /// Lets the next `writes` changes to this user's notes meet a locked folder: 423, as when two requests write to it
    /// at once.
    pub fn lock_notes(&self, uid: &str, writes: u32) {
        self.notes().of(uid).locked_writes = writes;
    }

    /// Makes a note one that is shared read-only with its user, or their own again. False if there is no such note.
    pub fn set_note_readonly(&self, uid: &str, id: u64, readonly: bool) -> bool {
        self.notes().of(uid).set_readonly(id, readonly).is_ok()
    }
}
