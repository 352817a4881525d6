//! People, groups and teams.

use serde_json::{Value, json};

use super::refused;
use super::selection::items;
use crate::apps::tables::column::Column;
use crate::mcp::ToolResult;

/// User ids, or `{"id", "type"}` with 0 for a user, 1 for a group, 2 for a team.
pub fn people(column: &Column, value: &Value) -> ToolResult<Value> {
    let allowed = [
        (0, column.usergroup_select_users),
        (1, column.usergroup_select_groups),
        (2, column.usergroup_select_teams),
    ];
    // Older columns say nothing of all three.
    let restricted = allowed.iter().any(|(_, allowed)| *allowed);
    let usual = allowed
        .iter()
        .find(|(_, allowed)| *allowed)
        .map_or(0, |(kind, _)| *kind);
    let items = items(column, value)?;
    if items.len() > 1 && !column.usergroup_multiple_items {
        return Err(refused(column, "it takes one person, group or team only"));
    }
    let read = items.iter().map(|item| {
        let (id, kind) = match item {
            Value::String(id) => (id.as_str(), usual),
            Value::Object(parts) => (
                parts.get("id")?.as_str()?,
                parts.get("type").map_or(Some(usual), Value::as_i64)?,
            ),
            _ => return None,
        };
        let permitted = !restricted || allowed.contains(&(kind, true));
        let fits = !id.is_empty() && id.len() <= 255 && !id.chars().any(char::is_control) && (0..=2).contains(&kind);
        (permitted && fits).then(|| json!({"id": id, "type": kind}))
    });
    read.collect::<Option<Vec<_>>>().map(Value::from).ok_or_else(|| {
        refused(
            column,
            "it takes ids, or {\"id\", \"type\"} with type 0 for users, 1 for groups, 2 for teams, as far as the column \
             allows them",
        )
    })
}
