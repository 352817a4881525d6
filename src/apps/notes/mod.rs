//! The Notes app: `/index.php/apps/notes/api/v1`.

mod api;
mod differences;
mod hidden;
mod model;
mod search;
mod tools;

pub(super) use self::differences::DIFFERENCES;
use crate::apps::files::Screen;
use crate::mcp::{App, AppTools};

/// The table of tools and resources.
pub fn tools(screen: &Screen) -> AppTools {
    AppTools::new(App::Notes)
        .write(
            "nc_notes_create_note",
            "Create a note; a title that is taken in its category gets a number.",
            screen.to(tools::create_note),
        )
        .calls(&["POST /index.php/apps/notes/api/v1/notes"])
        .write(
            "nc_notes_update_note",
            "Change a note; what is left out stays, an empty string clears. Refuses when the note has changed since etag was read.",
            screen.to(tools::update_note),
        )
        .calls(&["PUT /index.php/apps/notes/api/v1/notes/{id}"])
        .write(
            "nc_notes_append_content",
            "Add to the end of a note, after a horizontal rule.",
            screen.to(tools::append_content),
        )
        .calls(&[
            "GET /index.php/apps/notes/api/v1/notes/{id}",
            "PUT /index.php/apps/notes/api/v1/notes/{id}",
        ])
        .read(
            "nc_notes_search_notes",
            "Find notes by words in title, category or content, best match first.",
            screen.to(tools::search_notes),
        )
        .calls(&[
            "GET /ocs/v2.php/search/providers/notes/search",
            "GET /index.php/apps/notes/api/v1/notes?exclude=content",
        ])
        .untrusted(&["results[].title", "results[].excerpt"])
        .read(
            "nc_notes_list_notes",
            "List notes without their content, last changed first.",
            screen.to(tools::list_notes),
        )
        .calls(&["GET /index.php/apps/notes/api/v1/notes?exclude=content"])
        .untrusted(&["results[].title"])
        .read(
            "nc_notes_get_note",
            "Read a note with its content and etag.",
            screen.to(tools::get_note),
        )
        .calls(&["GET /index.php/apps/notes/api/v1/notes/{id}"])
        .untrusted(&["title", "content"])
        .read(
            "nc_notes_get_attachment",
            "Read a file attached to a note: text as text, anything else as base64.",
            screen.to(tools::get_attachment),
        )
        .calls(&["GET /index.php/apps/notes/api/v1.4/attachment/{id}"])
        .untrusted(&["content"])
        .write(
            "nc_notes_delete_note",
            "Delete a note; its file goes to the trash bin.",
            screen.to(tools::delete_note),
        )
        .destructive()
        .idempotent()
        .calls(&["DELETE /index.php/apps/notes/api/v1/notes/{id}"])
        .resource(
            "notes://settings",
            "Notes settings",
            "Where notes are kept and with which file suffix.",
            tools::read_settings,
        )
        .resource(
            "nc://Notes/{note_id}",
            "Note",
            "A note with its content.",
            screen.to(tools::read_note),
        )
        .resource(
            "nc://Notes/{note_id}/attachments/{attachment_filename}",
            "Note attachment",
            "A file attached to a note.",
            screen.to(tools::read_attachment),
        )
}
