//! Reading, storing, deleting and moving objects.

use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::ical::Parsed;
use super::store::Object;
use super::{created, itip, missing, no_content, scheduling};
use crate::dav::{DavCall, DavError};
use crate::{random, reply};

const OC_ETAG: HeaderName = HeaderName::from_static("oc-etag");
const WARNING: HeaderName = HeaderName::from_static("x-sabre-ew-gross");

fn no_object() -> DavError {
    DavError::not_found("Calendar object not found")
}

pub(super) fn read(call: &DavCall, calendar: &str, name: &str) -> Result<Response, DavError> {
    let seen = call
        .state
        .calendars()
        .find(&call.user.uid, calendar)
        .ok_or_else(|| missing(calendar))?;
    let object = seen.calendar.objects.get(name).ok_or_else(no_object)?;
    let mut response = reply::text(StatusCode::OK, "text/calendar; charset=utf-8", object.text.clone());
    let headers = response.headers_mut();
    let modified = std::time::UNIX_EPOCH + std::time::Duration::from_secs(object.modified);
    let values = [
        (
            header::CONTENT_TYPE,
            format!(
                "text/calendar; charset=utf-8; component={}",
                object.component.to_lowercase()
            ),
        ),
        (header::LAST_MODIFIED, httpdate::fmt_http_date(modified)),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{name}; filename=\"{name}\""),
        ),
    ];
    for (name, value) in values {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    tag(&mut response, &object.etag);
    Ok(response)
}

fn tag(response: &mut Response, etag: &str) {
    if let Ok(value) = HeaderValue::from_str(&format!("\"{etag}\"")) {
        response.headers_mut().insert(header::ETAG, value.clone());
        response.headers_mut().insert(OC_ETAG, value);
    }
}

/// `If-Match` and `If-None-Match` (RFC 9110 §13.1) as Sabre checks them.
fn check(call: &DavCall, object: Option<&Object>) -> Result<(), DavError> {
    if let Some(wanted) = call.header("if-match") {
        let Some(object) = object else {
            return Err(DavError::precondition(
                "An If-Match header was specified and the resource did not exist",
                "If-Match",
            ));
        };
        let current = format!("\"{}\"", object.etag);
        if wanted.trim() != "*" && !wanted.split(',').any(|wanted| wanted.trim() == current) {
            let message = "An If-Match header was specified, but none of the specified ETags matched.";
            return Err(DavError::precondition(message, "If-Match").with_header(header::ETAG, &current));
        }
    }
    if let (Some(unwanted), Some(object)) = (call.header("if-none-match"), object) {
        let current = format!("\"{}\"", object.etag);
        if unwanted.trim() == "*" || unwanted.split(',').any(|unwanted| unwanted.trim() == current) {
            return Err(DavError::precondition(
                "An If-None-Match header was specified, but the ETag matched (or * was specified).",
                "If-None-Match",
            ));
        }
    }
    Ok(())
}

pub(super) async fn write(mut call: DavCall, calendar: &str, name: &str) -> Result<Response, DavError> {
    let body = call.bytes().await?;
    let uid = call.user.uid.clone();
    let now = call.state.clock().unix();
    let text = String::from_utf8_lossy(&body).into_owned();
    let mut calendars = call.state.calendars();
    let seen = calendars.find(&uid, calendar).ok_or_else(|| missing(calendar))?;
    if !seen.may_write {
        return Err(if seen.owner == uid {
            DavError::forbidden("Access denied")
        } else {
            // As recorded: a calendar shared for reading is not even found.
            DavError::not_found(format!("Calendar with name '{calendar}' could not be found"))
        });
    }
    let old = seen.calendar.objects.get(name);
    check(&call, old)?;
    let (checked, mut text) = validate(&seen.calendar.components, &text)?;
    let clash = |(other, object): (&String, &Object)| other != name && object.uid == checked.uid;
    if seen.calendar.objects.iter().any(clash) {
        return Err(DavError::bad_request(
            "Calendar object with uid already exists in this calendar collection.",
        ));
    }
    let is_new = old.is_none();
    let before = text.clone();
    if let Some(old) = old {
        itip::leave(&mut calendars, &call, old, Some(&text), now)?;
    }
    text = scheduling::deliver(&mut calendars, &call, &text, now)?;
    let changed = checked.warning || text != before;
    let object = Object::new(text, &checked.component, &checked.uid, now);
    let etag = object.etag.clone();
    let target = calendars.find_mut(&uid, calendar).ok_or_else(|| missing(calendar))?;
    target.objects.insert(name.to_owned(), object);
    target.touch(name);
    let mut response = if is_new { created() } else { no_content() };
    if !changed {
        tag(&mut response, &etag);
    }
    if checked.warning {
        let warning = format!(
            "iCalendar validation warning: UID MUST appear exactly once in a {} component",
            checked.component
        );
        let value = HeaderValue::from_str(&warning).ok();
        response.headers_mut().extend(value.map(|value| (WARNING, value)));
    }
    Ok(response)
}

struct Checked {
    component: String,
    uid: String,
    /// Something was put right.
    warning: bool,
}

