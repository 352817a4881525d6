//! Comments, by OCS.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
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
/// Most comments in one list, if a limit is given.
const LARGEST_PAGE: usize = 200;

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

/// `GET …/comments`: newest first, no more than 200, or all of them by a limit of 0.
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
        let limit = match slice.limit {
            0 => usize::MAX,
            limit => limit.min(LARGEST_PAGE),
        };
        let shown = comments.into_iter().skip(slice.offset).take(limit);
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
        if message.chars().count() > LONGEST {
            return Err(Failure::Invalid(format!(
                "Message exceeds allowed character limit of {LONGEST}"
            )));
        }
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

/// `PUT …/comments/{comment}`: too long a text is a crash. Deck takes the id of the comment that this one answers for a
/// card's, and wants that card to be readable: an answer can hardly be changed.
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
        let parent = found(&deck, &user.uid, &ids)?.parent;
        if parent != 0 {
            deck.card(&user.uid, parent, Permission::Read)?;
        }
        let comment = own(&mut deck, &user.uid, &ids)?;
        if message.chars().count() > LONGEST {
            return Err(Failure::Crash);
        }
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

/// The comment in the path, if it is on the card in the path.
fn found<'deck>(deck: &'deck Deck, uid: &str, ids: &Ids) -> Result<&'deck Comment, Failure> {
    let card = deck.card(uid, ids.get("card")?, Permission::Read)?.id;
    let comment = deck.comments.get(&ids.get("comment")?);
    comment
        .filter(|comment| comment.card == card)
        .ok_or_else(|| Failure::NotFound("No comment found.".to_owned()))
}

/// The comment in the path; only its author may change it.
fn own<'deck>(deck: &'deck mut Deck, uid: &str, ids: &Ids) -> Result<&'deck mut Comment, Failure> {
    let comment = found(deck, uid, ids)?;
    if comment.actor != uid {
        return Err(Failure::NotAuthor);
    }
    let id = comment.id;
    deck.comments.get_mut(&id).ok_or(Failure::Crash)
}

/// The text, which may be empty.
fn message(fields: &Fields) -> Result<String, Failure> {
    let message = fields.text("message").ok_or(Failure::Crash)?;
    Ok(message.trim().to_owned())
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
        Err(Failure::Crash) => Failure::Crash.into_response(),
        Err(failure) => {
            let (status, message) = failure.parts();
            ocs.failure(status.as_u16(), &message)
        }
    }
}
