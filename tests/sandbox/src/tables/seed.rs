//! Tables that the app makes itself: the one of the first visit, and the template of a to-do list.

use serde_json::{Value, json};

use super::column::Column;
use super::store::{Tables, date};
use super::table::View;

impl Tables {
    /// Gives a user who comes for the first time a table to look at.
    pub(crate) fn welcome(&mut self, uid: &str, now: u64) {
        if !self.welcomed.insert(uid.to_owned()) {
            return;
        }
        let table = self.add_table("Welcome to Nextcloud Tables!", Some("🚀"), uid, now);
        let columns = self.add_columns(
            table,
            uid,
            now,
            &[
                json!({ "title": "What", "type": "text", "subtype": "line" }),
                json!({ "title": "How to do", "type": "text", "subtype": "rich" }),
                json!({ "title": "Ease of use", "type": "number", "subtype": "stars" }),
                json!({ "title": "Done", "type": "selection", "subtype": "check" }),
            ],
        );
        for (what, stars, done) in [
            ("Open the table", 5, "true"),
            ("Add a row", 5, "false"),
            ("Sort by a column", 4, "false"),
            ("Filter rows", 4, "false"),
            ("Add a column", 3, "false"),
            ("Make a view", 3, "false"),
            ("Share a table", 2, "false"),
        ] {
            let values = [json!(what), json!(""), json!(stars), json!(done)];
            self.add_filled_row(table, &columns, &values, uid, now);
        }
        let filter = json!([[{ "columnId": columns.last(), "operator": "is-equal", "value": "@unchecked" }]]);
        self.add_view(|id| View {
            id,
            table,
            title: "Check yourself!".to_owned(),
            emoji: Some("🏁".to_owned()),
            at: date(now),
            columns,
            filter,
        });
    }

    /// Fills a new table with the template's columns and rows.
    pub(crate) fn fill_todo(&mut self, table: i64, uid: &str, now: u64) {
        let columns = self.add_columns(
            table,
            uid,
            now,
            &[
                json!({ "title": "Task", "type": "text", "subtype": "line", "mandatory": true }),
                json!({ "title": "Description", "type": "text", "subtype": "rich", "description": "What is to be done" }),
                json!({ "title": "Target", "type": "text", "subtype": "rich" }),
                json!({ "title": "Progress", "type": "number", "subtype": "progress", "numberDefault": 0 }),
                json!({ "title": "Comments", "type": "text", "subtype": "rich" }),
                json!({ "title": "Proofed", "type": "selection", "subtype": "check" }),
            ],
        );
        for (task, progress, proofed) in [
            ("Collect requirements", 100, "true"),
            ("Invite everybody", 80, "true"),
            ("Write it down", 10, "false"),
        ] {
            let text = || json!("…");
            let values = [json!(task), text(), text(), json!(progress), text(), json!(proofed)];
            self.add_filled_row(table, &columns, &values, uid, now);
        }
        let unfinished = [json!("More to come"), json!("There is always more.")];
        self.add_filled_row(table, &columns, &unfinished, uid, now);
    }

    fn add_columns(&mut self, table: i64, uid: &str, now: u64, columns: &[Value]) -> Vec<i64> {
        columns
            .iter()
            .filter_map(Value::as_object)
            .map(|fields| self.add_column(|id| Column::new(id, table, uid, &date(now), fields, &Value::Null)))
            .collect()
    }

    fn add_filled_row(&mut self, table: i64, columns: &[i64], values: &[Value], uid: &str, now: u64) {
        let cells: Vec<(i64, Value)> = columns.iter().copied().zip(values.iter().cloned()).collect();
        // The app's own rows fit its own columns.
        let _ = self.add_row(table, &cells, uid, now);
    }
}
