//! CalDAV: `/remote.php/dav/calendars/{user}/`, with sharing, the trash and scheduling as far as was recorded.

mod collection;
mod ical;
mod itip;
mod listing;
mod objects;
mod query;
mod reports;
mod scheduling;
mod seed;
mod sharing;
mod store;

use axum::response::Response;
use http::StatusCode;

use crate::dav::{DavCall, DavError};
use crate::reply;

pub(crate) use seed::seed;
pub(crate) use store::Calendars;

/// The namespace of Nextcloud's calendar trash.
const NEXTCLOUD: &str = "http://nextcloud.com/ns";
/// Apple's colour and order.
const APPLE: &str = "http://apple.com/ns/ical/";
const ALLOW: &str = "OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, PROPPATCH, COPY, MOVE, REPORT";

/// Answers a request below `/remote.php/dav/calendars/`.
pub(crate) async fn serve(call: DavCall) -> Result<Response, DavError> {
    let path: Vec<String> = call.segments.iter().skip(1).cloned().collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let Some(owner) = path.first() else {
        return Err(DavError::forbidden(
            "Listing children in this collection has been disabled",
        ));
    };
    if *owner != call.user.uid {
        return Err(foreign(&call, &path));
    }
    match (call.method.as_str(), path.as_slice()) {
        ("PROPFIND", [_]) => listing::home(call).await,
        ("REPORT", [_]) => reports::home(call).await,
        ("POST", [_, "outbox"]) => scheduling::outbox(call).await,
        ("PROPFIND", [_, "trashbin", "objects"]) => {
            Err(DavError::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", ""))
        }
        ("PROPFIND", [_, calendar]) => listing::calendar(call, calendar).await,
        ("REPORT", [_, calendar]) => reports::calendar(call, calendar).await,
        ("MKCALENDAR" | "MKCOL", [_, calendar]) => collection::make(call, calendar).await,
        ("PROPPATCH", [_, calendar]) => collection::change(call, calendar).await,
        ("DELETE", [_, calendar]) => collection::delete(&call, calendar),
        ("MOVE", [_, calendar]) => collection::restore(&call, calendar),
        ("POST", [_, calendar]) => sharing::share(call, calendar).await,
        ("PROPFIND", [_, calendar, object]) => listing::object(call, calendar, object).await,
        ("GET" | "HEAD", [_, calendar, object]) => objects::read(&call, calendar, object),
        ("PUT", [_, calendar, object]) => objects::write(call, calendar, object).await,
        ("DELETE", [_, calendar, object]) => objects::delete(&call, calendar, object),
        (method @ ("MOVE" | "COPY"), [_, calendar, object]) => objects::relocate(&call, calendar, object, method),
        (_, [_, ..]) => Err(DavError::method_not_allowed("This method is not served here", ALLOW)),
        (_, []) => Err(DavError::not_found("Node with name '' could not be found")),
    }
}

/// Of others' homes nothing is to be seen, not even whether they exist.
fn foreign(call: &DavCall, path: &[&str]) -> DavError {
    let owner = path.first().copied().unwrap_or_default();
    if call.state.user(owner).is_none() {
        return DavError::not_found(format!("Principal with name {owner} not found"));
    }
    missing(path.last().copied().unwrap_or_default())
}

fn missing(name: &str) -> DavError {
    DavError::not_found(format!("Node with name '{name}' could not be found"))
}

fn created() -> Response {
    reply::empty(StatusCode::CREATED)
}

fn no_content() -> Response {
    reply::empty(StatusCode::NO_CONTENT)
}
