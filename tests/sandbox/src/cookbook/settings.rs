//! Version, settings, reindex.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::visitor::{Cook, Parameters};
use crate::{AppState, reply};

/// `GET /apps/cookbook/api/version`.
pub(crate) async fn version(_: Cook) -> Response {
    let version = json!({
        "cookbook_version": [0, 11, 9],
        "api_version": { "epoch": 0, "major": 1, "minor": 2 },
    });
    reply::json(StatusCode::OK, &version)
}

/// `GET /config`.
pub(crate) async fn read(State(state): State<AppState>, Cook(user): Cook) -> Response {
    let mut cookbook = state.cookbook();
    let settings = &cookbook.of(&user.uid).settings;
    let view = json!({
        "folder": settings.folder,
        "update_interval": settings.update_interval,
        "print_image": settings.print_image,
        "visibleInfoBlocks": {
            "preparation-time": true,
            "cooking-time": true,
            "total-time": true,
            "nutrition-information": true,
            "tools": true,
        },
    });
    reply::json(StatusCode::OK, &view)
}

/// `POST /config`: what is there is stored as it is.
pub(crate) async fn update(
    State(state): State<AppState>,
    Cook(user): Cook,
    Parameters(parameters): Parameters,
) -> Response {
    let mut cookbook = state.cookbook();
    let settings = &mut cookbook.of(&user.uid).settings;
    if let Some(folder) = parameters.get("folder").and_then(Value::as_str) {
        folder.clone_into(&mut settings.folder);
    }
    if let Some(minutes) = parameters.get("update_interval").and_then(Value::as_i64) {
        settings.update_interval = minutes;
    }
    if let Some(print) = parameters.get("print_image").and_then(Value::as_bool) {
        settings.print_image = print;
    }
    reply::json(StatusCode::OK, &"OK")
}

/// `POST /reindex`: there is no index to rebuild.
pub(crate) async fn reindex(_: Cook) -> Response {
    reply::json(StatusCode::OK, &"Search index rebuilt successfully")
}
