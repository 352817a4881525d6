//! Invitations between users of the same Nextcloud, and free/busy (RFC 6638).

use std::fmt::Write as _;

use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;

use super::ical::{Parsed, Span, basic, utc};
use super::store::{Calendars, Object, Seen};
use crate::dav::{DavCall, DavError, escape};
use crate::{AppState, random, reply};

/// Delivers an organiser's event to those invited who have an account: into the inbox and the personal calendar. Gives
/// the text with how delivery went.
pub(super) fn deliver(calendars: &mut Calendars, call: &DavCall, text: &str, now: u64) -> Result<String, DavError> {
    let Some(parsed) = Parsed::new(text) else {
        return Ok(text.to_owned());
    };
    let components = parsed.components();
    let organizer = components.iter().find_map(|component| component.organizer());
    if organizer.as_deref() != Some(call.user.email.as_str()) {
        return Ok(text.to_owned());
    }
    let invited: Vec<String> = components.iter().flat_map(|component| component.attendees()).collect();
    let uid = components
        .iter()
        .find_map(|component| component.text("UID"))
        .unwrap_or_default();
    let component = components.first().map(|component| component.name()).unwrap_or_default();
    let mut users: Vec<String> = invited.iter().filter_map(|email| user_of(&call.state, email)).collect();
    users.sort_unstable();
    users.dedup();
    users.retain(|user| *user != call.user.uid);
    if users.iter().any(|user| calendars.home(user).trash.contains(&uid)) {
        // A copy in the trash still has the UID, but is not found: it would be made again.
        return Err(DavError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "OC\\DB\\Exceptions\\DbalException",
            "An exception occurred while executing a query: SQLSTATE[23000]: Integrity constraint violation: 19 UNIQUE \
             constraint failed: oc_calendarobjects.calendarid, oc_calendarobjects.calendartype, oc_calendarobjects.uid",
        ));
    }
    for user in users {
        let name = format!("sabredav-{}.ics", random::alphanumeric(36));
        let object = Object::new(text.to_owned(), &component, &uid, now);
        let home = calendars.home(&user);
        home.inbox.insert(name.clone(), object.clone());
        if let Some(personal) = home.calendars.iter_mut().find(|calendar| calendar.uri == "personal") {
            let known = personal.objects.iter().find(|(_, known)| known.uid == uid);
            let name = known.map_or(name, |(name, _)| name.clone());
            personal.objects.insert(name.clone(), object);
            personal.touch(&name);
        }
    }
    Ok(parsed.with_status(|email| {
        let local = user_of(&call.state, email).is_some();
        (email != call.user.email).then_some(if local { "1.2" } else { "5.0" })
    }))
}

pub(super) fn user_of(state: &AppState, email: &str) -> Option<String> {
    let users = &state.options().users;
    let user = users.iter().find(|user| user.email.eq_ignore_ascii_case(email));
    user.map(|user| user.uid.clone())
}

/// `POST` of a `VFREEBUSY` request.
pub(super) async fn outbox(mut call: DavCall) -> Result<Response, DavError> {
    let body = call.bytes().await?;
    let text = String::from_utf8_lossy(&body).into_owned();
    let bad = || DavError::bad_request("The request body must be a valid iCalendar object");
    let parsed = Parsed::new(&text).ok_or_else(bad)?;
    let components = parsed.components();
    let question = components
        .iter()
        .find(|component| component.name() == "VFREEBUSY")
        .ok_or_else(|| {
            DavError::new(
                StatusCode::NOT_IMPLEMENTED,
                "NotImplemented",
                "We only support VFREEBUSY (REQUEST) on this endpoint",
            )
        })?;
    if question.organizer().as_deref() != Some(call.user.email.as_str()) {
        return Err(DavError::forbidden(
            "The organizer in the request did not match any of the addresses for the owner of this inbox",
        ));
    }
    let time = |name: &str| question.text(name).and_then(|text| utc(&text)).ok_or_else(bad);
    let range = (time("DTSTART")?, time("DTEND")?);
    let now = call.state.clock().unix();
    let uid = question.text("UID").unwrap_or_default();
    let mut responses = String::new();
    for email in question.attendees() {
        let answer = user_of(&call.state, &email).map(|user| {
            let seen = call.state.calendars().seen_by(&user);
            let more = [
                format!("ATTENDEE:mailto:{email}"),
                format!("UID:{uid}"),
                format!("ORGANIZER:mailto:{}", call.user.email),
            ];
            free_busy(&seen, range, now, &more)
        });
        let (status, data) = match answer {
            Some(text) => (
                "2.0;Success",
                format!("\n    <cal:calendar-data>{}</cal:calendar-data>", escape(&text)),
            ),
            None => ("3.7;Could not find principal", String::new()),
        };
        let _ = write!(
            responses,
            "  <cal:response>\n    <cal:recipient>\n      <d:href>mailto:{}</d:href>\n    </cal:recipient>\n    \
             <cal:request-status>{status}</cal:request-status>{data}\n  </cal:response>\n",
            escape(&email)
        );
    }
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<cal:schedule-response xmlns:d=\"DAV:\" \
         xmlns:cal=\"urn:ietf:params:xml:ns:caldav\">\n{responses}</cal:schedule-response>\n"
    );
    Ok(reply::text(StatusCode::OK, "application/xml", body))
}

/// When somebody with these calendars is busy, as a `VFREEBUSY`. `more` are further lines of it.
pub(super) fn free_busy(seen: &[Seen], (from, to): Span, now: u64, more: &[String]) -> String {
    let mut busy: Vec<Span> = Vec::new();
    let live = seen
        .iter()
        .filter(|seen| !seen.calendar.transparent && seen.calendar.deleted_at.is_none());
    for object in live.flat_map(|seen| seen.calendar.objects.values()) {
        let Some(parsed) = Parsed::new(&object.text).filter(|_| object.component == "VEVENT") else {
            continue;
        };
        let components = parsed.components();
        let is = |name: &str, value: &str| {
            let first = components.first().and_then(|component| component.text(name));
            first.is_some_and(|text| text.eq_ignore_ascii_case(value))
        };
        if is("TRANSP", "TRANSPARENT") || is("STATUS", "CANCELLED") {
            continue;
        }
        let spans = parsed.spans((from, to)).unwrap_or_default();
        busy.extend(spans.iter().filter(|(start, end)| *start < to && *end > from));
    }
    busy.sort_unstable();
    let mut merged: Vec<Span> = Vec::new();
    for (start, end) in busy {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    let stamp = i64::try_from(now).ok().and_then(|now| Timestamp::from_second(now).ok());
    let head = if more.is_empty() { "" } else { "METHOD:REPLY\n" };
    let mut text = format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Sabre//Sabre VObject 4.5.6//EN\nCALSCALE:GREGORIAN\n{head}\
         BEGIN:VFREEBUSY\nDTSTART:{}\nDTEND:{}\nDTSTAMP:{}\n",
        basic(from),
        basic(to),
        basic(stamp.unwrap_or_default())
    );
    for (start, end) in merged {
        let _ = writeln!(text, "FREEBUSY:{}/{}", basic(start), basic(end));
    }
    for line in more {
        text.push_str(line);
        text.push('\n');
    }
    text.push_str("END:VFREEBUSY\nEND:VCALENDAR\n");
    text
}
