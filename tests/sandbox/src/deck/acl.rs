//! `/boards/{board}/acl`: whom a board is shared with.

use axum::extract::State;
use axum::response::Response;

use super::board::Rule;
use super::fields::{Fields, Ids};
use super::respond::{Failure, ok};
use super::store::{Deck, Permission};
use crate::AppState;
use crate::auth::CorsUser;

/// `POST …/acl`. Whether there is such a participant is not checked.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let participant = fields.text("participant").ok_or(Failure::Crash)?;
    let mut deck = state.deck();
    let board = deck.board(&user.uid, ids.get("board")?, Permission::Share)?.id;
    let mut rule = new_rule(&mut deck, board, participant);
    set(&mut rule, &fields);
    rule.kind = fields.number("type").unwrap_or(0);
    deck.rules.insert(rule.id, rule.clone());
    deck.touch_board(board, state.now());
    Ok(ok(&rule.view(&state)))
}

/// A rule that allows reading.
pub(crate) fn new_rule(deck: &mut Deck, board: u64, participant: String) -> Rule {
    Rule {
        id: deck.new_id(),
        board,
        participant,
        kind: 0,
        edit: false,
        share: false,
        manage: false,
    }
}

/// `PUT …/acl/{rule}`.
pub(crate) async fn update(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut deck = state.deck();
    let id = allowed(&deck, &user.uid, &ids)?;
    let rule = deck.rules.get_mut(&id).ok_or(Failure::Denied)?;
    set(rule, &fields);
    let rule = rule.clone();
    deck.touch_board(rule.board, state.now());
    Ok(ok(&rule.view(&state)))
}

/// `DELETE …/acl/{rule}`.
pub(crate) async fn delete(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    let mut deck = state.deck();
    let id = allowed(&deck, &user.uid, &ids)?;
    let rule = deck.rules.remove(&id).ok_or(Failure::Denied)?;
    deck.touch_board(rule.board, state.now());
    Ok(ok(&rule.view(&state)))
}

fn allowed(deck: &Deck, uid: &str, ids: &Ids) -> Result<u64, Failure> {
    let id = ids.get("rule")?;
    let rule = deck.rules.get(&id).ok_or(Failure::Denied)?;
    deck.board(uid, rule.board, Permission::Share)?;
    Ok(id)
}

fn set(rule: &mut Rule, fields: &Fields) {
    rule.edit = fields.flag("permissionEdit").unwrap_or(false);
    rule.share = fields.flag("permissionShare").unwrap_or(false);
    rule.manage = fields.flag("permissionManage").unwrap_or(false);
}
