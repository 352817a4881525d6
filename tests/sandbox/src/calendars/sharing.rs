//! Sharing a calendar (`oc:share`).

use axum::response::Response;
use http::{HeaderValue, StatusCode};

use super::missing;
use crate::dav::{DavCall, DavError, ns};
use crate::reply;

pub(super) async fn share(mut call: DavCall, name: &str) -> Result<Response, DavError> {
    let body = call
        .xml()
        .await?
        .filter(|body| body.is(ns::OC, "share"))
        .ok_or_else(|| DavError::bad_request("The xml body is no share"))?;
    let uid = call.user.uid.clone();
    let mut calendars = call.state.calendars();
    let owned = calendars.find(&uid, name).is_some_and(|seen| seen.owner == uid);
    let calendar = calendars
        .find_mut(&uid, name)
        .filter(|_| owned)
        .ok_or_else(|| missing(name))?;
    for change in &body.children {
        let href = change.find(ns::DAV, "href").map(|href| href.text.trim());
        let Some(other) = href.and_then(|href| href.strip_prefix("principal:principals/users/")) else {
            continue;
        };
        if change.is(ns::OC, "remove") {
            calendar.shares.remove(other);
        } else {
            let may_write = change.find(ns::OC, "read-write").is_some();
            calendar.shares.insert(other.to_owned(), may_write);
        }
    }
    let mut response = reply::empty(StatusCode::OK);
    response
        .headers_mut()
        .insert("x-sabre-status", HeaderValue::from_static("everything-went-well"));
    Ok(response)
}
