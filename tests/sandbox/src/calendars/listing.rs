//! `PROPFIND`: homes, calendars and objects.

use axum::response::Response;
use http::StatusCode;

use super::store::{Object, Seen};
use super::{APPLE, NEXTCLOUD, missing};
use crate::dav::{DavCall, DavError, Depth, Multistatus, Properties, Value, Wanted, encode, escape, ns};

const READ: &str = "<d:privilege><d:read/></d:privilege><d:privilege><d:read-acl/></d:privilege>\
                    <d:privilege><d:read-current-user-privilege-set/></d:privilege>";
const WRITE: &str = "<d:privilege><d:write/></d:privilege><d:privilege><d:write-properties/></d:privilege>\
                     <d:privilege><d:write-content/></d:privilege><d:privilege><d:unlock/></d:privilege>\
                     <d:privilege><d:bind/></d:privilege><d:privilege><d:unbind/></d:privilege>\
                     <d:privilege><d:write-acl/></d:privilege>";
const INBOX: &str = "<d:privilege><cal:schedule-deliver/></d:privilege><d:privilege><cal:schedule-deliver-invite/></d:privilege>\
                     <d:privilege><cal:schedule-deliver-reply/></d:privilege><d:privilege><cal:schedule-query-freebusy/></d:privilege>\
                     <d:privilege><d:unbind/></d:privilege><d:privilege><d:write-properties/></d:privilege>";
const OUTBOX: &str = "<d:privilege><cal:schedule-send/></d:privilege><d:privilege><cal:schedule-send-invite/></d:privilege>\
                      <d:privilege><cal:schedule-send-reply/></d:privilege><d:privilege><cal:schedule-send-freebusy/></d:privilege>\
                      <d:privilege><cal:schedule-post-vevent/></d:privilege>";

pub(super) async fn home(mut call: DavCall) -> Result<Response, DavError> {
    let wanted = call.wanted().await?;
    let uid = call.user.uid.clone();
    let mut answer = Multistatus::default();
    let mut properties = Properties::default();
    properties.xml(ns::DAV, "resourcetype", "<d:collection/>");
    properties.named(
        ns::DAV,
        "current-user-privilege-set",
        Value::Xml(format!("{WRITE}{READ}")),
    );
    properties.named(ns::DAV, "owner", principal(&uid));
    answer.give(&encode(["calendars", &uid], true), &wanted, &properties);
    if call.depth(Depth::One) != Depth::Zero {
        let seen = call.state.calendars().seen_by(&uid);
        for seen in &seen {
            let href = encode(["calendars", &uid, &seen.uri], true);
            answer.give(&href, &wanted, &of_calendar(&call, seen));
        }
        for name in ["inbox", "outbox", "trashbin"] {
            let href = encode(["calendars", &uid, name], true);
            answer.give(&href, &wanted, &of_special(&uid, name));
        }
    }
    Ok(answer.into_response())
}

pub(super) async fn calendar(mut call: DavCall, name: &str) -> Result<Response, DavError> {
    let wanted = call.wanted().await?;
    let uid = call.user.uid.clone();
    let href = encode(["calendars", &uid, name], true);
    let mut answer = Multistatus::default();
    let objects = if matches!(name, "inbox" | "outbox" | "trashbin") {
        answer.give(&href, &wanted, &of_special(&uid, name));
        match name {
            "inbox" => call.state.calendars().home(&uid).inbox.clone(),
            _ => std::collections::BTreeMap::new(),
        }
    } else {
        let seen = call.state.calendars().find(&uid, name).ok_or_else(|| missing(name))?;
        answer.give(&href, &wanted, &of_calendar(&call, &seen));
        seen.calendar.objects
    };
    if call.depth(Depth::One) != Depth::Zero {
        for (object_name, object) in &objects {
            let href = encode(["calendars", &uid, name, object_name], false);
            answer.give(&href, &wanted, &of_object(object, name != "inbox"));
        }
    }
    Ok(answer.into_response())
}

pub(super) async fn object(mut call: DavCall, calendar: &str, name: &str) -> Result<Response, DavError> {
    let wanted = call.wanted().await?;
    let uid = call.user.uid.clone();
    let seen = call
        .state
        .calendars()
        .find(&uid, calendar)
        .ok_or_else(|| missing(calendar))?;
    let object = seen
        .calendar
        .objects
        .get(name)
        .ok_or_else(|| DavError::not_found("Calendar object not found"))?;
    let mut answer = Multistatus::default();
    answer.give(
        &encode(["calendars", &uid, calendar, name], false),
        &wanted,
        &of_object(object, true),
    );
    Ok(answer.into_response())
}

fn principal(uid: &str) -> Value {
    Value::Xml(format!(
        "<d:href>{}</d:href>",
        encode(["principals", "users", uid], true)
    ))
}