/// What Sabre insists on. Much else it stores as sent: wrong STATUS, PRIORITY, an end before the start of an event.
fn validate(allowed: &[String], text: &str) -> Result<(Checked, String), DavError> {
    let invalid = |message: String| DavError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message);
    let Some(parsed) = Parsed::new(text) else {
        return Err(invalid(
            "This resource only supports valid iCalendar 2.0 data. Parse error: This parser only supports VCARD and \
             VCALENDAR files"
                .to_owned(),
        ));
    };
    let components = parsed.components();
    let Some(first) = components.first() else {
        return Err(invalid(
            "Validation error in iCalendar: There are no components".to_owned(),
        ));
    };
    let component = first.name();
    if !allowed.contains(&component) {
        return Err(DavError::new(
            StatusCode::FORBIDDEN,
            "Sabre\\CalDAV\\Exception\\InvalidComponentType",
            format!(
                "iCalendar objects must at least have a component of type {}",
                allowed.join(", ")
            ),
        )
        .with_xml("<cal:supported-calendar-component xmlns:cal=\"urn:ietf:params:xml:ns:caldav\"/>"));
    }
    if component == "VEVENT" && components.iter().any(|component| component.line("DTSTART").is_none()) {
        return Err(invalid(
            "Validation error in iCalendar: DTSTART MUST appear exactly once in a VEVENT component".to_owned(),
        ));
    }
    if component == "VTODO"
        && let (Some(start), Some(due)) = (first.line("DTSTART"), first.line("DUE"))
    {
        if start.raw_value_str().len() != due.raw_value_str().trim_end_matches('Z').len()
            && start.raw_value_str().trim_end_matches('Z').len() != due.raw_value_str().trim_end_matches('Z').len()
        {
            return Err(invalid(
                "Validation error in iCalendar: The value type (DATE or DATE-TIME) must be identical for DUE and DTSTART"
                    .to_owned(),
            ));
        }
        if due.raw_value_str() < start.raw_value_str() {
            return Err(invalid(
                "Validation error in iCalendar: DUE must occur after DTSTART".to_owned(),
            ));
        }
    }
    let given = first.text("UID");
    let warning = given.is_none();
    let uid = given.unwrap_or_else(|| format!("sabre-vobject-{}", random::alphanumeric(32)));
    let text = if warning {
        parsed.with_line("UID", &uid)
    } else {
        text.to_owned()
    };
    Ok((
        Checked {
            component,
            uid,
            warning,
        },
        text,
    ))
}

pub(super) fn delete(call: &DavCall, calendar: &str, name: &str) -> Result<Response, DavError> {
    let uid = &call.user.uid;
    let mut calendars = call.state.calendars();
    if calendar == "inbox" {
        return calendars
            .home(uid)
            .inbox
            .remove(name)
            .map(|_| no_content())
            .ok_or_else(no_object);
    }
    let seen = calendars.find(uid, calendar).ok_or_else(|| missing(calendar))?;
    let object = seen.calendar.objects.get(name).ok_or_else(no_object)?;
    check(call, Some(object))?;
    if !seen.may_write {
        return Err(DavError::forbidden("Access denied"));
    }
    let now = call.state.clock().unix();
    itip::leave(&mut calendars, call, object, None, now)?;
    itip::decline(&mut calendars, call, object, now);
    if seen.owner == *uid && seen.calendar.uri == "personal" {
        calendars.home(uid).trash.insert(object.uid.clone());
    }
    let target = calendars.find_mut(uid, calendar).ok_or_else(|| missing(calendar))?;
    target.objects.remove(name);
    target.touch(name);
    Ok(no_content())
}

/// `MOVE` and `COPY` of an object to a calendar of the same user's.
pub(super) fn relocate(call: &DavCall, calendar: &str, name: &str, method: &str) -> Result<Response, DavError> {
    let uid = &call.user.uid;
    let destination = call.destination()?;
    let [_, owner, target, target_name] = destination.as_slice() else {
        return Err(DavError::forbidden("Objects stay in calendars"));
    };
    if owner != uid {
        return Err(DavError::forbidden("Access denied"));
    }
    let mut calendars = call.state.calendars();
    let source = calendars.find(uid, calendar).ok_or_else(|| missing(calendar))?;
    let object = source.calendar.objects.get(name).cloned().ok_or_else(no_object)?;
    let seen = calendars
        .find(uid, target)
        .ok_or_else(|| DavError::conflict("The destination node is not found"))?;
    let moves = method == "MOVE";
    if !seen.may_write || moves && !source.may_write {
        return Err(DavError::forbidden("Access denied"));
    }
    let taken = seen.calendar.objects.contains_key(target_name);
    if taken && call.header("overwrite") == Some("F") {
        return Err(DavError::precondition(
            "The destination node already exists, and the overwrite header is set to false",
            "Overwrite",
        ));
    }
    if moves && let Some(source) = calendars.find_mut(uid, calendar) {
        source.objects.remove(name);
        source.touch(name);
    }
    let into = calendars.find_mut(uid, target).ok_or_else(|| missing(target))?;
    into.objects.insert(target_name.clone(), object);
    into.touch(target_name);
    Ok(if taken { no_content() } else { created() })
}
