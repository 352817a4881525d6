//! `/remote.php/dav/`: what its trees share. A tree is one arm of [`serve`] and answers a [`DavCall`].

mod call;
mod error;
mod principals;
mod properties;
mod xml;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use http::{HeaderValue, StatusCode};

use crate::auth::DavUser;
use crate::{AppState, calendars, contacts, files};

pub(crate) use call::{DavCall, Depth, encode};
pub(crate) use error::DavError;
pub(crate) use properties::{Multistatus, Properties, Value, Wanted};
pub(crate) use xml::{Element, Name, escape};

/// Namespaces, spelt as on the wire.
pub(crate) mod ns {
    pub(crate) const DAV: &str = "DAV:";
    pub(crate) const OC: &str = "http://owncloud.org/ns";
    pub(crate) const NC: &str = "http://nextcloud.org/ns";
    pub(crate) const CAL: &str = "urn:ietf:params:xml:ns:caldav";
    pub(crate) const CARD: &str = "urn:ietf:params:xml:ns:carddav";
    pub(crate) const CS: &str = "http://calendarserver.org/ns/";
}

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/remote.php/dav", any(serve))
        .route("/remote.php/dav/", any(serve))
        .route("/remote.php/dav/{*path}", any(serve))
}

async fn serve(State(state): State<AppState>, DavUser(user): DavUser, request: Request) -> Response {
    let announces = matches!(request.method().as_str(), "PROPFIND" | "OPTIONS");
    let call = match DavCall::new(state, user, request) {
        Ok(call) => call,
        Err(error) => return error.into_response(),
    };
    let features = features(call.tree());
    let answer = match call.tree() {
        "" if call.method == "SEARCH" => files::serve_search(call).await,
        "" | "principals" => principals::serve(call).await,
        "calendars" => calendars::serve(call).await,
        "addressbooks" => contacts::serve(call).await,
        "files" => files::serve(call).await,
        "trashbin" => files::serve_trash(call).await,
        "versions" => files::serve_versions(call).await,
        "uploads" => files::serve_uploads(call).await,
        "systemtags" => files::serve_tags(call).await,
        "systemtags-relations" => files::serve_relations(call).await,
        "comments" => files::serve_comments(call).await,
        other => Err(DavError::not_found(format!("File not found: {other} in 'root'"))),
    };
    let mut response = answer.unwrap_or_else(DavError::into_response);
    if announces && response.status() != StatusCode::BAD_REQUEST {
        response.headers_mut().insert("DAV", HeaderValue::from_static(features));
    }
    response
}

/// What a tree says it can do. Sabre's plugins are loaded by tree, so they differ.
fn features(tree: &str) -> &'static str {
    match tree {
        "principals" => PRINCIPALS,
        "calendars" => CALENDARS,
        "addressbooks" => ADDRESS_BOOKS,
        _ => FILES,
    }
}

macro_rules! features {
    ($($own:literal)?) => {
        concat!(
            "1, 3, extended-mkcol, access-control, calendarserver-principal-property-search, ",
            $($own,)?
            "nc-paginate, nextcloud-checksum-update, nc-calendar-search, nc-enable-birthday-calendar"
        )
    };
}

const FILES: &str = features!();
const CALENDARS: &str = features!(
    "oc-resource-sharing, calendar-access, calendar-proxy, calendar-auto-schedule, calendar-availability, \
     nc-calendar-trashbin, nc-calendar-webcal-cache, calendarserver-subscribed, oc-calendar-publishing, \
     calendarserver-sharing, "
);
const ADDRESS_BOOKS: &str = features!("oc-resource-sharing, addressbook, ");
const PRINCIPALS: &str = features!(
    "oc-resource-sharing, calendar-access, calendar-proxy, calendar-auto-schedule, calendar-availability, \
     nc-calendar-trashbin, nc-calendar-webcal-cache, calendarserver-subscribed, oc-calendar-publishing, \
     calendarserver-sharing, addressbook, "
);

#[cfg(test)]
mod tests;
