//! The user's settings of the Notes app.

use serde::Serialize;
use serde_json::Value;

use super::title;

/// What `GET …/settings` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Settings {
    /// Suffix of new files, with its dot.
    pub(crate) file_suffix: String,
    /// Folder of the notes below the user's home.
    pub(crate) notes_path: String,
    /// How the web page opens a note: `edit`, `preview` or `rich`.
    pub(crate) note_mode: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            file_suffix: ".md".to_owned(),
            notes_path: "Notes".to_owned(),
            note_mode: "rich".to_owned(),
        }
    }
}

impl Settings {
    /// Takes over the settings named in `change`. A value that makes no sense becomes the default; unknown names are
    /// ignored.
    pub(crate) fn apply(&mut self, change: &Value) {
        let default = Self::default();
        if let Some(suffix) = change.get("fileSuffix") {
            self.file_suffix = suffix.as_str().and_then(suffix_of).unwrap_or(default.file_suffix);
        }
        if let Some(path) = change.get("notesPath") {
            let path = path.as_str().map(title::folder).filter(|path| !path.is_empty());
            self.notes_path = path.unwrap_or(default.notes_path);
        }
        if let Some(mode) = change.get("noteMode") {
            let mode = mode.as_str().filter(|mode| ["edit", "preview", "rich"].contains(mode));
            self.note_mode = mode.map_or(default.note_mode, str::to_owned);
        }
    }
}

/// `.txt` for `txt` and `.txt`; nothing for what cannot end a file name.
fn suffix_of(text: &str) -> Option<String> {
    let name = text.trim().trim_start_matches('.');
    (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric())).then(|| format!(".{name}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_change_one_by_one_and_fall_back_to_the_default() {
        let mut settings = Settings::default();
        settings.apply(&json!({ "fileSuffix": ".txt" }));
        assert_eq!(
            (settings.file_suffix.as_str(), settings.notes_path.as_str()),
            (".txt", "Notes")
        );
        settings.apply(&json!({ "notesPath": "../x", "noteMode": "preview", "other": 1 }));
        assert_eq!(
            (settings.notes_path.as_str(), settings.note_mode.as_str()),
            ("x", "preview")
        );
        settings.apply(&json!({ "fileSuffix": "a/b", "notesPath": "..", "noteMode": "loud" }));
        assert_eq!(settings, Settings::default());
    }
}
