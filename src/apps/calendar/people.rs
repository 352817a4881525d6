//! Those who are invited: attendees and the organiser (RFC 5545 §3.8.4).

use schemars::JsonSchema;
use serde::Serialize;

use super::api::Person;
use super::when::invalid;
use crate::ical::{Component, Edit, Line, Property};
use crate::mcp::{ToolError, ToolResult};

const MAX_ATTENDEES: usize = 200;

/// Somebody who is to be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    pub email: String,
    pub name: Option<String>,
}

/// Somebody who is invited.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Attendee {
    pub email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `ACCEPTED`, `DECLINED`, `TENTATIVE`, `NEEDS-ACTION` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// Reads `a@example.org, Bob <b@example.org>`.
pub fn parse(text: &str) -> ToolResult<Vec<Invited>> {
    let mut people: Vec<Invited> = Vec::new();
    for item in text
        .split([',', ';', '\n'])
        .map(str::trim)
        .filter(|item| !item.is_empty())
    {
        let (name, email) = match item.rsplit_once('<') {
            Some((name, rest)) => (Some(name.trim().trim_matches('"')), rest.trim_end_matches('>')),
            None => (None, item),
        };
        let email = email.trim();
        let email = email.strip_prefix("mailto:").unwrap_or(email);
        let usable = |character: char| !character.is_whitespace() && !character.is_control();
        let shaped = email
            .split_once('@')
            .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'));
        if !shaped || email.len() > 254 || !email.chars().all(usable) || email.contains([':', '"', '<', '>', '\\']) {
            let shown: String = item.chars().take(80).collect();
            return Err(invalid(
                "attendees",
                &format!("\"{}\" is no e-mail address", shown.escape_debug()),
            ));
        }
        if !people.iter().any(|known| known.email.eq_ignore_ascii_case(email)) {
            people.push(Invited {
                email: email.to_owned(),
                name: name.filter(|name| !name.is_empty()).map(ToOwned::to_owned),
            });
        }
    }
    if people.len() > MAX_ATTENDEES {
        return Err(invalid("attendees", &format!("at most {MAX_ATTENDEES}")));
    }
    Ok(people)
}

/// Makes these the attendees. Those who stay keep their line, with their answer; the user becomes the organiser of
/// what had none.
pub fn write(edit: &mut Edit<'_>, people: &[Invited], organiser: &Person) -> ToolResult<()> {
    let mut missing: Vec<&Invited> = people.iter().collect();
    edit.remove_where(|property| {
        if !property.is("ATTENDEE") {
            return false;
        }
        let email = address(property);
        match missing
            .iter()
            .position(|invited| invited.email.eq_ignore_ascii_case(&email))
        {
            Some(at) => {
                missing.remove(at);
                false
            }
            None => true,
        }
    });
    if !people.is_empty() && edit.read().property("ORGANIZER").is_none() {
        let email = organiser.email.as_deref().filter(|email| !email.is_empty()).ok_or_else(|| {
            ToolError::invalid(
                "argument `attendees`: your Nextcloud account has no e-mail address, so nobody can be invited; set one \
                 in the personal settings",
            )
        })?;
        let line = Line::new("ORGANIZER", format!("mailto:{email}"));
        edit.push(match organiser.displayname.as_str() {
            "" => line,
            name => line.with("CN", name),
        });
    }
    for invited in missing {
        let line = Line::new("ATTENDEE", format!("mailto:{}", invited.email))
            .with("CUTYPE", "INDIVIDUAL")
            .with("ROLE", "REQ-PARTICIPANT")
            .with("PARTSTAT", "NEEDS-ACTION")
            .with("RSVP", "TRUE");
        edit.push(match &invited.name {
            Some(name) => line.with("CN", name),
            None => line,
        });
    }
    Ok(())
}

/// The attendees of a component.
pub fn read(component: Component<'_>) -> Vec<Attendee> {
    component
        .all("ATTENDEE")
        .map(|property| Attendee {
            email: address(property),
            name: property.parameter("CN").filter(|name| !name.is_empty()),
            status: property.parameter("PARTSTAT"),
            role: property.parameter("ROLE"),
        })
        .collect()
}

/// The organiser's address.
pub fn organiser(component: Component<'_>) -> Option<String> {
    component
        .property("ORGANIZER")
        .map(address)
        .filter(|email| !email.is_empty())
}

fn address(property: Property<'_>) -> String {
    let raw = property.raw();
    let raw = raw.trim();
    let is_mail = raw
        .get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    raw.get(if is_mail { 7 } else { 0 }..).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::parse;

    #[test]
    fn addresses_are_read() {
        let people = parse("a@example.org, \"Bob B\" <b@example.org>; mailto:c@example.org, A@example.org").unwrap();
        let emails: Vec<&str> = people.iter().map(|person| person.email.as_str()).collect();
        assert_eq!(emails, ["a@example.org", "b@example.org", "c@example.org"]);
        assert_eq!(people[1].name.as_deref(), Some("Bob B"));
        for wrong in [
            "bob",
            "@example.org",
            "a@",
            "a b@example.org",
            "a@b\u{0}",
            "a@b@c",
            "x:y@example.org",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert!(parse("").unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
            let _ = parse(&text);
        }
    }
}
