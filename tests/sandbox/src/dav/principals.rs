//! The root and the users' principals: who the login is, and where its collections are.

use axum::response::Response;

use super::xml::escape;
use super::{DavCall, DavError, Multistatus, Properties, Value, encode, ns};

pub(super) async fn serve(mut call: DavCall) -> Result<Response, DavError> {
    if call.method != "PROPFIND" {
        return Err(DavError::method_not_allowed(
            "This method is not served here",
            "OPTIONS, PROPFIND, PROPPATCH, REPORT",
        ));
    }
    let wanted = call.wanted().await?;
    let me = principal(&call.user.uid);
    let mut properties = Properties::default();
    let path: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match path.as_slice() {
        [] | ["principals"] | ["principals", "users"] => properties.xml(ns::DAV, "resourcetype", "<d:collection/>"),
        ["principals", "users", uid] => {
            let unknown = || DavError::not_found(format!("Principal with name {uid} not found"));
            let user = call.state.user(uid).ok_or_else(unknown)?;
            let home = |tree: &str, rest: &[&str]| {
                let segments = tree.split('/').chain([user.uid.as_str()]).chain(rest.iter().copied());
                link(&encode(segments, true))
            };
            properties.xml(ns::DAV, "resourcetype", "<d:principal/>");
            properties.text(ns::DAV, "displayname", user.display_name.clone());
            let mut named = |namespace, local, xml| properties.named(namespace, local, Value::Xml(xml));
            named(ns::CAL, "calendar-home-set", home("calendars", &[]));
            named(ns::CAL, "schedule-inbox-URL", home("calendars", &["inbox"]));
            named(ns::CAL, "schedule-outbox-URL", home("calendars", &["outbox"]));
            named(
                ns::CAL,
                "schedule-default-calendar-URL",
                home("calendars", &["personal"]),
            );
            named(ns::CARD, "addressbook-home-set", home("addressbooks/users", &[]));
            let addresses = link(&format!("mailto:{}", user.email)) + &link(&principal(&user.uid));
            named(ns::CAL, "calendar-user-address-set", addresses);
            named(ns::DAV, "principal-URL", link(&principal(&user.uid)));
        }
        [.., last] => {
            return Err(DavError::not_found(format!(
                "Node with name '{last}' could not be found"
            )));
        }
    }
    properties.named(ns::DAV, "current-user-principal", Value::Xml(link(&me)));
    let mut answer = Multistatus::default();
    answer.give(&encode(&call.segments, true), &wanted, &properties);
    Ok(answer.into_response())
}

/// The principal's href.
pub(crate) fn principal(uid: &str) -> String {
    encode(["principals", "users", uid], true)
}

fn link(href: &str) -> String {
    format!("<d:href>{}</d:href>", escape(href))
}
