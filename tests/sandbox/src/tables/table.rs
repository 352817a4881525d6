//! Tables, their views and their shares.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::row::Row;
use super::store::Tables;
use crate::AppState;

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) emoji: Option<String>,
    pub(crate) owner: String,
    pub(crate) created_at: String,
    pub(crate) edited_at: String,
    pub(crate) archived: bool,
    pub(crate) favorite_of: HashSet<String>,
}

/// A view. Without columns it shows rows without cells.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) id: i64,
    pub(crate) table: i64,
    pub(crate) title: String,
    pub(crate) emoji: Option<String>,
    pub(crate) at: String,
    pub(crate) columns: Vec<i64>,
    pub(crate) filter: Value,
}

/// A table shared with a user.
#[derive(Debug)]
pub(crate) struct Share {
    pub(crate) id: i64,
    pub(crate) table: i64,
    pub(crate) receiver: String,
    pub(crate) at: String,
    pub(crate) permissions: Permissions,
}

/// What one may do with a table.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is one permission")]
pub(crate) struct Permissions {
    pub(crate) read: bool,
    pub(crate) create: bool,
    pub(crate) update: bool,
    pub(crate) delete: bool,
    pub(crate) manage: bool,
}

impl Permissions {
    pub(crate) const ALL: Self = Self {
        read: true,
        create: true,
        update: true,
        delete: true,
        manage: true,
    };
}

impl Table {
    pub(crate) fn new(id: i64, title: &str, emoji: Option<&str>, owner: &str, at: &str) -> Self {
        Self {
            id,
            title: title.to_owned(),
            emoji: emoji.map(ToOwned::to_owned),
            owner: owner.to_owned(),
            created_at: at.to_owned(),
            edited_at: at.to_owned(),
            archived: false,
            favorite_of: HashSet::new(),
        }
    }

    /// As this user sees it.
    pub(crate) fn view(&self, state: &AppState, tables: &Tables, uid: &str) -> Value {
        let shared = (self.owner != uid).then(|| tables.permissions(self.id, uid)).flatten();
        let permissions = shared.map(|may| {
            json!({
                "read": may.read, "create": may.create, "update": may.update, "delete": may.delete,
                "manage": may.manage,
            })
        });
        let views: Vec<Value> = tables
            .views
            .values()
            .filter(|view| view.table == self.id && shared.is_none_or(|may| may.manage))
            .map(|view| view.read(state, tables, &self.owner))
            .collect();
        let mut table = self.deleted();
        table["ownerDisplayName"] = json!(display_name(state, &self.owner));
        table["isShared"] = json!(shared.is_some());
        table["favorite"] = json!(self.favorite_of.contains(uid));
        table["onSharePermissions"] = json!(permissions);
        table["hasShares"] = json!(tables.shares.values().any(|share| share.table == self.id));
        table["rowsCount"] = json!(tables.rows_of(self.id).count());
        table["columnsCount"] = json!(tables.columns_of(self.id).count());
        table["views"] = json!(views);
        table
    }

    /// As the answer to its deletion: what is counted or looked up is not there any more.
    pub(crate) fn deleted(&self) -> Value {
        json!({
            "id": self.id, "title": self.title, "emoji": self.emoji, "ownership": self.owner, "ownerDisplayName": "",
            "createdBy": self.owner, "createdAt": self.created_at, "lastEditBy": self.owner,
            "lastEditAt": self.edited_at, "archived": self.archived, "isShared": false, "favorite": false,
            "onSharePermissions": null, "hasShares": false, "rowsCount": 0, "columnsCount": 0, "views": [],
            "description": "",
        })
    }
}

impl View {
    /// As the answer to its creation or deletion.
    pub(crate) fn written(&self, owner: &str) -> Value {
        let settings: Vec<Value> = (0..)
            .zip(&self.columns)
            .map(|(order, column): (usize, &i64)| {
                json!({ "columnId": column, "order": order, "readonly": false, "mandatory": false })
            })
            .collect();
        json!({
            "id": self.id, "tableId": self.table, "title": self.title, "description": "", "emoji": self.emoji,
            "ownership": owner, "createdBy": owner, "createdAt": self.at, "lastEditBy": owner, "lastEditAt": self.at,
            "columns": [], "columnSettings": settings, "sort": [], "isShared": false, "favorite": false,
            "onSharePermissions": null, "hasShares": false, "rowsCount": 0, "ownerDisplayName": null,
            "filter": self.filter,
        })
    }

    /// Whether the view has this row. Of filters only those on checks are applied.
    pub(crate) fn shows(&self, tables: &Tables, row: &Row) -> bool {
        let conditions = self.filter.as_array().into_iter().flatten();
        let conditions = conditions.filter_map(Value::as_array).flatten();
        row.table == self.table
            && conditions.into_iter().all(|condition| {
                let column = condition["columnId"].as_i64().and_then(|id| tables.columns.get(&id));
                let value = column.map(|column| row.value(column));
                match condition["value"].as_str() {
                    Some("@checked") => value == Some(json!("true")),
                    Some("@unchecked") => value != Some(json!("true")),
                    _ => true,
                }
            })
    }

    /// As it is listed.
    pub(crate) fn read(&self, state: &AppState, tables: &Tables, owner: &str) -> Value {
        let mut view = self.written(owner);
        let rows = tables.rows_of(self.table).filter(|row| self.shows(tables, row));
        view["rowsCount"] = json!(rows.count());
        view["ownerDisplayName"] = json!(display_name(state, owner));
        view
    }
}

impl Share {
    pub(crate) fn view(&self, state: &AppState, owner: &str) -> Value {
        json!({
            "id": self.id, "nodeId": self.table, "nodeType": "table", "permissionRead": self.permissions.read,
            "permissionCreate": self.permissions.create, "permissionUpdate": self.permissions.update,
            "permissionDelete": self.permissions.delete, "permissionManage": self.permissions.manage, "sender": owner,
            "receiver": self.receiver, "receiverDisplayName": display_name(state, &self.receiver),
            "receiverType": "user", "createdAt": self.at, "lastEditAt": self.at,
        })
    }
}

pub(crate) fn display_name(state: &AppState, uid: &str) -> String {
    state
        .user(uid)
        .map_or_else(|| uid.to_owned(), |user| user.display_name.clone())
}
