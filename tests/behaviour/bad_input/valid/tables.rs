//! Calls of the Tables tools.

use serde_json::{Value, json};

use super::super::world::World;
use super::{ValidCalls, with};
use crate::support::unique;

/// A table of the test's own.
pub(in super::super) struct Tables {
    table: Value,
}

impl ValidCalls for Tables {
    const PREFIX: &'static str = "nc_tables_";

    async fn start(world: &World) -> Self {
        let api = "/index.php/apps/tables/api/1/tables";
        let new = json!({"title": unique("Table"), "emoji": "📦", "template": "custom"});
        let id = world.directly("POST", api, new).await["id"].clone();
        for column in [
            json!({"type": "text", "subtype": "line", "title": "Name", "mandatory": true}),
            json!({"type": "number", "title": "Amount", "mandatory": false, "numberDecimals": 2}),
            json!({"type": "datetime", "subtype": "date", "title": "When", "mandatory": false}),
        ] {
            world.directly("POST", &format!("{api}/{id}/columns"), column).await;
        }
        Self {
            table: json!({"table_id": id}),
        }
    }

    async fn arguments(&self, world: &World, tool: &str) -> Value {
        let table = self.table.clone();
        let new = with(
            table.clone(),
            &json!({"data": {"Name": "screws", "Amount": 1.5, "When": "2031-09-05"}}),
        );
        match tool {
            "nc_tables_list_tables" => json!({"limit": 5}),
            "nc_tables_get_schema" => table,
            "nc_tables_read_table" => with(table, &json!({"limit": 5})),
            "nc_tables_insert_row" => new,
            "nc_tables_delete_row" => row(world, new).await,
            "nc_tables_update_row" => with(row(world, new).await, &json!({"data": {"Name": "nails"}})),
            _ => panic!("{tool} has no call that works"),
        }
    }
}

/// The arguments that name a new row.
async fn row(world: &World, new: Value) -> Value {
    json!({"row_id": world.ok("nc_tables_insert_row", new).await["id"]})
}
