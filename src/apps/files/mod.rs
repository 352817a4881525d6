//! The Files app: WebDAV below `/remote.php/dav/`.

mod change;
mod client;
mod comments;
mod content;
mod differences;
mod entry;
mod exclusion;
mod filter;
mod list;
mod media;
mod path;
mod read;
mod screen;
mod search;
mod tags;
mod trash;
mod upload;
mod versions;
mod write;

use std::future::Future;
use std::sync::Arc;

use actors::nextcloud::NextcloudClient;

use self::client::{Files, Shared};
use crate::mcp::{App, AppTools};

pub use self::client::FilesSettings;
pub(super) use self::differences::DIFFERENCES;
pub(super) use self::screen::{Hidden, Screen, Screened};

const ENTRIES: &[&str] = &["results[].name", "results[].path"];

/// The table of tools.
pub fn tools(screen: &Screen) -> AppTools {
    let with = Bound(Arc::clone(&screen.shared));
    let table = AppTools::new(App::Files);
    let table = contents(table, &with);
    let table = places(table, &with);
    let table = searches(table, &with);
    let table = comments_and_tags(table, &with);
    trash_and_versions(table, &with)
}

/// Gives a tool of this app the user's files instead of the bare client.
struct Bound(Arc<Shared>);

impl Bound {
    fn to<A, F, Fut>(&self, tool: F) -> impl Fn(NextcloudClient, A) -> Fut + Send + Sync + 'static
    where
        F: Fn(Files, A) -> Fut + Send + Sync + 'static,
        Fut: Future,
    {
        let shared = Arc::clone(&self.0);
        move |nextcloud, args| tool(Files::new(nextcloud, Arc::clone(&shared)), args)
    }
}

fn contents(table: AppTools, with: &Bound) -> AppTools {
    table
        .read(
            "nc_webdav_read_file",
            "Read a file: text as text, anything else as base64. Long ones continue at next_offset.",
            with.to(read::read_file),
        )
        .calls(&[
            "PROPFIND /remote.php/dav/files/{user}/{path}",
            "GET /remote.php/dav/files/{user}/{path}",
        ])
        .untrusted(&["content"])
        .write(
            "nc_webdav_write_file",
            "Write a new file, or replace one with if_match.",
            with.to(write::write_file),
        )
        .calls(&[
            "PROPFIND /remote.php/dav/files/{user}/{path}",
            "PUT /remote.php/dav/files/{user}/{path}",
        ])
        .write(
            "nc_webdav_append_file",
            "Add content to the end of a file.",
            with.to(write::append_file),
        )
        .calls(&[
            "GET /remote.php/dav/files/{user}/{path}",
            "PUT /remote.php/dav/files/{user}/{path}",
        ])
        .write(
            "nc_webdav_upload_part",
            "Write a large file in parts: part 1 gives the upload_id, the one with last makes the file.",
            with.to(upload::upload_part),
        )
        .calls(&[
            "MKCOL /remote.php/dav/uploads/{user}/{upload}",
            "PUT /remote.php/dav/uploads/{user}/{upload}/{chunk}",
            "MOVE /remote.php/dav/uploads/{user}/{upload}/.file",
        ])
}

fn places(table: AppTools, with: &Bound) -> AppTools {
    table
        .read(
            "nc_webdav_list_directory",
            "List the files and folders in a folder.",
            with.to(list::list_directory),
        )
        .calls(&["PROPFIND /remote.php/dav/files/{user}/{path}"])
        .untrusted(&["files[].name", "files[].path"])
        .write(
            "nc_webdav_create_directory",
            "Create a folder; one that exists stays as it is.",
            with.to(change::create_directory),
        )
        .idempotent()
        .calls(&["MKCOL /remote.php/dav/files/{user}/{path}"])
        .write(
            "nc_webdav_delete_resource",
            "Move a file or folder to the trash bin.",
            with.to(change::delete_resource),
        )
        .destructive()
        .idempotent()
        .calls(&["DELETE /remote.php/dav/files/{user}/{path}"])
        .write(
            "nc_webdav_move_resource",
            "Move or rename a file or folder.",
            with.to(change::move_resource),
        )
        .calls(&["MOVE /remote.php/dav/files/{user}/{path}"])
        .write(
            "nc_webdav_copy_resource",
            "Copy a file or folder.",
            with.to(change::copy_resource),
        )
        .calls(&["COPY /remote.php/dav/files/{user}/{path}"])
}

