//! The Tables app: `/index.php/apps/tables/api/1`, and its list of tables over OCS.

mod api;
mod cells;
mod column;
mod differences;
mod model;
mod tools;
mod value;

use crate::mcp::{App, AppTools};

pub(crate) use differences::DIFFERENCES;

/// The table of tools.
pub fn tools() -> AppTools {
    AppTools::new(App::Tables)
        .read(
            "nc_tables_list_tables",
            "List own and shared tables, without their rows.",
            tools::list_tables,
        )
        .calls(&["GET /ocs/v2.php/apps/tables/api/2/tables"])
        .untrusted(&["tables[].title"])
        .read(
            "nc_tables_get_schema",
            "Read a table's columns with types, limits and selection options, and its views.",
            tools::get_schema,
        )
        .calls(&[
            "GET /index.php/apps/tables/api/1/tables/{id}",
            "GET /index.php/apps/tables/api/1/tables/{id}/columns",
        ])
        .untrusted(&["title", "description", "columns"])
        .read(
            "nc_tables_read_table",
            "Read rows of a table or of one of its views.",
            tools::read_table,
        )
        .calls(&[
            "GET /index.php/apps/tables/api/1/tables/{id}",
            "GET /index.php/apps/tables/api/1/tables/{id}/columns",
            "GET /index.php/apps/tables/api/1/tables/{id}/rows",
            "GET /index.php/apps/tables/api/1/views/{id}/rows",
        ])
        .untrusted(&["rows[].data"])
        .write("nc_tables_insert_row", "Add a row.", tools::insert_row)
        .calls(&[
            "GET /index.php/apps/tables/api/1/tables/{id}/columns",
            "POST /index.php/apps/tables/api/1/tables/{id}/rows",
        ])
        .untrusted(&["data"])
        .write(
            "nc_tables_update_row",
            "Change cells of a row; the others stay.",
            tools::update_row,
        )
        .calls(&[
            "GET /index.php/apps/tables/api/1/rows/{id}",
            "GET /index.php/apps/tables/api/1/tables/{id}/columns",
            "PUT /index.php/apps/tables/api/1/rows/{id}",
        ])
        .untrusted(&["data"])
        .write("nc_tables_delete_row", "Delete a row for good.", tools::delete_row)
        .destructive()
        .idempotent()
        .calls(&[
            "GET /index.php/apps/tables/api/1/rows/{id}",
            "DELETE /index.php/apps/tables/api/1/rows/{id}",
        ])
}
