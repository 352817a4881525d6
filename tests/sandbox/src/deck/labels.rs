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
    let color = fields.hex_color("color")?;
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
    let color = fields.hex_color("color")?;
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

/// `PUT …/assignLabel`: a label of the card's board. One that the card has already it gets once more.
pub(crate) async fn assign(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut deck = state.deck();
    let (card, label) = card_and_label(&deck, &user.uid, &ids, &fields)?;
    let stack = deck.live_card(&user.uid, card)?.stack;
    if deck.labels.get(&label).map(|label| label.board) != Some(deck.board_of_stack(stack)) {
        return Err(Failure::ForeignLabel);
    }
    deck.live_card(&user.uid, card)?.labels.push(label);
    deck.touch_card(card, state.now());
    Ok(ok(&Value::Null))
}

/// `PUT …/removeLabel`: as often as the card has it. Any label the user may see will do, on the card or not.
pub(crate) async fn remove(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut deck = state.deck();
    let (card, label) = card_and_label(&deck, &user.uid, &ids, &fields)?;
    let labels = &mut deck.live_card(&user.uid, card)?.labels;
    labels.retain(|other| *other != label);
    deck.touch_card(card, state.now());
    Ok(ok(&Value::Null))
}

/// The ids of a card that the user may change and of a label that they may see.
fn card_and_label(deck: &Deck, uid: &str, ids: &Ids, fields: &Fields) -> Result<(u64, u64), Failure> {
    let card = ids.get("card")?;
    let label = fields.required_number("labelId")?;
    deck.card(uid, card, Permission::Edit)?;
    let label = u64::try_from(label).map_err(|_| Failure::Denied)?;
    deck.label(uid, label, Permission::Read)?;
    Ok((card, label))
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