fn of_special(uid: &str, name: &str) -> Properties {
    let (kind, privileges) = match name {
        "inbox" => ("<cal:schedule-inbox/>".to_owned(), format!("{INBOX}{READ}")),
        "outbox" => ("<cal:schedule-outbox/>".to_owned(), format!("{OUTBOX}{READ}")),
        _ => (
            format!("<x2:trash-bin xmlns:x2=\"{NEXTCLOUD}\"/>"),
            // In the recorded order: reading, writing, and reading of access rules.
            format!(
                "<d:privilege><d:all/></d:privilege><d:privilege><d:read/></d:privilege>{WRITE}{}",
                READ.trim_start_matches("<d:privilege><d:read/></d:privilege>")
            ),
        ),
    };
    let mut properties = Properties::default();
    properties.xml(ns::DAV, "resourcetype", format!("<d:collection/>{kind}"));
    properties.named(ns::DAV, "current-user-privilege-set", Value::Xml(privileges));
    properties.named(ns::DAV, "owner", principal(uid));
    properties
}

fn of_calendar(call: &DavCall, seen: &Seen) -> Properties {
    let calendar = &seen.calendar;
    let owner_name = call
        .state
        .user(&seen.owner)
        .map_or_else(|| seen.owner.clone(), |user| user.display_name.clone());
    let own = seen.owner == call.user.uid;
    let mut properties = Properties::default();
    let kind = match calendar.deleted_at {
        Some(_) => format!("<d:collection/><x1:deleted-calendar xmlns:x1=\"{NEXTCLOUD}\"/>"),
        None => "<d:collection/><cal:calendar/>".to_owned(),
    };
    properties.xml(ns::DAV, "resourcetype", kind);
    properties.text(ns::CS, "getctag", calendar.token());
    properties.named(ns::DAV, "sync-token", Value::Text(calendar.token()));
    properties.text("http://sabredav.org/ns", "sync-token", calendar.version.to_string());
    let components = calendar.components.iter().fold(String::new(), |all, name| {
        format!("{all}<cal:comp name=\"{}\"/>", escape(name))
    });
    properties.xml(ns::CAL, "supported-calendar-component-set", components);
    let transparent = if calendar.transparent {
        "<cal:transparent/>"
    } else {
        "<cal:opaque/>"
    };
    properties.xml(ns::CAL, "schedule-calendar-transp", transparent);
    let display_name = if own {
        calendar.display_name.clone()
    } else {
        format!("{} ({owner_name})", calendar.display_name)
    };
    properties.text(ns::DAV, "displayname", display_name);
    properties.text(APPLE, "calendar-order", "0");
    let optional = [
        (APPLE, "calendar-color", &calendar.color),
        (ns::CAL, "calendar-description", &calendar.description),
        (ns::CAL, "calendar-timezone", &calendar.timezone),
        (ns::OC, "calendar-enabled", &calendar.enabled),
    ];
    for (namespace, local, value) in optional {
        if let Some(value) = value {
            properties.text(namespace, local, value.clone());
        }
    }
    if let Some(at) = calendar.deleted_at {
        let at = i64::try_from(at)
            .ok()
            .and_then(|at| jiff::Timestamp::from_second(at).ok());
        let at = at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string());
        properties.text(NEXTCLOUD, "deleted-at", at.unwrap_or_default());
    }
    properties.text(NEXTCLOUD, "owner-displayname", owner_name);
    let write = if seen.may_write {
        WRITE
    } else {
        "<d:privilege><d:write-properties/></d:privilege>"
    };
    let privileges = format!("{write}{READ}<d:privilege><cal:read-free-busy/></d:privilege>");
    properties.named(ns::DAV, "current-user-privilege-set", Value::Xml(privileges));
    let owner_principal = Value::Text(format!("principals/users/{}", seen.owner));
    properties.named(ns::OC, "owner-principal", owner_principal);
    properties.named(ns::DAV, "owner", principal(&seen.owner));
    properties.named(ns::OC, "invite", Value::Xml(String::new()));
    properties
}

/// The properties of an object; those in the inbox do not say what they are.
pub(super) fn of_object(object: &Object, with_component: bool) -> Properties {
    let mut properties = Properties::default();
    let modified = std::time::UNIX_EPOCH + std::time::Duration::from_secs(object.modified);
    properties.text(ns::DAV, "getlastmodified", httpdate::fmt_http_date(modified));
    properties.text(ns::DAV, "getcontentlength", object.text.len().to_string());
    properties.xml(ns::DAV, "resourcetype", "");
    properties.text(ns::DAV, "getetag", format!("\"{}\"", object.etag));
    let component = if with_component {
        format!("; component={}", object.component.to_lowercase())
    } else {
        String::new()
    };
    properties.text(
        ns::DAV,
        "getcontenttype",
        format!("text/calendar; charset=utf-8{component}"),
    );
    properties.named(
        ns::CAL,
        "calendar-data",
        Value::Xml(escape(&object.text).replace('\r', "&#13;")),
    );
    properties
}

/// `Wanted` of a report without `<d:prop>`: nothing but the href.
pub(super) fn wanted(report: &crate::dav::Element) -> Wanted {
    match Wanted::of(report) {
        Wanted::All => Wanted::Named(Vec::new()),
        named @ Wanted::Named(_) => named,
    }
}

/// 404 of a member that is gone.
pub(super) const GONE: StatusCode = StatusCode::NOT_FOUND;
