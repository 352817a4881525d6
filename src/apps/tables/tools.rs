//! The tools.

use std::fmt::Display;

use actors::nextcloud::{NextcloudClient, NextcloudError};

use super::model::{
    DeleteRow, DeletedRow, GetSchema, InsertRow, ListTables, ReadTable, Row, RowList, StoredRow, StoredTable,
    TableList, TableSchema, TableSummary, UpdateRow, ViewSummary, WrittenRow,
};
use super::{api, cells};
use crate::apps::page::{self, Page};
use crate::mcp::{About, ToolError, ToolResult};

const DEFAULT_ROWS: u32 = 100;
const MOST_ROWS: u32 = 1000;

pub async fn list_tables(nextcloud: NextcloudClient, args: ListTables) -> ToolResult<TableList> {
    let size = page::size(args.limit)?;
    let mut tables = explain(api::tables(&nextcloud).await, "the list of tables")?;
    tables.sort_by_cached_key(|table| (table.title.to_lowercase(), table.id));
    let tables = tables.into_iter().map(|table| summary(&nextcloud, table)).collect();
    let page = Page::of(tables, size, args.cursor.as_deref())?;
    Ok(TableList {
        tables: page.items,
        total_count: page.total,
        next_cursor: page.next_cursor,
    })
}

pub async fn get_schema(nextcloud: NextcloudClient, args: GetSchema) -> ToolResult<TableSchema> {
    let id = positive("table_id", args.table_id)?;
    let (table, columns) = tokio::join!(api::table(&nextcloud, id), api::columns(&nextcloud, id));
    let table = explain(table, subject(id))?;
    let columns = explain(columns, subject(id))?;
    Ok(TableSchema {
        title: table.title,
        emoji: filled(table.emoji),
        description: filled(table.description),
        columns: columns.into_iter().map(super::column::Column::tidied).collect(),
        views: table
            .views
            .into_iter()
            .map(|view| ViewSummary {
                id: view.id,
                title: view.title,
            })
            .collect(),
        on_share_permissions: table.on_share_permissions,
        url: link(&nextcloud, id, None),
    })
}

pub async fn read_table(nextcloud: NextcloudClient, args: ReadTable) -> ToolResult<RowList> {
    let id = positive("table_id", args.table_id)?;
    let limit = args.limit.unwrap_or(DEFAULT_ROWS);
    if !(1..=MOST_ROWS).contains(&limit) {
        return Err(ToolError::invalid("argument `limit`: from 1 to 1000"));
    }
    let offset = args.offset.unwrap_or(0);
    let (table, columns) = tokio::join!(api::table(&nextcloud, id), api::columns(&nextcloud, id));
    let table = explain(table, subject(id))?;
    let columns = explain(columns, subject(id))?;
    let (total_count, view_id) = match args.view_id {
        None => (table.rows_count, None),
        Some(view_id) => {
            let view = table.views.iter().find(|view| view.id == view_id);
            let view = view.ok_or_else(|| no_such_view(&table, view_id))?;
            (view.rows_count, Some(view_id))
        }
    };
    let rows = explain(
        api::rows(&nextcloud, id, view_id, limit, offset).await,
        format_args!("the rows of table {id}"),
    )?;
    let end = u32::try_from(rows.len()).unwrap_or(u32::MAX).saturating_add(offset);
    let more = !rows.is_empty() && u64::from(end) < total_count;
    Ok(RowList {
        rows: rows
            .into_iter()
            .map(|row| Row {
                id: row.id,
                created_by: row.created_by,
                created_at: row.created_at,
                last_edit_by: row.last_edit_by,
                last_edit_at: row.last_edit_at,
                data: cells::shown(&columns, row.data),
            })
            .collect(),
        total_count,
        next_offset: more.then_some(end),
        url: link(&nextcloud, id, None),
    })
}

pub async fn insert_row(nextcloud: NextcloudClient, args: InsertRow) -> ToolResult<WrittenRow> {
    let id = positive("table_id", args.table_id)?;
    let columns = explain(api::columns(&nextcloud, id).await, subject(id))?;
    let cells = cells::to_send(&columns, &args.data)?;
    cells::missing(&columns, &cells)?;
    let row = explain(
        api::insert(&nextcloud, id, &cells).await,
        format_args!("a new row of table {id}"),
    )?;
    Ok(written(&nextcloud, &columns, row))
}

