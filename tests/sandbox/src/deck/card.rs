//! Cards with their comments and attachments, and how Deck shows them.

use serde_json::{Value, json};

use super::board::user;
use super::fields::atom;
use super::respond::etag;
use super::store::Deck;
use crate::AppState;

/// A card.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) description: String,
    /// The description before the last editor's first change.
    pub(crate) description_before: Option<String>,
    pub(crate) stack: u64,
    pub(crate) kind: String,
    pub(crate) owner: String,
    pub(crate) order: i64,
    pub(crate) archived: bool,
    /// Unix seconds.
    pub(crate) done: Option<i64>,
    /// Unix seconds.
    pub(crate) due: Option<i64>,
    pub(crate) last_modified: i64,
    pub(crate) created_at: i64,
    pub(crate) last_editor: Option<String>,
    pub(crate) deleted_at: i64,
    pub(crate) labels: Vec<u64>,
    pub(crate) assignments: Vec<Assignment>,
}

/// Whom a card is assigned to.
#[derive(Debug, Clone)]
pub(crate) struct Assignment {
    pub(crate) id: u64,
    pub(crate) participant: String,
}

/// A comment on a card.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) card: u64,
    pub(crate) message: String,
    pub(crate) actor: String,
    /// Unix seconds.
    pub(crate) created: i64,
    pub(crate) parent: u64,
}

/// A file shared with a card.
#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) id: u64,
    pub(crate) card: u64,
    pub(crate) created_by: String,
    /// Unix seconds.
    pub(crate) created_at: i64,
    pub(crate) file_id: u64,
    /// Below the home of who attached it, with a leading slash.
    pub(crate) path: String,
    pub(crate) size: usize,
    pub(crate) media_type: String,
}

impl Card {
    /// The card with all that belongs to it, as lists of stacks and the answers to most changes show it.
    pub(crate) fn details(&self, state: &AppState, deck: &Deck) -> Value {
        let now = state.now();
        let comments = deck.comments.values().filter(|comment| comment.card == self.id).count();
        let mut view = self.common();
        view["owner"] = user(state, &self.owner);
        view["labels"] = self.labels(deck);
        view["assignedUsers"] = self
            .assignments
            .iter()
            .map(|assignment| assignment.view(state, self.id))
            .collect();
        view["attachmentCount"] = json!(deck.attachments_of(self.id).count());
        view["commentsCount"] = json!(comments);
        view["overdue"] = json!(self.overdue(now));
        view["referenceData"] = Value::Null;
        view
    }

    /// The card by itself: with its attachments, of which version 1.0 of the API shows none.
    pub(crate) fn whole(&self, state: &AppState, deck: &Deck, version: &str) -> Value {
        let mut view = self.details(state, deck);
        view["attachments"] = if version == "v1.0" {
            json!([])
        } else {
            deck.attachments_of(self.id)
                .map(|attachment| attachment.view(state))
                .collect()
        };
        view
    }

    /// The row of the database, as moves and the archive show it.
    pub(crate) fn row(&self) -> Value {
        let mut view = self.common();
        view["owner"] = json!(self.owner);
        view["labels"] = Value::Null;
        view["assignedUsers"] = Value::Null;
        view["attachmentCount"] = Value::Null;
        view["commentsCount"] = json!(0);
        view["descriptionPrev"] = json!(self.description_before);
        view["notified"] = json!(false);
        view["relatedStack"] = Value::Null;
        view["relatedBoard"] = Value::Null;
        view
    }

    /// The row with its owner and labels, as changes of its state show it.
    pub(crate) fn owned_row(&self, state: &AppState, deck: &Deck) -> Value {
        let mut view = self.row();
        view["owner"] = user(state, &self.owner);
        view["labels"] = self.labels(deck);
        view
    }

    /// The row as a list of archived cards shows it: with labels if it has any, without assignees.
    pub(crate) fn archived_row(&self, deck: &Deck) -> Value {
        let mut view = self.row();
        if !self.labels.is_empty() {
            view["labels"] = self.labels(deck);
        }
        view["attachmentCount"] = json!(deck.attachments_of(self.id).count());
        view
    }

    fn common(&self) -> Value {
        json!({
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "stackId": self.stack,
            "type": self.kind,
            "lastModified": self.last_modified,
            "lastEditor": self.last_editor,
            "createdAt": self.created_at,
            "attachments": null,
            "order": self.order,
            "archived": self.archived,
            "done": self.done.map(atom),
            "duedate": self.due.map(atom),
            "deletedAt": self.deleted_at,
            "commentsUnread": 0,
            "ETag": etag(Some(self.last_modified)),
        })
    }

    fn labels(&self, deck: &Deck) -> Value {
        self.labels
            .iter()
            .filter_map(|id| deck.labels.get(id))
            .map(|label| label.view(Some(label.last_modified), Some(self.id)))
            .collect()
    }

    /// 0 not due, 1 due tomorrow or later … 3 overdue.
    fn overdue(&self, now: i64) -> u8 {
        const DAY: i64 = 24 * 60 * 60;
        match self.due {
            Some(due) if due < now => 3,
            Some(due) if due / DAY == now / DAY => 2,
            Some(due) if due / DAY == now / DAY + 1 => 1,
            None | Some(_) => 0,
        }
    }
}

impl Assignment {
    /// The assignment.
    pub(crate) fn view(&self, state: &AppState, card: u64) -> Value {
        json!({ "id": self.id, "participant": user(state, &self.participant), "cardId": card, "type": 0 })
    }
}

impl Comment {
    /// The comment, without the one it answers.
    pub(crate) fn view(&self, state: &AppState) -> Value {
        let name = state.user(&self.actor).map(|user| user.display_name.clone());
        json!({
            "id": self.id,
            "objectId": self.card,
            "message": self.message,
            "actorId": self.actor,
            "actorType": "users",
            "actorDisplayName": name.unwrap_or_else(|| self.actor.clone()),
            "creationDateTime": atom(self.created),
            "mentions": [],
        })
    }
}

impl Attachment {
    /// The file's name.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The attachment.
    pub(crate) fn view(&self, state: &AppState) -> Value {
        let name = self.name();
        let mut info = json!({ "dirname": ".", "basename": name, "filename": name });
        if let Some((stem, extension)) = name.rsplit_once('.') {
            info["filename"] = json!(stem);
            info["extension"] = json!(extension);
        }
        let creator = state.user(&self.created_by);
        json!({
            "id": self.id,
            "cardId": self.card,
            "type": "file",
            "data": name,
            "lastModified": self.created_at,
            "createdAt": self.created_at,
            "createdBy": self.created_by,
            "deletedAt": 0,
            "extendedData": {
                "path": self.path,
                "fileid": self.file_id,
                "data": name,
                "filesize": self.size,
                "mimetype": self.media_type,
                "info": info,
                "hasPreview": self.media_type.starts_with("text/") || self.media_type.starts_with("image/"),
                "permissions": 1,
                "attachmentCreator": {
                    "displayName": creator.as_ref().map(|user| user.display_name.clone()),
                    "id": self.created_by,
                    "email": creator.map(|user| user.email.clone()),
                },
            },
        })
    }
}

impl Deck {
    /// The attachments of a card.
    pub(crate) fn attachments_of(&self, card: u64) -> impl Iterator<Item = &Attachment> {
        self.attachments
            .values()
            .filter(move |attachment| attachment.card == card)
    }
}
