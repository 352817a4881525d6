//! What tests do to tables behind the API's back.

use serde_json::json;

use crate::AppState;

impl AppState {
    /// Puts `count` more rows of this user's into a table, with a text in the column given.
    pub fn fill_table(&self, uid: &str, table: i64, column: i64, count: usize) {
        let now = self.clock().unix();
        let mut tables = self.tables();
        for number in 0..count {
            // Fails for a column that takes no such text, and the test then finds no rows.
            let _ = tables.add_row(table, &[(column, json!(format!("Row {number:05}")))], uid, now);
        }
    }
}
