//! `/boards`, and the app's settings.

use axum::extract::{Query, State};
use axum::response::Response;
use http::HeaderMap;
use http::header::IF_MODIFIED_SINCE;
use serde_json::{Value, json};

use super::board::{Board, Depth, Label, NEW_LABELS};
use super::fields::{Fields, Ids};
use super::respond::{Failure, etag, ok, tagged};
use super::store::{Deck, Permission};
use crate::auth::{CorsUser, OcsUser};
use crate::ocs::Ocs;
use crate::{AppState, hex};

/// Longest title of a board.
const TITLE: usize = 100;
/// Longest colour; that it is one is not checked.
const COLOR: usize = 6;

/// The query of the list.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct ListQuery {
    details: String,
}

/// `GET /boards`: deleted ones too, also those of others. Any `If-Modified-Since` is a crash.
pub(crate) async fn list(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if headers.contains_key(IF_MODIFIED_SINCE) {
        return Err(Failure::Crash);
    }
    let depth = if query.details == "true" {
        Depth::DetailedRow
    } else {
        Depth::Row
    };
    let deck = state.deck();
    let boards: Vec<&Board> = deck
        .boards
        .values()
        .filter(|board| deck.grants(&user.uid, board, Permission::Read))
        .collect();
    let changes: Vec<String> = boards
        .iter()
        .map(|board| format!("{}:{}", board.id, board.last_modified))
        .collect();
    let views: Vec<Value> = boards
        .iter()
        .map(|board| board.view(&state, &deck, &user.uid, depth))
        .collect();
    Ok(tagged(&headers, &views, &hex::fingerprint(changes.join(","))))
}

/// `GET /boards/{board}`.
pub(crate) async fn read(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let deck = state.deck();
    let board = deck.board(&user.uid, ids.get("board")?, Permission::Read)?;
    let view = board.view(&state, &deck, &user.uid, Depth::Whole);
    Ok(tagged(&headers, &view, &etag(Some(board.last_modified))))
}

/// `POST /boards`.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    fields: Fields,
) -> Result<Response, Failure> {
    let title = fields.required("title", TITLE)?;
    let color = fields.required("color", COLOR)?;
    let mut deck = state.deck();
    let id = add(&mut deck, &user.uid, &title, &color, state.now());
    let board = deck.board(&user.uid, id, Permission::Read)?;
    Ok(ok(&board.view(&state, &deck, &user.uid, Depth::New)))
}

/// Makes a board with its first labels.
pub(crate) fn add(deck: &mut Deck, owner: &str, title: &str, color: &str, now: i64) -> u64 {
    let id = deck.new_id();
    let board = Board {
        id,
        title: title.to_owned(),
        owner: owner.to_owned(),
        color: color.to_owned(),
        archived: false,
        deleted_at: 0,
        last_modified: now,
    };
    deck.boards.insert(id, board);
    for (title, color) in NEW_LABELS {
        let label = Label {
            id: deck.new_id(),
            title: title.to_owned(),
            color: color.to_owned(),
            board: id,
            last_modified: 0,
        };
        deck.labels.insert(label.id, label);
    }
    id
}

/// `PUT /boards/{board}`.
pub(crate) async fn update(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    fields: Fields,
) -> Result<Response, Failure> {
    let id = ids.get("board")?;
    let title = fields.required("title", TITLE)?;
    let color = fields.required("color", COLOR)?;
    let archived = fields.flag("archived");
    if archived.is_none() && fields.has("archived") {
        return Err(Failure::Invalid(
            "archived must be provided and must be bool".to_owned(),
        ));
    }
    let mut deck = state.deck();
    deck.board(&user.uid, id, Permission::Manage)?;
    if let Some(board) = deck.boards.get_mut(&id) {
        board.title = title;
        board.color = color;
        board.archived = archived.unwrap_or(false);
        board.last_modified = state.now();
    }
    let board = deck.board(&user.uid, id, Permission::Read)?;
    Ok(ok(&board.view(&state, &deck, &user.uid, Depth::Whole)))
}

/// `DELETE /boards/{board}`: into the trash, where nothing but the list shows it.
pub(crate) async fn delete(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    let id = ids.get("board")?;
    let mut deck = state.deck();
    deck.board(&user.uid, id, Permission::Manage)?;
    if let Some(board) = deck.boards.get_mut(&id) {
        board.deleted_at = state.now();
        board.last_modified = board.deleted_at;
    }
    let board = deck.boards.get(&id).ok_or(Failure::Denied)?;
    Ok(ok(&board.view(&state, &deck, &user.uid, Depth::Deleted)))
}

/// `POST /boards/{board}/undo_delete`. Deck looks for a permission that nobody has on a deleted board.
pub(crate) async fn undo_delete(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    let deck = state.deck();
    let board = deck.board(&user.uid, ids.get("board")?, Permission::Manage)?;
    Ok(ok(&board.view(&state, &deck, &user.uid, Depth::Whole)))
}

/// `GET /ocs/…/config`.
pub(crate) async fn config(_: OcsUser, ocs: Ocs) -> Response {
    ocs.ok(json!({ "calendar": true, "cardDetailsInModal": true, "cardIdBadge": false }))
}
