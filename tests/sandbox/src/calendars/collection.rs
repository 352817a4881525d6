//! Making, changing, deleting and restoring calendars.

use axum::response::Response;
use http::StatusCode;

use super::store::Calendar;
use super::{ALLOW, APPLE, created, missing, no_content};
use crate::dav::{DavCall, DavError, Element, Multistatus, encode, ns};

pub(super) async fn make(mut call: DavCall, name: &str) -> Result<Response, DavError> {
    let body = call.xml().await?;
    let properties: Vec<Element> = body
        .iter()
        .flat_map(|body| &body.children)
        .filter(|child| child.is(ns::DAV, "set"))
        .filter_map(|set| set.find(ns::DAV, "prop"))
        .flat_map(|prop| prop.children.clone())
        .collect();
    let is_calendar =
        |property: &Element| property.is(ns::DAV, "resourcetype") && property.find(ns::CAL, "calendar").is_some();
    if call.method == "MKCOL" && !properties.iter().any(is_calendar) {
        return Err(DavError::forbidden(
            "The resourceType you specified is not supported here",
        ));
    }
    let uid = call.user.uid.clone();
    let mut calendars = call.state.calendars();
    let taken = calendars.find(&uid, name).is_some() || matches!(name, "inbox" | "outbox" | "trashbin");
    if taken {
        return Err(DavError::method_not_allowed(
            "The resource you tried to create already exists",
            ALLOW,
        ));
    }
    let mut calendar = Calendar::new(name, &["VEVENT", "VTODO", "VJOURNAL"]);
    for property in &properties {
        set(&mut calendar, property);
    }
    calendars.home(&uid).calendars.push(calendar);
    Ok(created())
}

pub(super) async fn change(mut call: DavCall, name: &str) -> Result<Response, DavError> {
    let body = call
        .xml()
        .await?
        .ok_or_else(|| DavError::bad_request("The xml body was empty"))?;
    let uid = call.user.uid.clone();
    let mut calendars = call.state.calendars();
    let calendar = calendars.find_mut(&uid, name).ok_or_else(|| missing(name))?;
    let (mut outcomes, mut changed) = (Vec::new(), false);
    for change in &body.children {
        for property in change.find(ns::DAV, "prop").iter().flat_map(|prop| &prop.children) {
            if change.is(ns::DAV, "set") && set(calendar, property) {
                changed = true;
            }
            // Nextcloud says 200 even of what it does not change.
            outcomes.push((property.name.clone(), StatusCode::OK));
        }
    }
    calendar.version += u64::from(changed);
    let mut answer = Multistatus::default();
    answer.changed(&encode(["calendars", &uid, name], false), &outcomes);
    Ok(answer.into_response())
}

/// Sets a property; `false` for one that calendars do not have.
fn set(calendar: &mut Calendar, property: &Element) -> bool {
    let text = property.text.trim().to_owned();
    if property.is(ns::DAV, "displayname") {
        calendar.display_name = text;
    } else if property.is(ns::CAL, "calendar-description") {
        calendar.description = Some(text);
    } else if property.is(APPLE, "calendar-color") {
        calendar.color = Some(text);
    } else if property.is(ns::CAL, "calendar-timezone") {
        calendar.timezone = Some(text);
    } else if property.is(ns::OC, "calendar-enabled") {
        calendar.enabled = Some(text);
    } else if property.is(ns::CAL, "schedule-calendar-transp") {
        calendar.transparent = property.find(ns::CAL, "transparent").is_some();
    } else if property.is(ns::CAL, "supported-calendar-component-set") {
        let names = property.children.iter().filter_map(|comp| comp.attribute("name"));
        calendar.components = names.map(ToOwned::to_owned).collect();
    } else {
        return false;
    }
    true
}

/// Deletes into the trash, where the name stays taken, or for good.
pub(super) fn delete(call: &DavCall, name: &str) -> Result<Response, DavError> {
    let uid = &call.user.uid;
    let now = call.state.clock().unix();
    let for_good = call.header("x-nc-caldav-no-trashbin") == Some("1");
    let mut calendars = call.state.calendars();
    let seen = calendars.find(uid, name).ok_or_else(|| missing(name))?;
    if seen.owner != *uid {
        // Whom it is shared with only stops seeing it.
        if let Some(calendar) = calendars.find_mut(uid, name) {
            calendar.shares.remove(uid);
        }
        return Ok(no_content());
    }
    if seen.calendar.generated {
        return Err(DavError::forbidden("Access denied"));
    }
    let home = calendars.home(uid);
    if for_good {
        home.calendars.retain(|calendar| calendar.uri != name);
    } else if let Some(calendar) = home.calendars.iter_mut().find(|calendar| calendar.uri == name) {
        calendar.deleted_at = Some(now);
    }
    Ok(no_content())
}

/// `MOVE` to `trashbin/restore/…` takes a calendar out of the trash.
pub(super) fn restore(call: &DavCall, name: &str) -> Result<Response, DavError> {
    let destination = call.destination()?;
    let uid = &call.user.uid;
    let to_restore = matches!(
        destination.iter().map(String::as_str).collect::<Vec<_>>().as_slice(),
        ["calendars", owner, "trashbin", "restore", _] if owner == uid
    );
    if !to_restore {
        return Err(DavError::forbidden("Calendars cannot be moved"));
    }
    let mut calendars = call.state.calendars();
    let calendar = calendars.find_mut(uid, name).ok_or_else(|| missing(name))?;
    calendar.deleted_at = None;
    Ok(created())
}
