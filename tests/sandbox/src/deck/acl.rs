//! `/boards/{board}/acl`: whom a board is shared with.

use axum::extract::State;
use axum::response::Response;

use super::board::Rule;
use super::fields::{Fields, Ids};
use super::respond::{Failure, ok};
use super::store::{Deck, Permission, USER};
use crate::AppState;
use crate::auth::CorsUser;

/// Longest id of a participant.
const PARTICIPANT: usize = 64;

/// What a rule is to grant.
#[derive(Debug, Clone, Copy)]
struct Grants {
    edit: bool,
    share: bool,
    manage: bool,
}

/// `POST …/acl`. Whether there is such a participant is not checked; a second rule for one is a crash.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let kind = fields.required_number("type")?;
    let participant = fields.required("participant", PARTICIPANT)?;
    let wanted = grants(&fields)?;
    let mut deck = state.deck();
    let board = deck.board(&user.uid, ids.get("board")?, Permission::Share)?.id;
    let mut others = deck.rules.values();
    if others.any(|rule| rule.board == board && rule.kind == kind && rule.participant == participant) {
        return Err(Failure::Crash);
    }
    let mut rule = new_rule(&mut deck, board, participant);
    rule.kind = kind;
    set(&deck, &user.uid, &mut rule, wanted);
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
        kind: USER,
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
    let wanted = grants(&fields)?;
    let mut deck = state.deck();
    let mut rule = allowed(&deck, &user.uid, &ids, Permission::Share)?;
    set(&deck, &user.uid, &mut rule, wanted);
    deck.rules.insert(rule.id, rule.clone());
    deck.touch_board(rule.board, state.now());
    Ok(ok(&rule.view(&state)))
}

/// `DELETE …/acl/{rule}`: a user loses their cards of the board too. Whoever may only share cannot undo it.
pub(crate) async fn delete(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    let mut deck = state.deck();
    let rule = allowed(&deck, &user.uid, &ids, Permission::Manage)?;
    deck.rules.remove(&rule.id);
    if rule.kind == USER {
        let Deck { cards, stacks, .. } = &mut *deck;
        let of_board = |stack: &u64| stacks.get(stack).is_some_and(|stack| stack.board == rule.board);
        for card in cards.values_mut().filter(|card| of_board(&card.stack)) {
            card.assignments.retain(|other| other.participant != rule.participant);
        }
    }
    deck.touch_board(rule.board, state.now());
    Ok(ok(&rule.view(&state)))
}

/// The rule in the path, whichever board the path names.
fn allowed(deck: &Deck, uid: &str, ids: &Ids, permission: Permission) -> Result<Rule, Failure> {
    let rule = deck.rules.get(&ids.get("rule")?).ok_or(Failure::Denied)?;
    deck.board(uid, rule.board, permission)?;
    Ok(rule.clone())
}

/// All three must be sent; Deck's validator knows them by other names.
fn grants(fields: &Fields) -> Result<Grants, Failure> {
    let flag = |field: &str, name: &str| {
        fields
            .flag(field)
            .ok_or_else(|| Failure::Invalid(format!("{name} must be provided and must be not null")))
    };
    Ok(Grants {
        edit: flag("permissionEdit", "edit")?,
        share: flag("permissionShare", "share")?,
        manage: flag("permissionManage", "manage")?,
    })
}

/// Who does not manage the board can grant and take only what they have; the rest stays as it was.
fn set(deck: &Deck, uid: &str, rule: &mut Rule, wanted: Grants) {
    let has = |permission| deck.allows(uid, rule.board, Permission::Manage) || deck.allows(uid, rule.board, permission);
    let may = (has(Permission::Edit), has(Permission::Share), has(Permission::Manage));
    rule.edit = if may.0 { wanted.edit } else { rule.edit };
    rule.share = if may.1 { wanted.share } else { rule.share };
    rule.manage = if may.2 { wanted.manage } else { rule.manage };
}
