//! Attaching a file by sharing it with a card: `POST /ocs/…/files_sharing/api/v1/shares` with share type 12, which the
//! sharing app leaves to Deck.

use axum::response::Response;
use serde_json::{Value, json};

use super::attachments::{Attachable, attach};
use super::store::Permission;
use crate::AppState;
use crate::ocs::Ocs;
use crate::params::Params;

/// `IShare::TYPE_DECK`.
pub(crate) const SHARE_TYPE: &str = "12";
/// What the owner of a file may do with it: everything but adding to it.
const ALL_OF_A_FILE: u8 = 27;

/// What a card may do with it when the request does not say: read, change and share.
const BY_DEFAULT: u8 = 19;
/// What the sharing app says of an exception that nobody expected.
const CRASH: &str = "Internal Server Error\n";

/// Shares a file of `uid` with a card, a deleted one too. A card that there never was is a crash; one on an archived
/// board, or that `uid` may not change, is not found.
pub(crate) fn share_with_card(state: &AppState, uid: &str, ocs: Ocs, params: &Params) -> Response {
    match share(state, uid, params) {
        Ok(share) => ocs.ok(share),
        Err((status, message)) => ocs.failure(status, message),
    }
}

fn share(state: &AppState, uid: &str, params: &Params) -> Result<Value, (u16, &'static str)> {
    let path = params
        .filled("path")
        .ok_or((404, "Please specify a file or folder path"))?;
    let file = find(state, uid, path).ok_or((404, "Wrong path, file/folder does not exist"))?;
    let card: Option<u64> = params.get("shareWith").and_then(|id| id.parse().ok());
    let mut deck = state.deck();
    let card = card.filter(|id| deck.cards.contains_key(id)).ok_or((996, CRASH))?;
    let card = deck
        .card_or_trash(uid, card, Permission::Edit)
        .map_err(|_| (404, "Card not found"))?;
    let (card, title, board) = (card.id, card.title.clone(), deck.board_of_stack(card.stack));
    deck.open_board(board).map_err(|_| (404, "Card not found"))?;
    let attached = deck
        .attachments_of(card)
        .any(|attachment| attachment.created_by == uid && attachment.path == path);
    if attached {
        return Err((403, "Path is already shared with this card"));
    }
    let attachment = attach(&mut deck, uid, card, path, file, state.now());
    deck.touch_card(card, state.now());
    let name = state.user(uid).map(|user| user.display_name.clone());
    Ok(json!({
        "id": attachment.id.to_string(),
        "share_type": 12,
        "uid_owner": uid,
        "displayname_owner": name,
        "permissions": BY_DEFAULT,
        "can_edit": true,
        "can_delete": true,
        "stime": attachment.created_at,
        "parent": null,
        "expiration": null,
        "token": null,
        "uid_file_owner": uid,
        "note": "",
        "label": "",
        "displayname_file_owner": name,
        "path": path,
        "item_type": "file",
        "item_permissions": ALL_OF_A_FILE,
        "is-mount-root": false,
        "mount-type": "",
        "mimetype": attachment.media_type,
        "has_preview": true,
        "storage_id": format!("home::{uid}"),
        "storage": 3,
        "item_source": attachment.file_id,
        "file_source": attachment.file_id,
        "file_parent": 1,
        "file_target": format!("/{{DECK_PLACEHOLDER}}/{}", attachment.name()),
        "item_size": file.size,
        "item_mtime": attachment.created_at,
        "share_with": card.to_string(),
        "share_with_displayname": title,
        "share_with_link": format!("/apps/deck/board/{board}/card/{card}"),
        "mail_send": 0,
        "hide_download": 0,
        "attributes": null,
    }))
}

/// The file at `path`, among a user's files or their notes.
fn find(state: &AppState, uid: &str, path: &str) -> Option<Attachable> {
    let segments: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    let file = {
        let mut files = state.files();
        let node = files.of(uid, state.clock().unix()).get(&segments);
        node.and_then(|node| {
            Some(Attachable {
                id: Some(node.id),
                size: usize::try_from(node.content()?.len()).ok()?,
            })
        })
    };
    file.or_else(|| {
        let size = state.notes().of(uid).size_of_file(path)?;
        Some(Attachable { id: None, size })
    })
}
