//! The Deck app 1.16.7: boards, stacks, cards, labels, attachments by REST (`@CORS`, whatever version the path names),
//! comments by OCS.
//!
//! As in Deck only the last id of a path counts: a card is found under any board and stack. The exceptions are recorded
//! too: the stack in the URL of a `PUT` is where the card goes.

mod acl;
mod attachments;
mod board;
mod boards;
mod card;
mod cards;
mod comments;
mod controls;
mod fields;
mod labels;
mod moves;
mod respond;
mod seed;
mod shares;
mod stacks;
mod store;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post, put};

use crate::{AppState, ocs};

pub(crate) use seed::seed;
pub(crate) use shares::{SHARE_TYPE, share_with_card};
pub(crate) use store::Deck;

/// The largest body taken: an attachment.
const LARGEST_BODY: usize = 32 * 1024 * 1024;

pub(crate) fn routes() -> Router<AppState> {
    let api = |rest: &str| format!("/apps/deck/api/{{version}}/boards{rest}");
    let card = |rest: &str| api(&format!("/{{board}}/stacks/{{stack}}/cards/{{card}}{rest}"));
    let routes = Router::new()
        .route(&api(""), get(boards::list).post(boards::create))
        .route(
            &api("/{board}"),
            get(boards::read).put(boards::update).delete(boards::delete),
        )
        .route(&api("/{board}/undo_delete"), post(boards::undo_delete))
        .route(&api("/{board}/acl"), post(acl::create))
        .route(&api("/{board}/acl/{rule}"), put(acl::update).delete(acl::delete))
        .route(&api("/{board}/labels"), post(labels::create))
        .route(
            &api("/{board}/labels/{label}"),
            get(labels::read).put(labels::update).delete(labels::delete),
        )
        .route(&api("/{board}/stacks"), get(stacks::list).post(stacks::create))
        .route(&api("/{board}/stacks/archived"), get(stacks::archived))
        .route(
            &api("/{board}/stacks/{stack}"),
            get(stacks::read).put(stacks::update).delete(stacks::delete),
        )
        .route(&api("/{board}/stacks/{stack}/cards"), post(cards::create))
        .route(&card(""), get(cards::read).put(cards::update).delete(cards::delete))
        .route(&card("/archive"), put(cards::archive))
        .route(&card("/unarchive"), put(cards::unarchive))
        .route(&card("/reorder"), put(moves::reorder))
        .route(&card("/assignLabel"), put(labels::assign))
        .route(&card("/removeLabel"), put(labels::remove))
        .route(&card("/assignUser"), put(cards::assign_user))
        .route(&card("/unassignUser"), put(cards::unassign_user))
        .route(&card("/attachments"), get(attachments::list).post(attachments::upload))
        .route(&card("/attachments/{kind}/{attachment}"), delete(attachments::delete))
        .layer(DefaultBodyLimit::max(LARGEST_BODY));
    let path = "/apps/deck/api/v1.0";
    let routes = ocs::route(routes, &format!("{path}/config"), get(boards::config));
    let routes = ocs::route(
        routes,
        &format!("{path}/cards/{{card}}/comments"),
        get(comments::list).post(comments::create),
    );
    ocs::route(
        routes,
        &format!("{path}/cards/{{card}}/comments/{{comment}}"),
        put(comments::update).delete(comments::delete),
    )
}
