//! The HTTP calls of the Tables API: version 1 for everything that it has, since version 2 cannot read rows.

use actors::nextcloud::{NextcloudClient, NextcloudError};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value, json};

use super::column::Column;
use super::model::{StoredRow, StoredTable};

/// Cells to write, by column id. An object and never a list: Tables takes a list's positions for column ids.
pub type Cells = Map<String, Value>;

pub async fn tables(nextcloud: &NextcloudClient) -> Result<Vec<StoredTable>, NextcloudError> {
    nextcloud.get("/ocs/v2.php/apps/tables/api/2/tables").ocs().await
}

pub async fn table(nextcloud: &NextcloudClient, id: i64) -> Result<StoredTable, NextcloudError> {
    read(nextcloud, "/index.php/apps/tables/api/1/tables/{id}", id).await
}

pub async fn columns(nextcloud: &NextcloudClient, table_id: i64) -> Result<Vec<Column>, NextcloudError> {
    read(nextcloud, "/index.php/apps/tables/api/1/tables/{id}/columns", table_id).await
}

pub async fn row(nextcloud: &NextcloudClient, id: i64) -> Result<StoredRow, NextcloudError> {
    read(nextcloud, "/index.php/apps/tables/api/1/rows/{id}", id).await
}

/// Rows of a table, or of one of its views.
pub async fn rows(
    nextcloud: &NextcloudClient,
    table_id: i64,
    view_id: Option<i64>,
    limit: u32,
    offset: u32,
) -> Result<Vec<StoredRow>, NextcloudError> {
    let request = match view_id {
        Some(view_id) => nextcloud
            .get("/index.php/apps/tables/api/1/views/{id}/rows")
            .segment(view_id),
        None => nextcloud
            .get("/index.php/apps/tables/api/1/tables/{id}/rows")
            .segment(table_id),
    };
    request
        .query("limit", limit)
        .query("offset", offset)
        .send()
        .await?
        .json()
        .await
}

pub async fn insert(nextcloud: &NextcloudClient, table_id: i64, cells: &Cells) -> Result<StoredRow, NextcloudError> {
    nextcloud
        .post("/index.php/apps/tables/api/1/tables/{id}/rows")
        .segment(table_id)
        .json(&json!({"data": cells}))
        .send()
        .await?
        .json()
        .await
}

/// Cells that are not given stay.
pub async fn update(nextcloud: &NextcloudClient, row_id: i64, cells: &Cells) -> Result<StoredRow, NextcloudError> {
    nextcloud
        .put("/index.php/apps/tables/api/1/rows/{id}")
        .segment(row_id)
        .json(&json!({"data": cells}))
        .send()
        .await?
        .json()
        .await
}

/// A row that is gone already is 500.
pub async fn delete(nextcloud: &NextcloudClient, row_id: i64) -> Result<(), NextcloudError> {
    nextcloud
        .delete("/index.php/apps/tables/api/1/rows/{id}")
        .segment(row_id)
        .send()
        .await?
        .json::<IgnoredAny>()
        .await
        .map(drop)
}

async fn read<T: DeserializeOwned>(
    nextcloud: &NextcloudClient,
    template: &'static str,
    id: i64,
) -> Result<T, NextcloudError> {
    nextcloud.get(template).segment(id).send().await?.json().await
}
