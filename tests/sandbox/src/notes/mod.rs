//! The Notes app 5.0.2: notes, settings, attachments, and its provider of the unified search.
//!
//! Every route is `@CORS`. A path that no controller has is 400 `[]` for GET (the app's own catch-all route) and 405
//! for anything else.

mod api;
mod attachments;
mod controls;
mod folder;
mod list;
mod multipart;
mod note;
mod parameters;
mod respond;
mod search;
mod seed;
mod settings;
mod settings_api;
mod title;
mod v0;

use std::collections::HashMap;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::auth::CorsUser;
use crate::{AppState, ocs};

use folder::NotesFolder;

/// The largest body taken: an attachment.
const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// Versions of the API as they may stand in a path; all answer alike.
const VERSIONS: [&str; 6] = ["v1", "v1.0", "v1.1", "v1.2", "v1.3", "v1.4"];

/// Everybody's notes.
#[derive(Debug)]
pub(crate) struct Notes {
    folders: HashMap<String, NotesFolder>,
    next_id: u64,
}

impl Default for Notes {
    fn default() -> Self {
        Self {
            folders: HashMap::new(),
            next_id: 231,
        }
    }
}

impl Notes {
    /// The notes of the user with this id.
    pub(crate) fn of(&mut self, uid: &str) -> &mut NotesFolder {
        self.folders.entry(uid.to_owned()).or_default()
    }

    /// An id that no file has.
    pub(crate) fn new_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }
}

pub(crate) fn routes() -> Router<AppState> {
    let mut routes = Router::new();
    for version in VERSIONS {
        let path = |rest: &str| format!("/apps/notes/api/{version}{rest}");
        routes = routes
            .route(&path("/notes"), get(api::list).post(api::create))
            .route(
                &path("/notes/{id}"),
                get(api::read).put(api::update).delete(api::delete),
            )
            .route(&path("/settings"), get(settings_api::read).put(settings_api::update));
    }
    let routes = routes
        .route("/apps/notes/api/v0.2/notes", get(api::list).post(v0::create))
        .route(
            "/apps/notes/api/v0.2/notes/{id}",
            get(api::read).put(v0::update).delete(api::delete),
        )
        .route(
            "/apps/notes/api/v1.4/attachment/{id}",
            post(attachments::upload).get(attachments::download),
        )
        .route(
            "/apps/notes/api/{*rest}",
            get(|_: CorsUser| async { respond::no_such_route() }),
        )
        .layer(DefaultBodyLimit::max(LARGEST_BODY));
    ocs::route(routes, "/search/providers/notes/search", get(search::search))
}

pub(crate) use multipart::first_file;
pub(crate) use seed::seed;

#[cfg(test)]
mod tests;