/// A row does not say who changed it since it was read: cells that are not given stay, the others are overwritten.
pub async fn update_row(nextcloud: NextcloudClient, args: UpdateRow) -> ToolResult<WrittenRow> {
    let (row, columns) = row_and_columns(&nextcloud, args.row_id).await?;
    let cells = cells::to_send(&columns, &args.data)?;
    let row = explain(
        api::update(&nextcloud, row.id, &cells).await,
        format_args!("row {}", args.row_id),
    )?;
    Ok(written(&nextcloud, &columns, row))
}

/// Tables answers 500 for a row that is gone, so it is looked up first.
pub async fn delete_row(nextcloud: NextcloudClient, args: DeleteRow) -> ToolResult<DeletedRow> {
    let id = positive("row_id", args.row_id)?;
    explain(api::row(&nextcloud, id).await, format_args!("row {id}"))?;
    explain(api::delete(&nextcloud, id).await, format_args!("row {id}"))?;
    Ok(DeletedRow { deleted_id: id })
}

async fn row_and_columns(
    nextcloud: &NextcloudClient,
    row_id: i64,
) -> ToolResult<(StoredRow, Vec<super::column::Column>)> {
    let id = positive("row_id", row_id)?;
    let row = explain(api::row(nextcloud, id).await, format_args!("row {id}"))?;
    let columns = explain(api::columns(nextcloud, row.table_id).await, subject(row.table_id))?;
    Ok((row, columns))
}

fn positive(argument: &str, id: i64) -> ToolResult<i64> {
    if id < 1 {
        return Err(ToolError::invalid(format!(
            "argument `{argument}`: ids are positive numbers"
        )));
    }
    Ok(id)
}

fn subject(table_id: i64) -> String {
    format!("table {table_id}")
}

/// Many errors of Tables have no body, and some have the text of a database query for one, which helps nobody. A login
/// that has ended is a success without a body on its OCS routes.
fn explain<T>(result: Result<T, NextcloudError>, subject: impl Display) -> ToolResult<T> {
    let result = result.map_err(|error| match error {
        NextcloudError::Status(mut status) => {
            let internal = |said: &str| said.contains("OCA\\Tables") || said.contains("executing: query");
            status.message = status.message.filter(|said| !internal(said));
            NextcloudError::Status(status)
        }
        other => other,
    });
    if let Err(NextcloudError::Unexpected { status, what, .. }) = &result
        && status.is_success()
        && what == "an empty body"
    {
        return Err(ToolError::new(
            "unauthorized",
            format!(
                "Nextcloud answered with nothing — {subject}. Tables does so when the login has ended or was revoked: \
                 log in again."
            ),
        ));
    }
    result.about_with(subject, |status| match status {
        403 => Some(
            "It belongs to a table of another account, to one that is shared without the permission for this, or to none.",
        ),
        404 => Some(
            "It may have been deleted, belong to another account, or be shared without the permission for this: list \
             the tables and their permissions.",
        ),
        500 => Some("Tables also answers so for rows that were deleted meanwhile: read the table again."),
        _ => None,
    })
}

fn no_such_view(table: &StoredTable, view_id: i64) -> ToolError {
    let views: Vec<String> = table
        .views
        .iter()
        .take(cells::LISTED)
        .map(|view| format!("{} (\"{}\")", view.id, cells::clipped(&view.title)))
        .collect();
    let known = if views.is_empty() {
        "none".to_owned()
    } else {
        views.join(", ")
    };
    ToolError::invalid(format!(
        "argument `view_id`: table {} has no view {view_id}; it has {known}",
        table.id
    ))
}

fn summary(nextcloud: &NextcloudClient, table: StoredTable) -> TableSummary {
    TableSummary {
        url: link(nextcloud, table.id, None),
        id: table.id,
        title: table.title,
        emoji: filled(table.emoji),
        ownership: filled(table.ownership),
        owner_display_name: filled(table.owner_display_name),
        created_by: filled(table.created_by),
        created_at: filled(table.created_at),
        last_edit_by: filled(table.last_edit_by),
        last_edit_at: filled(table.last_edit_at),
        row_count: table.rows_count,
        has_shares: table.has_shares,
        archived: table.archived,
        is_shared: table.is_shared,
        on_share_permissions: table.on_share_permissions,
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn written(nextcloud: &NextcloudClient, columns: &[super::column::Column], row: StoredRow) -> WrittenRow {
    WrittenRow {
        url: link(nextcloud, row.table_id, Some(row.id)),
        id: row.id,
        data: cells::shown(columns, row.data),
    }
}

fn link(nextcloud: &NextcloudClient, table_id: i64, row_id: Option<i64>) -> Option<String> {
    let row = row_id.map(|id| format!("/row/{id}")).unwrap_or_default();
    nextcloud.deep_link(&format!("/index.php/apps/tables/#/table/{table_id}{row}"))
}
