//! Listing, reading and ending shares.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::share::Viewer;
use super::{expiry, items};
use crate::AppState;
use crate::ocs::Ocs;
use crate::params::Params;

pub(super) const NO_SUCH_SHARE: &str = "Wrong share ID, share does not exist";
pub(super) const NO_SUCH_PATH: &str = "Wrong path, file/folder does not exist";

/// `GET /shares`: own shares, those of one path, those below it, or those of others.
pub(super) async fn list(State(state): State<AppState>, viewer: Viewer, ocs: Ocs, params: Params) -> Response {
    expiry::sweep(&state);
    let is_set = |name: &str| params.get(name) == Some("true");
    let path = match params.filled("path") {
        None => None,
        Some(path) => match items::find(&state, &viewer.user.uid, path) {
            None => return ocs.failure(404, NO_SUCH_PATH),
            Some(item) => Some(item.path),
        },
    };
    let uid = &viewer.user.uid;
    let shares = state.shares();
    let shown: Vec<Value> = shares
        .iter()
        .filter(|share| {
            if is_set("shared_with_me") {
                return share.is_with(uid);
            }
            let at_path = path.as_ref().is_none_or(|path| {
                if is_set("subfiles") {
                    share
                        .item
                        .path
                        .strip_prefix(path.as_str())
                        .is_some_and(|rest| rest.starts_with('/'))
                } else {
                    share.item.path == *path
                }
            });
            share.owner == *uid && at_path
        })
        .map(|share| share.show(&viewer, false))
        .collect();
    ocs.ok(shown)
}

/// `GET /shares/{id}`: a list of one.
pub(super) async fn read(State(state): State<AppState>, viewer: Viewer, ocs: Ocs, Path(id): Path<String>) -> Response {
    expiry::sweep(&state);
    let share = state.shares().get(&id, &viewer.user.uid).cloned();
    match share {
        Some(share) => ocs.ok([share.show(&viewer, false)]),
        None => ocs.failure(404, NO_SUCH_SHARE),
    }
}

/// `DELETE /shares/{id}`. Whoever receives a share may end it too, for themselves.
pub(super) async fn delete(
    State(state): State<AppState>,
    viewer: Viewer,
    ocs: Ocs,
    Path(id): Path<String>,
) -> Response {
    expiry::sweep(&state);
    let mut shares = state.shares();
    let Some(id) = shares.get(&id, &viewer.user.uid).map(|share| share.id) else {
        return ocs.failure(404, NO_SUCH_SHARE);
    };
    shares.remove(id);
    ocs.ok(json!([]))
}
