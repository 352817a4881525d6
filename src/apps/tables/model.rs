//! Types of the Tables API, and what the tools take and give.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::column::Column;

/// A table as both versions of the API give it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredTable {
    pub id: i64,
    #[serde(default)]
    pub title: String,
    pub emoji: Option<String>,
    pub description: Option<String>,
    pub ownership: Option<String>,
    pub owner_display_name: Option<String>,
    pub created_by: Option<String>,
    pub created_at: Option<String>,
    pub last_edit_by: Option<String>,
    pub last_edit_at: Option<String>,
    #[serde(default)]
    pub rows_count: u64,
    #[serde(default)]
    pub has_shares: bool,
    #[serde(default)]
    pub archived: bool,
    #[serde(default)]
    pub is_shared: bool,
    pub on_share_permissions: Option<Permissions>,
    #[serde(default)]
    pub views: Vec<StoredView>,
}

/// A view of a table: some of its rows and columns.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredView {
    pub id: i64,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub rows_count: u64,
}

/// What the user may do with a table that others shared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one permission")]
pub struct Permissions {
    pub read: bool,
    pub create: bool,
    pub update: bool,
    pub delete: bool,
    pub manage: bool,
}

/// A row. A new one comes without names and dates.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredRow {
    pub id: i64,
    pub table_id: i64,
    pub created_by: Option<String>,
    pub created_at: Option<String>,
    pub last_edit_by: Option<String>,
    pub last_edit_at: Option<String>,
    #[serde(default)]
    pub data: Vec<Cell>,
}

/// The value of a row in a column. Empty cells are left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    pub column_id: i64,
    #[serde(default)]
    pub value: Value,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListTables {
    #[serde(default = "default_limit")]
    pub limit: u32,
    pub cursor: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetSchema {
    pub table_id: i64,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ReadTable {
    pub table_id: i64,
    /// Default 100, at most 1000.
    pub limit: Option<u32>,
    pub offset: Option<u32>,
    pub view_id: Option<i64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct InsertRow {
    pub table_id: i64,
    /// By column title or id; of selections the label.
    pub data: Map<String, Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateRow {
    pub row_id: i64,
    /// By column title or id; null clears.
    pub data: Map<String, Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteRow {
    pub row_id: i64,
}

fn default_limit() -> u32 {
    100
}

/// A table in the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TableSummary {
    pub id: i64,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_edit_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_edit_at: Option<String>,
    pub row_count: u64,
    pub has_shares: bool,
    pub archived: bool,
    pub is_shared: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_share_permissions: Option<Permissions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TableList {
    pub tables: Vec<TableSummary>,
    pub total_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What a table is made of.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TableSchema {
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub columns: Vec<Column>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<ViewSummary>,
    #[serde(rename = "onSharePermissions", skip_serializing_if = "Option::is_none")]
    pub on_share_permissions: Option<Permissions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ViewSummary {
    pub id: i64,
    pub title: String,
}

/// A row with its cells by the title of their column.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Row {
    pub id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_edit_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_edit_at: Option<String>,
    pub data: Map<String, Value>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct RowList {
    pub rows: Vec<Row>,
    pub total_count: u64,
    /// The `offset` of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_offset: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A row after a write, as Tables has it now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WrittenRow {
    pub id: i64,
    pub data: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedRow {
    pub deleted_id: i64,
}
