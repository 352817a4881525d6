//! `/boards/{board}/stacks`.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use http::header::IF_MODIFIED_SINCE;
use serde_json::Value;

use super::board::Stack;
use super::fields::{Fields, Ids};
use super::respond::{Failure, etag, ok, tagged};
use super::store::{Deck, Permission};
use crate::AppState;
use crate::auth::CorsUser;

/// Longest title of a stack.
const TITLE: usize = 100;

/// `GET …/stacks`: with their cards, unless archived. Any `If-Modified-Since` is a crash.
pub(crate) async fn list(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if headers.contains_key(IF_MODIFIED_SINCE) {
        return Err(Failure::Crash);
    }
    let deck = state.deck();
    let board = deck.board(&user.uid, ids.get("board")?, Permission::Read)?.id;
    let stacks = deck.stacks_of(board).into_iter().map(|stack| {
        let cards = deck.cards_of(stack.id, false);
        stack.with_cards(cards.into_iter().map(|card| card.details(&state, &deck)).collect())
    });
    Ok(ok(&stacks.collect::<Vec<Value>>()))
}

/// `GET …/stacks/archived`: with their archived cards.
pub(crate) async fn archived(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    let deck = state.deck();
    let board = deck.board(&user.uid, ids.get("board")?, Permission::Read)?.id;
    let stacks = deck.stacks_of(board).into_iter().map(|stack| {
        let cards = deck.cards_of(stack.id, true);
        stack.with_cards(cards.into_iter().map(|card| card.archived_row(&deck)).collect())
    });
    Ok(ok(&stacks.collect::<Vec<Value>>()))
}

/// `GET …/stacks/{stack}`: its cards come without labels. A deleted one is shown, with the time of its deletion.
pub(crate) async fn read(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let deck = state.deck();
    let stack = deck.stack(&user.uid, ids.get("stack")?, Permission::Read)?;
    let cards = deck.cards_of(stack.id, false).into_iter().map(|card| {
        let mut view = card.details(&state, &deck);
        view["labels"] = Value::Null;
        view
    });
    let view = stack.with_cards(cards.collect());
    Ok(tagged(&headers, &view, &etag(Some(stack.last_modified))))
}

/// `POST …/stacks`.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let title = fields.required("title", TITLE)?;
    let order = fields.required_number("order")?;
    let mut deck = state.deck();
    let board = deck.board(&user.uid, ids.get("board")?, Permission::Manage)?.id;
    deck.open_board(board)?;
    let id = add(&mut deck, board, &title, order);
    deck.touch_board(board, state.now());
    Ok(ok(&deck.stack(&user.uid, id, Permission::Read)?.view()))
}

/// Makes a stack.
pub(crate) fn add(deck: &mut Deck, board: u64, title: &str, order: i64) -> u64 {
    let id = deck.new_id();
    let stack = Stack {
        id,
        title: title.to_owned(),
        board,
        order,
        deleted_at: 0,
        last_modified: 0,
    };
    deck.stacks.insert(id, stack);
    id
}

/// `PUT …/stacks/{stack}`: also moves it to the board in the URL, and takes it out of the trash.
pub(crate) async fn update(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let (board, id) = (ids.get("board")?, ids.get("stack")?);
    let title = fields.required("title", TITLE)?;
    let order = fields.required_number("order")?;
    let mut deck = state.deck();
    let before = deck.stack(&user.uid, id, Permission::Manage)?.board;
    deck.board(&user.uid, board, Permission::Manage)?;
    deck.open_board(before)?;
    if let Some(stack) = deck.stacks.get_mut(&id) {
        stack.title = title;
        stack.order = order;
        stack.board = board;
        stack.deleted_at = 0;
    }
    deck.touch_board(board, state.now());
    Ok(ok(&deck.stack(&user.uid, id, Permission::Read)?.view()))
}

/// `DELETE …/stacks/{stack}`: into the trash, as often as one likes and from archived boards too. Its cards stay in it,
/// and can be read and changed by their ids.
pub(crate) async fn delete(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    let now = state.now();
    let mut deck = state.deck();
    let id = deck.stack(&user.uid, ids.get("stack")?, Permission::Manage)?.id;
    let board = deck.board_of_stack(id);
    deck.touch_board(board, now);
    let stack = deck.stacks.get_mut(&id).ok_or(Failure::Denied)?;
    stack.deleted_at = now;
    let stack = stack.clone();
    let cards = deck.cards_of(id, false).into_iter();
    Ok(ok(
        &stack.with_cards(cards.map(|card| card.details(&state, &deck)).collect())
    ))
}
