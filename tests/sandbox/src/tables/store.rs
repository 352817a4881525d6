//! Everybody's tables, and who may do what with them.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde_json::Value;

use super::column::Column;
use super::row::Row;
use super::table::{Permissions, Share, Table, View};
use super::value::{self, Invalid};

/// All tables with what belongs to them, by id.
#[derive(Debug, Default)]
#[expect(clippy::struct_field_names, reason = "the app's name is that of what it has")]
pub(crate) struct Tables {
    pub(crate) tables: BTreeMap<i64, Table>,
    pub(crate) columns: BTreeMap<i64, Column>,
    pub(crate) rows: BTreeMap<i64, Row>,
    pub(crate) views: BTreeMap<i64, View>,
    pub(crate) shares: BTreeMap<i64, Share>,
    last: Last,
    /// Who has got the table that everybody finds on the first visit.
    pub(crate) welcomed: HashSet<String>,
}

/// The last id of each kind.
#[derive(Debug, Default)]
struct Last {
    table: i64,
    column: i64,
    row: i64,
    view: i64,
    share: i64,
}

/// Why a row is not written.
#[derive(Debug)]
pub(crate) enum NotWritten {
    NoSuchColumn(i64, i64),
    Mandatory(String),
    Invalid(Invalid),
}

impl NotWritten {
    /// Whether the request is to blame, in the app's eyes.
    pub(crate) fn is_bad_request(&self) -> bool {
        !matches!(self, Self::NoSuchColumn(..))
    }

    pub(crate) fn message(&self) -> String {
        match self {
            Self::NoSuchColumn(column, table) => {
                format!("Column with id {column} is not part of table with id {table}")
            }
            Self::Mandatory(title) => format!("Mandatory column \"{title}\" cannot be empty."),
            Self::Invalid(invalid) => invalid.to_string(),
        }
    }
}

impl Tables {
    /// What this user may do with a table; `None` if it is not there for them.
    pub(crate) fn permissions(&self, table: i64, uid: &str) -> Option<Permissions> {
        if self.tables.get(&table)?.owner == uid {
            return Some(Permissions::ALL);
        }
        let share = self
            .shares
            .values()
            .find(|share| share.table == table && share.receiver == uid)?;
        Some(share.permissions)
    }

    /// The table, if the user may do what `needs` says.
    pub(crate) fn table(&self, id: i64, uid: &str, needs: impl Fn(&Permissions) -> bool) -> Option<&Table> {
        self.permissions(id, uid).filter(needs)?;
        self.tables.get(&id)
    }

    pub(crate) fn add_table(&mut self, title: &str, emoji: Option<&str>, uid: &str, now: u64) -> i64 {
        self.last.table += 1;
        let id = self.last.table;
        let table = Table::new(id, title, emoji, uid, &date(now));
        self.tables.insert(id, table);
        id
    }

    /// Forgets a table and all that is in it.
    pub(crate) fn remove_table(&mut self, id: i64) {
        self.tables.remove(&id);
        self.columns.retain(|_, column| column.table != id);
        self.rows.retain(|_, row| row.table != id);
        self.views.retain(|_, view| view.table != id);
        self.shares.retain(|_, share| share.table != id);
    }

    pub(crate) fn add_column(&mut self, make: impl FnOnce(i64) -> Column) -> i64 {
        self.last.column += 1;
        let column = make(self.last.column);
        self.columns.insert(self.last.column, column);
        self.last.column
    }

    pub(crate) fn add_view(&mut self, make: impl FnOnce(i64) -> View) -> i64 {
        self.last.view += 1;
        let view = make(self.last.view);
        self.views.insert(self.last.view, view);
        self.last.view
    }

    pub(crate) fn add_share(&mut self, make: impl FnOnce(i64) -> Share) -> i64 {
        self.last.share += 1;
        let share = make(self.last.share);
        self.shares.insert(self.last.share, share);
        self.last.share
    }

    pub(crate) fn columns_of(&self, table: i64) -> impl Iterator<Item = &Column> {
        self.columns.values().filter(move |column| column.table == table)
    }

    pub(crate) fn rows_of(&self, table: i64) -> impl Iterator<Item = &Row> {
        self.rows.values().filter(move |row| row.table == table)
    }

    /// Adds a row, and gives its id.
    pub(crate) fn add_row(
        &mut self,
        table: i64,
        cells: &[(i64, Value)],
        uid: &str,
        now: u64,
    ) -> Result<i64, NotWritten> {
        let cells = self.checked(table, cells)?;
        let filled = |column: &Column| {
            let value = cells.iter().find(|(id, _)| *id == column.id).map(|(_, value)| value);
            value.is_some_and(|value| !value.is_null() && value != "" && value != &Value::Array(Vec::new()))
        };
        if let Some(empty) = self
            .columns_of(table)
            .find(|column| column.is_mandatory() && !filled(column))
        {
            return Err(NotWritten::Mandatory(empty.title().to_owned()));
        }
        self.last.row += 1;
        let row = Row::new(self.last.row, table, cells, uid, &date(now));
        self.rows.insert(row.id, row);
        Ok(self.last.row)
    }

    /// Sets some cells of a row that is there.
    pub(crate) fn change_row(
        &mut self,
        id: i64,
        cells: &[(i64, Value)],
        uid: &str,
        now: u64,
    ) -> Result<(), NotWritten> {
        let Some(table) = self.rows.get(&id).map(|row| row.table) else {
            return Ok(());
        };
        let cells = self.checked(table, cells)?;
        if let Some(row) = self.rows.get_mut(&id) {
            row.change(cells, uid, &date(now));
        }
        Ok(())
    }

    /// The cells as they are stored.
    fn checked(&self, table: i64, cells: &[(i64, Value)]) -> Result<Vec<(i64, Value)>, NotWritten> {
        cells
            .iter()
            .map(|(id, value)| {
                let column = self.columns.get(id).filter(|column| column.table == table);
                let column = column.ok_or(NotWritten::NoSuchColumn(*id, table))?;
                value::check(column, value).map_err(NotWritten::Invalid)?;
                Ok((*id, value::parse(column, value)))
            })
            .collect()
    }
}

/// `2026-11-21 00:29:11`.
pub(crate) fn date(unix: u64) -> String {
    let second = i64::try_from(unix).unwrap_or_default();
    let time = Timestamp::from_second(second).unwrap_or_default();
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
