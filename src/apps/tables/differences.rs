//! Where the tools differ on purpose from those of the Python server: tool, what, why.

pub(crate) const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "nc_tables_list_tables",
        "`limit` and `cursor`; `url` is added; sorted by title",
        "long lists come in pages",
    ),
    (
        "nc_tables_get_schema",
        "what is unset or belongs to another column type is left out; views are id and title; read from the table and \
         its columns",
        "most of a schema says nothing; the ids and permissions that other calls need are not in Nextcloud's export",
    ),
    (
        "nc_tables_read_table",
        "cells by column title, selections by label, checks as true and false; `view_id`; `next_offset`; 100 rows if no \
         `limit` is given",
        "a model need not look up ids; a table may be larger than its context",
    ),
    (
        "nc_tables_insert_row",
        "columns by title or id, values by label or id, all checked first; gives the cells as Nextcloud has them",
        "Nextcloud stores nothing for a value it cannot read and reports success",
    ),
    (
        "nc_tables_update_row",
        "as inserting; null clears",
        "Nextcloud stores nothing for a value it cannot read and reports success",
    ),
    (
        "nc_tables_delete_row",
        "gives `deleted_id`; a row that does not exist is an error that says so",
        "Nextcloud answers 500 with a database query",
    ),
];
