//! What Nextcloud tells the others when an invitation changes or goes (RFC 5546), as recorded.

use http::StatusCode;

use super::ical::Parsed;
use super::scheduling::user_of;
use super::store::{Calendars, Object};
use crate::dav::{DavCall, DavError};
use crate::random;

/// Those in `old` whom `text`, the next version if there is one, no longer invites get a cancellation.
pub(super) fn leave(
    calendars: &mut Calendars,
    call: &DavCall,
    old: &Object,
    text: Option<&str>,
    now: u64,
) -> Result<(), DavError> {
    let (Some(before), after) = (Parsed::new(&old.text), text.and_then(Parsed::new)) else {
        return Ok(());
    };
    let components = before.components();
    let organizer = components.iter().find_map(|component| component.organizer());
    let me = call.user.email.as_str();
    if organizer.as_deref() != Some(me) {
        return Ok(());
    }
    let next = after.as_ref().map(Parsed::components).unwrap_or_default();
    let stay: Vec<String> = next.iter().flat_map(|component| component.attendees()).collect();
    let mut gone: Vec<String> = components.iter().flat_map(|component| component.attendees()).collect();
    gone.retain(|email| email != me && !stay.contains(email));
    let has_main = next
        .iter()
        .any(|component| component.line("RECURRENCE-ID").is_none() && !component.attendees().is_empty());
    if text.is_some() && !gone.is_empty() && !has_main {
        // Its broker copies the main component of those with attendees, whether there is one or not.
        let message = "__clone method called on non-object";
        return Err(DavError::new(StatusCode::INTERNAL_SERVER_ERROR, "Error", message));
    }
    for user in gone.iter().filter_map(|email| user_of(&call.state, email)) {
        let home = calendars.home(&user);
        let message = Object::new(cancelled(&old.text, true), &old.component, &old.uid, now);
        home.inbox
            .insert(format!("sabredav-{}.ics", random::alphanumeric(36)), message);
        for calendar in &mut home.calendars {
            let known = calendar.objects.iter_mut().find(|(_, known)| known.uid == old.uid);
            if let Some((name, object)) = known {
                let name = name.clone();
                *object = Object::new(cancelled(&object.text, false), &old.component, &old.uid, now);
                calendar.touch(&name);
            }
        }
    }
    Ok(())
}

/// Whoever deletes their copy of an invitation declines it.
pub(super) fn decline(calendars: &mut Calendars, call: &DavCall, copy: &Object, now: u64) {
    let Some(parsed) = Parsed::new(&copy.text) else { return };
    let components = parsed.components();
    let organizer = components.iter().find_map(|component| component.organizer());
    let me = &call.user.email;
    let invited = components.iter().any(|component| component.attendees().contains(me));
    let Some(user) = organizer
        .filter(|email| email != me && invited)
        .and_then(|email| user_of(&call.state, &email))
    else {
        return;
    };
    for calendar in &mut calendars.home(&user).calendars {
        let known = calendar.objects.iter_mut().find(|(_, known)| known.uid == copy.uid);
        if let Some((name, object)) = known {
            let name = name.clone();
            let text = declined(&object.text, me);
            *object = Object::new(text, &copy.component, &copy.uid, now);
            calendar.touch(&name);
        }
    }
}

fn declined(text: &str, email: &str) -> String {
    let end = format!(":mailto:{email}");
    let mut declined = String::with_capacity(text.len());
    for line in text.replace("\r\n ", "").split_inclusive('\n') {
        let plain = line.trim_end().to_ascii_lowercase();
        if plain.starts_with("attendee") && plain.ends_with(&end) {
            declined.push_str("ATTENDEE;PARTSTAT=DECLINED;SCHEDULE-STATUS=2.0");
            declined.push_str(&end);
            declined.push_str("\r\n");
        } else {
            declined.push_str(line);
        }
    }
    declined
}

/// The text with every event in it cancelled; as the message in the inbox it says so itself.
fn cancelled(text: &str, message: bool) -> String {
    let mut cancelled = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        match line.trim_end() {
            "END:VEVENT" if !message => cancelled.push_str("STATUS:CANCELLED\r\n"),
            status if status.starts_with("STATUS:") => continue,
            _ => {}
        }
        cancelled.push_str(line);
        if message && line.trim_end() == "VERSION:2.0" {
            cancelled.push_str("METHOD:CANCEL\r\n");
        }
    }
    cancelled
}
