//! Where the tools differ on purpose from those of the Python server.

/// Tool, what differs, why.
pub(crate) const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "nc_notes_update_note",
        "`title`, `content` and `category` may be left out; an empty string clears",
        "a field could not be cleared before",
    ),
    (
        "nc_notes_search_notes",
        "`query` is not repeated; `excerpt`, `modified` and `truncated` are new",
        "Nextcloud searches, and says where it found something",
    ),
    (
        "nc_notes_list_notes",
        "`cursor` and `next_cursor` are new; `score` is left out",
        "lists come in pages; a list has no scores",
    ),
    (
        "nc_notes_get_attachment",
        "the result has `filename`, `mime_type`, `size`, `content` and `encoding`",
        "typed results have a schema",
    ),
    (
        "nc_notes_delete_note",
        "a note that does not exist is an error",
        "an id that names nothing is a mistake worth telling",
    ),
];
