//! `POST /shares`.

use axum::extract::State;
use axum::response::Response;

use super::share::{EMAIL, GROUP, LINK, Share, USER, Viewer};
use super::{api, expiry, items, link};
use crate::ocs::Ocs;
use crate::params::Params;
use crate::{AppState, deck};

const ALL: u8 = 31;
const READ: u8 = 1;
const SHARE: u8 = 16;
const NOT_FOR_FILES: u8 = 4 | 8;

/// Why a share is not made: status and message.
type Refusal = (u16, String);

pub(super) async fn create(State(state): State<AppState>, viewer: Viewer, ocs: Ocs, params: Params) -> Response {
    expiry::sweep(&state);
    if params.get("shareType") == Some(deck::SHARE_TYPE) {
        if state.disabled_apps().has("deck") {
            // It does say "room".
            let message = "Sharing failed because the back end does not support room shares";
            return ocs.failure(403, message);
        }
        return deck::share_with_card(&state, &viewer.user.uid, ocs, &params);
    }
    let draft = match draft(&state, &viewer, &params) {
        Ok(draft) => draft,
        Err((code, message)) => return ocs.failure(code, &message),
    };
    // Links are as many as one likes; with an account or an address there is one share.
    let existing = state
        .shares()
        .iter()
        .find(|share| {
            share.kind != LINK
                && (share.kind, &share.recipient, &share.owner) == (draft.kind, &draft.recipient, &draft.owner)
                && share.item.path == draft.item.path
        })
        .cloned();
    match existing {
        Some(share) => ocs.ok(share.show(&viewer, false)),
        None => ocs.ok(state.shares().add(draft).show(&viewer, true)),
    }
}

/// The share that is asked for, checked in Nextcloud's order.
fn draft(state: &AppState, viewer: &Viewer, params: &Params) -> Result<Share, Refusal> {
    let refuse = |code: u16, message: &str| (code, message.to_owned());
    let path = params
        .filled("path")
        .ok_or_else(|| refuse(404, "Please specify a file or folder path"))?;
    if path.trim_matches('/').is_empty() {
        return Err(refuse(403, "You cannot share your root folder"));
    }
    let item = items::find(state, &viewer.user.uid, path).ok_or_else(|| refuse(404, api::NO_SUCH_PATH))?;
    let kind: u8 = params.get("shareType").and_then(|kind| kind.parse().ok()).unwrap_or(99);
    let asked = match params.get("permissions").map(str::parse::<u8>) {
        None => None,
        Some(Ok(bits)) if bits <= ALL => Some(bits.max(READ)),
        Some(_) => return Err(refuse(404, "Invalid permissions")),
    };
    let expires = expiry::read(state.clock(), params.get("expireDate").unwrap_or_default())
        .map_err(|message| refuse(404, message))?;
    let by_link = kind == LINK || kind == EMAIL;
    let mut permissions = asked.unwrap_or(if by_link { READ } else { ALL });
    if by_link {
        // Whoever has a link may add it to a server of their own.
        permissions |= SHARE;
    }
    if !item.is_folder {
        permissions &= !NOT_FOR_FILES;
    }
    let password = params.filled("password").filter(|_| by_link);
    if let Some(weakness) = password.and_then(link::weakness) {
        return Err((400, weakness));
    }
    Ok(Share {
        id: 0,
        kind,
        owner: viewer.user.uid.clone(),
        recipient: recipient(state, viewer, kind, params.filled("shareWith"))?,
        item,
        permissions,
        created: state.clock().unix(),
        expires,
        token: by_link.then(link::token),
        password: password.map(|_| link::hash()),
        note: params.get("note").unwrap_or_default().to_owned(),
        label: params.get("label").filter(|_| by_link).unwrap_or_default().to_owned(),
    })
}

fn recipient(state: &AppState, viewer: &Viewer, kind: u8, share_with: Option<&str>) -> Result<Option<String>, Refusal> {
    let refuse = |code: u16, message: &str| Err((code, message.to_owned()));
    match (kind, share_with) {
        (LINK, _) => Ok(None),
        (USER, Some(uid)) if uid == viewer.user.uid => refuse(403, "Cannot share with yourself"),
        (USER, Some(uid)) if state.user(uid).is_some() => Ok(Some(uid.to_owned())),
        (USER, _) => refuse(404, "Please specify a valid account to share with"),
        // The recorded server has no groups.
        (GROUP, _) => refuse(404, "Please specify a valid group"),
        (EMAIL, Some(address)) if address.contains('@') => Ok(Some(address.to_owned())),
        (EMAIL, _) => refuse(404, "Please specify a valid email address"),
        _ => refuse(400, "Unknown share type"),
    }
}
