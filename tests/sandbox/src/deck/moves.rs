//! Moving cards: `PUT …/reorder`, and what a `PUT` under another board does to labels.

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::board::Label;
use super::card::Card;
use super::fields::{Fields, Ids};
use super::respond::{Failure, ok};
use super::store::{Deck, Permission};
use crate::AppState;
use crate::auth::CorsUser;

/// `PUT …/reorder`: to the stack in the URL, whatever the body says, be it deleted or of another board, where the card
/// keeps its labels; the answer is that stack's cards. An order that is no number is 0.
pub(crate) async fn reorder(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let (stack, id) = (ids.get("stack")?, ids.get("card")?);
    let order = fields.number("order").unwrap_or(0);
    let mut deck = state.deck();
    deck.card(&user.uid, id, Permission::Edit)?;
    deck.stack(&user.uid, stack, Permission::Edit)?;
    deck.live_card(&user.uid, id)?.stack = stack;
    let others = deck.cards_of(stack, false).into_iter().map(|card| card.id);
    let others: Vec<u64> = others.filter(|other| *other != id).collect();
    for (place, other) in (0..).filter(|place| *place != order).zip(others) {
        if let Some(card) = deck.cards.get_mut(&other) {
            card.order = place;
        }
    }
    if let Some(card) = deck.cards.get_mut(&id) {
        card.order = order;
    }
    deck.touch_card(id, state.now());
    let cards = deck.cards_of(stack, false).into_iter();
    Ok(ok(&cards.map(Card::row).collect::<Vec<Value>>()))
}

/// On another board a card gets the labels of the same titles; those that are missing are made if `uid` manages the
/// board, and lost otherwise.
pub(crate) fn exchange_labels(deck: &mut Deck, uid: &str, card: u64, stack_before: u64) {
    let Some(moved) = deck.cards.get(&card) else { return };
    let board = deck.board_of_stack(moved.stack);
    if board == deck.board_of_stack(stack_before) {
        return;
    }
    let before: Vec<Label> = moved
        .labels
        .iter()
        .filter_map(|id| deck.labels.get(id))
        .cloned()
        .collect();
    let mut labels = Vec::new();
    for label in before {
        let same = deck.labels_of(board).find(|other| other.title == label.title);
        if let Some(same) = same {
            labels.push(same.id);
        } else if deck.allows(uid, board, Permission::Manage) {
            let id = deck.new_id();
            deck.labels.insert(id, Label { id, board, ..label });
            labels.push(id);
        }
    }
    if let Some(moved) = deck.cards.get_mut(&card) {
        moved.labels = labels;
    }
}
