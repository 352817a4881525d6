//! `PUT /shares/{id}`.

use axum::extract::{Path, State};
use axum::response::Response;

use super::share::{EMAIL, LINK, Viewer};
use super::{api, expiry, link};
use crate::AppState;
use crate::ocs::Ocs;
use crate::params::Params;

const PARAMETERS: [&str; 8] = [
    "permissions",
    "password",
    "sendPasswordByTalk",
    "publicUpload",
    "expireDate",
    "note",
    "label",
    "hideDownload",
];

pub(super) async fn update(
    State(state): State<AppState>,
    viewer: Viewer,
    ocs: Ocs,
    Path(id): Path<String>,
    params: Params,
) -> Response {
    expiry::sweep(&state);
    let mut shares = state.shares();
    let Some(share) = shares.get(&id, &viewer.user.uid) else {
        return ocs.failure(404, api::NO_SUCH_SHARE);
    };
    if share.owner != viewer.user.uid {
        return ocs.failure(403, "You are not allowed to edit incoming shares");
    }
    if PARAMETERS.iter().all(|name| params.get(name).is_none()) {
        return ocs.failure(400, "Wrong or no update parameter given");
    }
    let mut changed = share.clone();
    let by_link = changed.kind == LINK || changed.kind == EMAIL;
    if let Some(permissions) = params.get("permissions") {
        let most = if changed.item.is_folder { 31 } else { 27 };
        match permissions.parse::<u8>() {
            Ok(bits) if bits | most == most => changed.permissions = bits.max(1) | if by_link { 16 } else { 0 },
            _ => return ocs.failure(400, "Failed to update share."),
        }
    }
    if let Some(date) = params.get("expireDate") {
        match expiry::read(state.clock(), date) {
            Ok(expires) => changed.expires = expires,
            Err(message) => return ocs.failure(if date.is_empty() { 400 } else { 404 }, message),
        }
    }
    if let Some(password) = params.get("password").filter(|_| by_link) {
        if let Some(weakness) = link::weakness(password).filter(|_| !password.is_empty()) {
            return ocs.failure(400, &weakness);
        }
        changed.password = (!password.is_empty()).then(link::hash);
    }
    if let Some(note) = params.get("note") {
        note.clone_into(&mut changed.note);
    }
    if let Some(label) = params.get("label").filter(|_| by_link) {
        label.clone_into(&mut changed.label);
    }
    *share = changed.clone();
    ocs.ok(changed.show(&viewer, false))
}
