//! Comments, by OCS.

use axum::extract::{Query, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::card::Comment;
use super::fields::{Fields, Ids};
use super::respond::Failure;
use super::store::{Deck, Permission};
use crate::AppState;
use crate::auth::OcsUser;
use crate::ocs::Ocs;

/// Longest comment, in characters.
const LONGEST: usize = 1000;

/// The query of the list.
#[derive(Debug, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Slice {
    limit: usize,
    offset: usize,
}

impl Default for Slice {
    fn default() -> Self {
        Self { limit: 20, offset: 0 }
    }
}

/// `GET …/comments`: newest first.
pub(crate) async fn list(
    State(state): State<AppState>,
    OcsUser(user): OcsUser,
    ocs: Ocs,
    ids: Ids,
    Query(slice): Query<Slice>,
) -> Response {
    answer(ocs, || {
        let deck = state.deck();
        let card = deck.card(&user.uid, ids.get("card")?, Permission::Read)?.id;
        let mut comments: Vec<&Comment> = deck.comments.values().filter(|comment| comment.card == card).collect();
        comments.sort_by_key(|comment| std::cmp::Reverse((comment.created, comment.id)));
        let shown = comments.into_iter().skip(slice.offset).take(slice.limit);
        Ok(shown.map(|comment| with_parent(&state, &deck, comment)).collect())
    })
}

/// `POST …/comments`: who may read the card may comment.
pub(crate) async fn create(
    State(state): State<AppState>,
    OcsUser(user): OcsUser,
    ocs: Ocs,
    ids: Ids,
    fields: Fields,
) -> Response {
    answer(ocs, || {
        let message = message(&fields)?;
        let parent = fields.number("parentId").and_then(|id| u64::try_from(id).ok());
        let mut deck = state.deck();
        let card = deck.card(&user.uid, ids.get("card")?, Permission::Read)?.id;
        let parent = parent.unwrap_or(0);
        if parent != 0 && deck.comments.get(&parent).is_none_or(|comment| comment.card != card) {
            return Err(Failure::Invalid(
                "Invalid parent id: The parent comment was not found or belongs to a different card".to_owned(),
            ));
        }
        let comment = Comment {
            id: deck.new_id(),
            card,
            message,
            actor: user.uid.clone(),
            created: state.now(),
            parent,
        };
        deck.comments.insert(comment.id, comment.clone());
        Ok(with_parent(&state, &deck, &comment))
    })
}

/// `PUT …/comments/{comment}`.
pub(crate) async fn update(
    State(state): State<AppState>,
    OcsUser(user): OcsUser,
    ocs: Ocs,
    ids: Ids,
    fields: Fields,
) -> Response {
    answer(ocs, || {
        let message = message(&fields)?;
        let mut deck = state.deck();
        let comment = own(&mut deck, &user.uid, &ids)?;
        comment.message = message;
        Ok(comment.view(&state))
    })
}

/// `DELETE …/comments/{comment}`.
pub(crate) async fn delete(State(state): State<AppState>, OcsUser(user): OcsUser, ocs: Ocs, ids: Ids) -> Response {
    answer(ocs, || {
        let mut deck = state.deck();
        let id = own(&mut deck, &user.uid, &ids)?.id;
        deck.comments.remove(&id);
        Ok(json!([]))
    })
}

/// A comment on the card in the path; only its author may change it.
fn own<'deck>(deck: &'deck mut Deck, uid: &str, ids: &Ids) -> Result<&'deck mut Comment, Failure> {
    let card = deck.card(uid, ids.get("card")?, Permission::Read)?.id;
    let comment = deck.comments.get_mut(&ids.get("comment")?);
    let comment = comment
        .filter(|comment| comment.card == card)
        .ok_or_else(|| Failure::NotFound("No comment found.".to_owned()))?;
    if comment.actor == uid {
        Ok(comment)
    } else {
        Err(Failure::Denied)
    }
}

fn message(fields: &Fields) -> Result<String, Failure> {
    let message = fields.text("message").ok_or(Failure::Crash)?;
    let message = message.trim();
    if message.chars().count() > LONGEST {
        return Err(Failure::Invalid(format!(
            "Message exceeds allowed character limit of {LONGEST}"
        )));
    }
    Ok(message.to_owned())
}

fn with_parent(state: &AppState, deck: &Deck, comment: &Comment) -> Value {
    let mut view = comment.view(state);
    if let Some(parent) = deck.comments.get(&comment.parent) {
        view["replyTo"] = parent.view(state);
    }
    view
}

fn answer(ocs: Ocs, run: impl FnOnce() -> Result<Value, Failure>) -> Response {
    match run() {
        Ok(data) => ocs.ok(data),
        Err(Failure::Crash) => ocs.failure(996, ""),
        Err(failure) => {
            let (status, message) = failure.parts();
            ocs.failure(status.as_u16(), &message)
        }
    }
}
