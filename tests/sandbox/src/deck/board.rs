//! Boards, their stacks, labels and rules of access, and how Deck shows them.

use serde_json::{Value, json};

use super::respond::etag;
use super::store::{Deck, Permission};
use crate::AppState;

/// A board.
#[derive(Debug, Clone)]
pub(crate) struct Board {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) owner: String,
    pub(crate) color: String,
    pub(crate) archived: bool,
    /// Unix seconds, 0 while it is not deleted.
    pub(crate) deleted_at: i64,
    /// Unix seconds.
    pub(crate) last_modified: i64,
}

/// A stack.
#[derive(Debug, Clone)]
pub(crate) struct Stack {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) board: u64,
    pub(crate) order: i64,
    pub(crate) deleted_at: i64,
    pub(crate) last_modified: i64,
}

/// A label.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) color: String,
    pub(crate) board: u64,
    pub(crate) last_modified: i64,
}

/// Whom a board is shared with.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: u64,
    pub(crate) board: u64,
    pub(crate) participant: String,
    pub(crate) kind: i64,
    pub(crate) edit: bool,
    pub(crate) share: bool,
    pub(crate) manage: bool,
}

/// How much of a board is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// A row of the list: no labels, users or settings.
    Row,
    /// A row of the list with `details=true`.
    DetailedRow,
    /// A board that was just made.
    New,
    /// A board by itself, with its stacks.
    Whole,
    /// A board that was just deleted.
    Deleted,
}

/// The labels that a new board gets.
pub(crate) const NEW_LABELS: [(&str, &str); 4] = [
    ("Finished", "31CC7C"),
    ("To review", "317CCC"),
    ("Action needed", "FF7A66"),
    ("Later", "F1DB50"),
];

/// An account; only its id when there is no such account.
pub(crate) fn user(state: &AppState, uid: &str) -> Value {
    match state.user(uid) {
        Some(user) => json!({ "primaryKey": uid, "uid": uid, "displayname": user.display_name, "type": 0 }),
        None => json!(uid),
    }
}

impl Board {
    /// The board as `uid` sees it.
    pub(crate) fn view(&self, state: &AppState, deck: &Deck, uid: &str, depth: Depth) -> Value {
        let detailed = matches!(depth, Depth::DetailedRow | Depth::Whole | Depth::Deleted);
        let may = |permission| deck.grants(uid, self, permission);
        let labels: Vec<Value> = match depth {
            Depth::Row => Vec::new(),
            Depth::New => deck.labels_of(self.id).map(|label| label.view(None, None)).collect(),
            _ => deck
                .labels_of(self.id)
                .map(|label| label.view(Some(label.last_modified), None))
                .collect(),
        };
        let rules = deck.rules.values().filter(|rule| rule.board == self.id);
        let acl: Vec<Value> = rules.map(|rule| rule.view(state)).collect();
        let users: Vec<Value> = if detailed {
            let users = deck.users_of(self);
            users
                .iter()
                .filter(|uid| state.user(uid).is_some())
                .map(|uid| user(state, uid))
                .collect()
        } else {
            Vec::new()
        };
        let stacks: Vec<Value> = if detailed {
            deck.stacks_of(self.id).into_iter().map(Stack::view).collect()
        } else {
            Vec::new()
        };
        let settings = if detailed {
            json!({ "notify-due": "assigned", "calendar": true })
        } else {
            json!([])
        };
        let last_modified = if depth == Depth::New { 0 } else { self.last_modified };
        let mut view = json!({
            "id": self.id,
            "title": self.title,
            "owner": user(state, &self.owner),
            "color": self.color,
            "archived": self.archived,
            "labels": labels,
            "acl": acl,
            "permissions": {
                "PERMISSION_READ": may(Permission::Read),
                "PERMISSION_EDIT": may(Permission::Edit),
                "PERMISSION_MANAGE": may(Permission::Manage),
                "PERMISSION_SHARE": may(Permission::Share),
            },
            "users": users,
            "stacks": stacks,
            "activeSessions": [],
            "deletedAt": self.deleted_at,
            "lastModified": last_modified,
            "settings": settings,
            "ETag": etag(Some(last_modified)),
        });
        if matches!(depth, Depth::Row | Depth::DetailedRow) {
            view["shared"] = json!(i32::from(self.owner != uid));
        }
        view
    }
}

impl Stack {
    /// The stack without its cards.
    pub(crate) fn view(&self) -> Value {
        json!({
            "id": self.id,
            "title": self.title,
            "boardId": self.board,
            "deletedAt": self.deleted_at,
            "lastModified": self.last_modified,
            "order": self.order,
            "ETag": etag(Some(self.last_modified)),
        })
    }

    /// The stack with cards; without any it has no such key.
    pub(crate) fn with_cards(&self, cards: Vec<Value>) -> Value {
        let mut view = self.view();
        if !cards.is_empty() {
            view["cards"] = Value::Array(cards);
        }
        view
    }
}

impl Label {
    /// The label, on a card or not. One that was just made has no time of change.
    pub(crate) fn view(&self, last_modified: Option<i64>, card: Option<u64>) -> Value {
        json!({
            "id": self.id,
            "title": self.title,
            "color": self.color,
            "boardId": self.board,
            "cardId": card,
            "lastModified": last_modified,
            "ETag": etag(last_modified),
        })
    }
}

impl Rule {
    /// The rule.
    pub(crate) fn view(&self, state: &AppState) -> Value {
        json!({
            "id": self.id,
            "participant": user(state, &self.participant),
            "type": self.kind,
            "boardId": self.board,
            "permissionEdit": self.edit,
            "permissionShare": self.share,
            "permissionManage": self.manage,
            "owner": false,
        })
    }
}
