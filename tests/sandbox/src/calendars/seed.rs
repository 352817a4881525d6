//! Calendars and tasks to look at in a new sandbox.

use jiff::{Timestamp, ToSpan};

use super::ical::basic;
use super::store::{Calendar, Calendars, Object};

/// An event: title, days from today, hour, length in minutes, rule.
const EVENTS: [(&str, i64, i64, i64, &str); 4] = [
    ("Team breakfast", 1, 8, 45, ""),
    ("Weekly planning", 2, 9, 60, "RRULE:FREQ=WEEKLY;COUNT=20\r\n"),
    ("Dentist", 4, 14, 30, ""),
    ("Choir", 6, 18, 120, "RRULE:FREQ=WEEKLY\r\n"),
];
/// A task: title, days until it is due, priority.
const TASKS: [(&str, i64, u8); 3] = [
    ("Renew passport", 10, 1),
    ("Water the plants", 1, 5),
    ("Order printer paper", 3, 0),
];

/// Gives the first user events and a list of tasks.
pub(crate) fn seed(calendars: &mut Calendars, uids: &[&str], now: u64) {
    let Some(uid) = uids.first() else { return };
    let Some(today) = i64::try_from(now)
        .ok()
        .and_then(|now| Timestamp::from_second(now - now % 86_400).ok())
    else {
        return;
    };
    let at = |days: i64, hours: i64| basic(today + (days * 24 + hours).hours());
    let home = calendars.home(uid);
    for (number, (title, days, hour, minutes, rule)) in EVENTS.into_iter().enumerate() {
        let name = format!("sample-event-{number}");
        let start = at(days, hour);
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//sandbox//EN\r\nBEGIN:VEVENT\r\nUID:{name}\r\nDTSTAMP:{}\r\n\
             DTSTART:{start}\r\nDURATION:PT{minutes}M\r\n{rule}SUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            at(0, 0)
        );
        if let Some(personal) = home.calendars.first_mut() {
            personal
                .objects
                .insert(format!("{name}.ics"), Object::new(text, "VEVENT", &name, now));
        }
    }
    let mut tasks = Calendar::new("tasks", &["VTODO"]);
    "Tasks".clone_into(&mut tasks.display_name);
    for (number, (title, days, priority)) in TASKS.into_iter().enumerate() {
        let name = format!("sample-task-{number}");
        let text = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//sandbox//EN\r\nBEGIN:VTODO\r\nUID:{name}\r\nDTSTAMP:{}\r\n\
             DUE:{}\r\nPRIORITY:{priority}\r\nSTATUS:NEEDS-ACTION\r\nSUMMARY:{title}\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
            at(0, 0),
            at(days, 12)
        );
        tasks
            .objects
            .insert(format!("{name}.ics"), Object::new(text, "VTODO", &name, now));
    }
    home.calendars.push(tasks);
}
