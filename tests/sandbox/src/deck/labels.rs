//! `/boards/{board}/labels`, and the labels of cards.

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::board::Label;
use super::fields::{Fields, Ids};
use super::respond::{Failure, ok};
use super::store::{Deck, Permission};
use crate::AppState;
use crate::auth::CorsUser;

/// Longest title of a label.
const TITLE: usize = 100;
/// Longest colour.
const COLOR: usize = 6;

/// `GET …/labels/{label}`.
pub(crate) async fn read(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    let deck = state.deck();
    let label = deck.label(&user.uid, ids.get("label")?, Permission::Read)?;
    Ok(ok(&label.view(Some(label.last_modified), None)))
}

/// `POST …/labels`.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let title = fields.required("title", TITLE)?;
    let color = fields.required("color", COLOR)?;
    let mut deck = state.deck();
    let board = deck.board(&user.uid, ids.get("board")?, Permission::Manage)?.id;
    refuse_twin(&deck, board, &title, None)?;
    deck.open_board(board)?;
    let label = Label {
        id: deck.new_id(),
        title,
        color,
        board,
        last_modified: 0,
    };
    deck.labels.insert(label.id, label.clone());
    deck.touch_board(board, state.now());
    Ok(ok(&label.view(None, None)))
}

/// `PUT …/labels/{label}`.
pub(crate) async fn update(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let id = ids.get("label")?;
    let title = fields.required("title", TITLE)?;
    let color = fields.required("color", COLOR)?;
    let now = state.now();
    let mut deck = state.deck();
    let board = deck.label(&user.uid, id, Permission::Manage)?.board;
    refuse_twin(&deck, board, &title, Some(id))?;
    deck.open_board(board)?;
    deck.touch_board(board, now);
    let label = deck.labels.get_mut(&id).ok_or(Failure::Denied)?;
    label.title = title;
    label.color = color;
    label.last_modified = now;
    Ok(ok(&label.view(Some(now), None)))
}

/// `DELETE …/labels/{label}`: cards lose it.
pub(crate) async fn delete(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    let id = ids.get("label")?;
    let mut deck = state.deck();
    let board = deck.label(&user.uid, id, Permission::Manage)?.board;
    deck.open_board(board)?;
    deck.touch_board(board, state.now());
    for card in deck.cards.values_mut() {
        card.labels.retain(|label| *label != id);
    }
    let label = deck.labels.remove(&id).ok_or(Failure::Denied)?;
    Ok(ok(&label.view(Some(label.last_modified), None)))
}

/// `PUT …/assignLabel`: any label the user may see, of this board or not.
pub(crate) async fn assign(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    change(&state, &user.uid, &ids, &fields, |labels, label| {
        if !labels.contains(&label) {
            labels.push(label);
        }
    })
}

/// `PUT …/removeLabel`.
pub(crate) async fn remove(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    change(&state, &user.uid, &ids, &fields, |labels, label| {
        labels.retain(|other| *other != label);
    })
}

fn change(
    state: &AppState,
    uid: &str,
    ids: &Ids,
    fields: &Fields,
    change: impl FnOnce(&mut Vec<u64>, u64),
) -> Result<Response, Failure> {
    let id = ids.get("card")?;
    let label = fields.number("labelId").ok_or(Failure::Crash)?;
    let mut deck = state.deck();
    deck.live_card(uid, id)?;
    let label = u64::try_from(label)
        .ok()
        .filter(|label| deck.labels.contains_key(label))
        .ok_or(Failure::Denied)?;
    change(&mut deck.live_card(uid, id)?.labels, label);
    deck.touch_card(id, state.now());
    Ok(ok(&Value::Null))
}

fn refuse_twin(deck: &Deck, board: u64, title: &str, but: Option<u64>) -> Result<(), Failure> {
    let twin = deck
        .labels_of(board)
        .any(|label| label.title == title && Some(label.id) != but);
    if twin {
        return Err(Failure::Invalid("title must be unique".to_owned()));
    }
    Ok(())
}
