//! `/boards/{board}/stacks/{stack}/cards`: cards, the archive, assignees.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde_json::Value;

use super::card::{Assignment, Card};
use super::fields::{Fields, Ids};
use super::moves;
use super::respond::{Failure, etag, ok, tagged};
use super::store::{Deck, Permission};
use crate::AppState;
use crate::auth::CorsUser;

/// Longest title of a card.
const TITLE: usize = 255;
/// Longest type, and longest user id.
const NAME: usize = 64;
/// Where a card goes of which nobody says where.
const LAST: i64 = 999;

/// `GET …/cards/{card}`: under any board and stack.
pub(crate) async fn read(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let deck = state.deck();
    let card = deck.card(&user.uid, ids.get("card")?, Permission::Read)?;
    let view = card.whole(&state, &deck, ids.version());
    Ok(tagged(&headers, &view, &etag(Some(card.last_modified))))
}

/// `POST …/cards`: into a deleted stack too, where no list shows it.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let title = fields.required("title", TITLE)?;
    let kind = if fields.has("type") {
        fields.required("type", NAME)?
    } else {
        "plain".to_owned()
    };
    let order = fields.number_or("order", LAST)?;
    let mut deck = state.deck();
    let stack = deck.stack(&user.uid, ids.get("stack")?, Permission::Edit)?;
    let (stack, board) = (stack.id, stack.board);
    deck.open_board(board)?;
    let due = fields.date("duedate", state.now())?;
    let id = add(&mut deck, &user.uid, stack, &title, state.now());
    if let Some(card) = deck.cards.get_mut(&id) {
        card.description = fields.text("description").unwrap_or_default();
        card.kind = kind;
        card.order = order;
        card.due = due;
    }
    deck.touch_card(id, state.now());
    details(&state, &deck, &user.uid, id)
}

/// Makes a card.
pub(crate) fn add(deck: &mut Deck, owner: &str, stack: u64, title: &str, now: i64) -> u64 {
    let id = deck.new_id();
    let card = Card {
        id,
        title: title.to_owned(),
        description: String::new(),
        description_before: None,
        stack,
        kind: "plain".to_owned(),
        owner: owner.to_owned(),
        order: LAST,
        archived: false,
        done: None,
        due: None,
        last_modified: now,
        created_at: now,
        last_editor: None,
        deleted_at: 0,
        labels: Vec::new(),
        assignments: Vec::new(),
    };
    deck.cards.insert(id, card);
    id
}

/// `PUT …/cards/{card}`: writes the card anew, into the stack in the URL. What is not sent is reset; only `archived`
/// stays, and the owner, who must be sent and is not changed. A deleted card comes back. The answer still names the
/// editor before.
pub(crate) async fn update(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let (stack, id) = (ids.get("stack")?, ids.get("card")?);
    let title = fields.required("title", TITLE)?;
    let kind = fields.required("type", NAME)?;
    if !fields.get("owner").is_some_and(Value::is_object) {
        fields.required("owner", NAME)?;
    }
    let order = fields.number_or("order", 0)?;
    let mut deck = state.deck();
    let before = deck.card_or_trash(&user.uid, id, Permission::Edit)?.stack;
    deck.stack(&user.uid, stack, Permission::Edit)?;
    deck.open_board(deck.board_of_stack(before))?;
    let now = state.now();
    let due = match fields.text("duedate").as_deref() {
        None | Some("" | "0") => None,
        Some(_) => fields.date("duedate", now)?,
    };
    let done = fields.date("done", now)?;
    let card = deck.cards.get_mut(&id).ok_or(Failure::Denied)?;
    let archived = fields.flag("archived");
    if card.archived && archived == Some(true) {
        return Err(Failure::Archived("card"));
    }
    if card.last_editor.as_deref().is_some_and(|editor| editor != user.uid) {
        card.description_before = Some(card.description.clone());
        card.last_editor = Some(user.uid.clone());
    }
    if card.description_before.is_none() {
        card.description_before = Some(card.description.clone());
    }
    card.title = title;
    card.kind = kind;
    card.stack = stack;
    card.order = order;
    card.deleted_at = 0;
    card.description = fields.text("description").unwrap_or_default();
    card.due = due;
    card.done = done;
    card.archived = archived.unwrap_or(card.archived);
    moves::exchange_labels(&mut deck, &user.uid, id, before);
    deck.touch_card(id, now);
    let answer = details(&state, &deck, &user.uid, id);
    if let Some(card) = deck.cards.get_mut(&id) {
        card.last_editor = Some(user.uid.clone());
    }
    answer
}

/// `DELETE …/cards/{card}`: into the trash.
pub(crate) async fn delete(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    let (id, now) = (ids.get("card")?, state.now());
    let mut deck = state.deck();
    deck.open_card(&user.uid, id)?.deleted_at = now;
    deck.touch_card(id, now);
    owned_row(&state, &deck, id)
}

/// `PUT …/archive`.
pub(crate) async fn archive(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    set_archived(&state, &user.uid, ids.get("card")?, true)
}

/// `PUT …/unarchive`.
pub(crate) async fn unarchive(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    set_archived(&state, &user.uid, ids.get("card")?, false)
}

fn set_archived(state: &AppState, uid: &str, id: u64, archived: bool) -> Result<Response, Failure> {
    let mut deck = state.deck();
    deck.open_card(uid, id)?.archived = archived;
    deck.touch_card(id, state.now());
    owned_row(state, &deck, id)
}

/// `PUT …/assignUser`: to users of the board only, and once. Archived cards and boards take it too.
pub(crate) async fn assign_user(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let id = ids.get("card")?;
    let participant = fields.required("userId", NAME)?;
    let mut deck = state.deck();
    let card = deck.card(&user.uid, id, Permission::Edit)?;
    let board = deck
        .boards
        .get(&deck.board_of_stack(card.stack))
        .ok_or(Failure::Denied)?;
    let is_member = deck.users_of(board).contains(&participant) && state.user(&participant).is_some();
    if card.assignments.iter().any(|other| other.participant == participant) {
        return Err(Failure::Invalid("The user is already assigned to the card".to_owned()));
    }
    if !is_member {
        return Err(Failure::Invalid("The user is not part of the board".to_owned()));
    }
    let assignment = Assignment {
        id: deck.new_id(),
        participant,
    };
    let card = deck.cards.get_mut(&id).ok_or(Failure::Denied)?;
    card.assignments.push(assignment.clone());
    deck.touch_card(id, state.now());
    Ok(ok(&assignment.view(&state, id)))
}

/// `PUT …/unassignUser`.
pub(crate) async fn unassign_user(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let id = ids.get("card")?;
    let participant = fields.required("userId", NAME)?;
    let mut deck = state.deck();
    deck.card(&user.uid, id, Permission::Edit)?;
    let card = deck.cards.get_mut(&id).ok_or(Failure::Denied)?;
    let index = card
        .assignments
        .iter()
        .position(|other| other.participant == participant);
    let index = index.ok_or_else(|| Failure::NotFound(format!("No assignment for {participant}found.")))?;
    let assignment = card.assignments.remove(index);
    deck.touch_card(id, state.now());
    Ok(ok(&assignment.view(&state, id)))
}

fn details(state: &AppState, deck: &Deck, uid: &str, id: u64) -> Result<Response, Failure> {
    Ok(ok(&deck.card(uid, id, Permission::Read)?.details(state, deck)))
}

fn owned_row(state: &AppState, deck: &Deck, id: u64) -> Result<Response, Failure> {
    let card = deck.cards.get(&id).ok_or(Failure::Denied)?;
    Ok(ok(&card.owned_row(state, deck)))
}