fn searches(table: AppTools, with: &Bound) -> AppTools {
    const SEARCH: &[&str] = &["SEARCH /remote.php/dav/"];
    table
        .read(
            "nc_webdav_search_files",
            "Find files that meet all criteria, last changed first.",
            with.to(search::search_files),
        )
        .calls(&["SEARCH /remote.php/dav/", "REPORT /remote.php/dav/files/{user}/"])
        .untrusted(ENTRIES)
        .read(
            "nc_webdav_find_by_name",
            "Find files and folders by name.",
            with.to(search::find_by_name),
        )
        .calls(SEARCH)
        .untrusted(ENTRIES)
        .read(
            "nc_webdav_find_by_type",
            "Find files of a media type.",
            with.to(search::find_by_type),
        )
        .calls(SEARCH)
        .untrusted(ENTRIES)
        .read(
            "nc_webdav_list_favorites",
            "List favourite files and folders.",
            with.to(search::list_favorites),
        )
        .calls(SEARCH)
        .untrusted(ENTRIES)
}

fn comments_and_tags(table: AppTools, with: &Bound) -> AppTools {
    table
        .read(
            "nc_webdav_list_comments",
            "List the comments on a file, newest first.",
            with.to(comments::list_comments),
        )
        .calls(&["REPORT /remote.php/dav/comments/files/{fileid}"])
        .untrusted(&["results[].message", "results[].actor_display_name"])
        .write(
            "nc_webdav_create_comment",
            "Comment on a file.",
            with.to(comments::create_comment),
        )
        .calls(&["POST /remote.php/dav/comments/files/{fileid}"])
        .read("nc_webdav_list_tags", "List all system tags.", with.to(tags::list_tags))
        .calls(&["PROPFIND /remote.php/dav/systemtags/"])
        .untrusted(&["tags[].name"])
        .read(
            "nc_webdav_get_file_tags",
            "List the tags of a file or folder.",
            with.to(tags::get_file_tags),
        )
        .calls(&["PROPFIND /remote.php/dav/systemtags-relations/files/{fileid}"])
        .untrusted(&["tags[].name"])
        .read(
            "nc_webdav_find_by_tag_name",
            "List the files and folders that bear a tag.",
            with.to(tags::find_by_tag_name),
        )
        .calls(&[
            "PROPFIND /remote.php/dav/systemtags/",
            "REPORT /remote.php/dav/files/{user}/",
        ])
        .untrusted(&["files[].name", "files[].path"])
        .write(
            "nc_webdav_tag_file",
            "Tag a file or folder; a new tag is created.",
            with.to(tags::tag_file),
        )
        .additive()
        .idempotent()
        .calls(&[
            "POST /remote.php/dav/systemtags/",
            "PUT /remote.php/dav/systemtags-relations/files/{fileid}/{tag}",
        ])
        .write(
            "nc_webdav_untag_file",
            "Take a tag off a file or folder.",
            with.to(tags::untag_file),
        )
        .additive()
        .idempotent()
        .calls(&["DELETE /remote.php/dav/systemtags-relations/files/{fileid}/{tag}"])
}

fn trash_and_versions(table: AppTools, with: &Bound) -> AppTools {
    table
        .read(
            "nc_webdav_list_trash",
            "List the trash bin, last deleted first.",
            with.to(trash::list_trash),
        )
        .calls(&["PROPFIND /remote.php/dav/trashbin/{user}/trash"])
        .untrusted(&["items[].name", "items[].original_location"])
        .write(
            "nc_webdav_restore_from_trash",
            "Restore from the trash bin; nothing is overwritten.",
            with.to(trash::restore_from_trash),
        )
        .additive()
        .calls(&["MOVE /remote.php/dav/trashbin/{user}/trash/{entry}"])
        .read(
            "nc_webdav_list_versions",
            "List a file's versions, newest first, beginning with the present one.",
            with.to(versions::list_versions),
        )
        .calls(&["PROPFIND /remote.php/dav/versions/{user}/versions/{fileid}"])
        .untrusted(&["versions[].label"])
        .write(
            "nc_webdav_restore_version",
            "Restore an earlier version; the present content becomes a version.",
            with.to(versions::restore_version),
        )
        .additive()
        .calls(&["MOVE /remote.php/dav/versions/{user}/versions/{fileid}/{version}"])
}
