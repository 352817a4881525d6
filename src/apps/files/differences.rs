//! Where the tools of this app differ from those of the Python server, and why.

/// Tool, what is different, why.
pub const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "nc_webdav_read_file",
        "`offset`, `length` and `next_offset` are new; `page_start` and `page_end` are refused",
        "files of any size can be read in parts; documents are not converted, so they have no pages",
    ),
    (
        "nc_webdav_read_file",
        "`parse_status` can be `unsupported`; `parsed`, `parse_tier`, `parse_processor`, `parsing_metadata` and `page_count` are gone",
        "PDF and Office files are given as they are instead of being converted",
    ),
    (
        "nc_webdav_list_directory",
        "`limit`, `cursor` and `next_cursor` are new; counts of folders, files and bytes are those of the page",
        "a folder can hold more than fits in one result",
    ),
    (
        "nc_webdav_search_files",
        "`tag`, `modified_after`, `modified_before`, `min_size`, `max_size`, `cursor`, `next_cursor` and `truncated` are new",
        "Nextcloud can search by them",
    ),
    (
        "nc_webdav_write_file",
        "`file_id` and `url` are new; `status_code` and `message` are gone",
        "an error says what went wrong, and a result needs no status",
    ),
    (
        "nc_webdav_create_directory",
        "the result is `created` and `url`",
        "there was no declared result",
    ),
    (
        "nc_webdav_delete_resource",
        "`if_match` is new; the result is `deleted` and `original_location`; a missing file is an error",
        "a path that names nothing is a mistake worth telling; the location finds the file in the trash bin",
    ),
    (
        "nc_webdav_move_resource",
        "`overwritten` and `url` are new",
        "what happened to the destination is not known otherwise",
    ),
    (
        "nc_webdav_copy_resource",
        "`overwritten` and `url` are new",
        "what happened to the destination is not known otherwise",
    ),
    (
        "nc_webdav_list_trash",
        "`limit`, `cursor`, `next_cursor` and `is_directory` are new; `href` is gone",
        "the id is all that restoring needs",
    ),
    ("nc_webdav_list_versions", "`author` is new", "Nextcloud tells it"),
    (
        "nc_webdav_append_file",
        "new",
        "adding to a file without sending it whole",
    ),
    ("nc_webdav_upload_part", "new", "files larger than one call can carry"),
    (
        "nc_webdav_search_files",
        "`filters_applied` is left out",
        "it repeats the request",
    ),
    (
        "nc_webdav_find_by_name",
        "`filters_applied` is left out",
        "it repeats the request",
    ),
    (
        "nc_webdav_find_by_type",
        "`filters_applied` is left out",
        "it repeats the request",
    ),
    (
        "nc_webdav_list_favorites",
        "`filters_applied` is left out",
        "it repeats the request",
    ),
];
