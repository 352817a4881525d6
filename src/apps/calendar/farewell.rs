//! The last one invited leaves: a write that Nextcloud 32 cannot do in one step.
//!
//! To cancel the invitation of somebody who is in no component any more, its scheduling copies the component without
//! `RECURRENCE-ID`, but of the new object it has kept only the components with an `ATTENDEE`. Where there is none, it
//! answers 500 ("__clone method called on non-object") and stores nothing.

use super::api::Kind;
use super::people;
use crate::ical::{Component, Document, Line, Series};

const EVENT: &str = Kind::Event.component();

/// What is to be stored between `old` and `new`, if there must be something: `new` with the organiser as the only
/// attendee of the event itself. With it the others get their cancellation; after it `new` can be stored.
pub fn between(old: &str, new: &str) -> Option<String> {
    let old = Document::parse(old).ok()?;
    let mut new = Document::parse(new).ok()?;
    let (_, organised) = old
        .components(EVENT)
        .into_iter()
        .find(|(_, component)| component.property("ORGANIZER").is_some())?;
    let organizer = organised.property("ORGANIZER")?.raw().into_owned();
    let stay = invited(&new);
    let email = people::organiser(organised)?;
    let somebody_leaves = invited(&old)
        .iter()
        .any(|one| !one.eq_ignore_ascii_case(&email) && !stay.contains(one));
    let (at, main) = Series::of(&new, EVENT).main()?;
    if !somebody_leaves || main.is_override() || main.property("ATTENDEE").is_some() {
        return None;
    }
    let mut edit = new.edit(at)?;
    if edit.read().property("ORGANIZER").is_none() {
        edit.push(Line::new("ORGANIZER", organizer.as_str()));
    }
    edit.push(Line::new("ATTENDEE", organizer).with("PARTSTAT", "ACCEPTED"));
    Some(new.to_text())
}

/// An event to which nobody is invited has no organiser either: with one it would still be a meeting (RFC 5545
/// §3.8.4.3).
pub fn end_meeting(document: &mut Document) {
    let components = document.components(EVENT);
    if components
        .iter()
        .any(|(_, component)| component.property("ATTENDEE").is_some())
    {
        return;
    }
    let places: Vec<usize> = components.iter().map(|(at, _)| *at).collect();
    for at in places {
        if let Some(mut edit) = document.edit(at) {
            edit.remove("ORGANIZER");
        }
    }
}

/// The addresses in an object, in lower case.
fn invited(document: &Document) -> Vec<String> {
    let components = document.components(EVENT);
    let addresses = |component: &Component<'_>| {
        let people = people::read(*component);
        people.into_iter().map(|person| person.email.to_lowercase())
    };
    components
        .iter()
        .flat_map(|(_, component)| addresses(component).collect::<Vec<_>>())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{between, end_meeting};
    use crate::ical::Document;

    /// A series with one instance of its own, with these lines in the one and the other.
    fn series(main: &str, instance: &str) -> String {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u\r\nRRULE:FREQ=DAILY\r\n{main}END:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:u\r\nRECURRENCE-ID:20310902T100000Z\r\n{instance}END:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    }

    const ALICE: &str = "ORGANIZER:mailto:alice@example.org\r\n";
    const BOB: &str = "ORGANIZER:mailto:alice@example.org\r\nATTENDEE:mailto:bob@example.org\r\n";
    const CAROL: &str = "ORGANIZER:mailto:alice@example.org\r\nATTENDEE:mailto:carol@example.org\r\n";
    const STEP: &str = "ORGANIZER:mailto:alice@example.org\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:alice@example.org\r\n";

    #[test]
    fn who_leaves_last_is_told_in_a_step_of_its_own() {
        for (old, new, step) in [
            (series(BOB, ""), series("", ""), Some(series(STEP, ""))),
            (series(BOB, BOB), series(ALICE, ALICE), Some(series(STEP, ALICE))),
            // Only one of those who are invited to one instance alone leaves.
            (series("", BOB), series("", CAROL), Some(series(STEP, CAROL))),
            (series(BOB, CAROL), series(BOB, ""), None),
            (series(BOB, BOB), series("", BOB), None),
            (series(BOB, ""), series(BOB, ""), None),
            (series(STEP, ""), series("", ""), None),
            (series("", ""), series("", ""), None),
            ("no calendar".to_owned(), series("", ""), None),
        ] {
            assert_eq!(between(&old, &new), step, "{old}{new}");
        }
    }

    #[test]
    fn a_meeting_ends_with_its_last_attendee() {
        for (before, after) in [
            (series(ALICE, ALICE), series("", "")),
            (series(ALICE, BOB), series(ALICE, BOB)),
        ] {
            let mut document = Document::parse(&before).unwrap();
            end_meeting(&mut document);
            assert_eq!(document.to_text(), after);
        }
    }
}
