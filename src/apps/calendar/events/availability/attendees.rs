//! The free/busy times of others (RFC 6638 section 5).

use std::fmt::Write as _;

use actors::nextcloud::NextcloudClient;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::super::super::api::{self, FreeBusy};
use super::super::super::{fields, when};
use super::{Availability, Span, Unknown};
use crate::ical::{Document, Duration, Moment, Zones};
use crate::mcp::{About, ToolError, ToolResult};

/// Asks Nextcloud for the free/busy times of others. Those that it cannot answer for are named in `result`.
pub async fn ask(
    nextcloud: &NextcloudClient,
    emails: Vec<String>,
    (from, to): Span,
    now: Timestamp,
    result: &mut Availability,
) -> ToolResult<Vec<Span>> {
    let me = api::person(nextcloud).await.about("your account")?;
    let mine = me.email.filter(|email| !email.is_empty()).ok_or_else(|| {
        ToolError::invalid(
            "argument `attendees`: your Nextcloud account has no e-mail address, which asking for others' free time \
             needs; set one in the personal settings",
        )
    })?;
    let (others, own): (Vec<String>, Vec<String>) =
        emails.into_iter().partition(|email| !email.eq_ignore_ascii_case(&mine));
    result.attendees_checked.extend(own);
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let mut question = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//nextcloud-mcp-server//EN\r\nMETHOD:REQUEST\r\nBEGIN:VFREEBUSY\r\n\
         UID:{}\r\nDTSTAMP:{}\r\nDTSTART:{}\r\nDTEND:{}\r\nORGANIZER:mailto:{mine}\r\n",
        fields::new_uid(),
        when::basic(now),
        when::basic(from),
        when::basic(to),
    );
    for email in &others {
        let _ = write!(question, "ATTENDEE:mailto:{email}\r\n");
    }
    question.push_str("END:VFREEBUSY\r\nEND:VCALENDAR\r\n");
    let answers = api::free_busy(nextcloud, question)
        .await
        .about("the free/busy times of the attendees")?;
    let mut busy = Vec::new();
    for email in others {
        let answer = answers.iter().find(|answer| {
            let recipient = answer.recipient.strip_prefix("mailto:").unwrap_or(&answer.recipient);
            recipient.eq_ignore_ascii_case(&email)
        });
        match spans(answer) {
            Ok(spans) => {
                busy.extend(spans);
                result.attendees_checked.push(email);
            }
            Err(reason) => result.attendees_unknown.push(Unknown {
                attendee: email,
                reason,
            }),
        }
    }
    Ok(busy)
}

/// The busy times in an answer (RFC 5545 §3.6.4), or why there are none to be had.
fn spans(answer: Option<&FreeBusy>) -> Result<Vec<Span>, String> {
    let Some(answer) = answer else {
        return Err("Nextcloud gave no answer for this address".to_owned());
    };
    let Some(data) = answer.data.as_ref().filter(|_| answer.status.starts_with("2.")) else {
        let said: String = answer
            .status
            .chars()
            .filter(|character| !character.is_control())
            .take(100)
            .collect();
        return Err(if said.starts_with("3.7") {
            format!("no user of this Nextcloud has this address ({said})")
        } else {
            format!("Nextcloud said: {said}")
        });
    };
    let document = Document::parse(data).map_err(|error| error.to_string())?;
    let zones = Zones::of(&document, TimeZone::UTC);
    let mut busy = Vec::new();
    for (_, component) in document.components("VFREEBUSY") {
        for property in component.all("FREEBUSY") {
            if property
                .parameter("FBTYPE")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("FREE"))
            {
                continue;
            }
            let raw = property.raw();
            busy.extend(raw.split(',').filter_map(|period| span(period.trim(), &zones)));
        }
    }
    Ok(busy)
}

fn span(period: &str, zones: &Zones) -> Option<Span> {
    let (start, end) = period.split_once('/')?;
    let begins = zones.instant(&Moment::read(start, None)?);
    let ends = match Moment::read(end, None) {
        Some(end) => zones.instant(&end),
        None => begins
            .checked_add(Duration::read(end)?.total_seconds().seconds())
            .ok()?,
    };
    Some((begins, ends))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{FreeBusy, spans};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn answers_of_others_are_read() {
        let answer = |status: &str, data: Option<&str>| {
            spans(Some(&FreeBusy {
                recipient: "mailto:bob@example.org".to_owned(),
                status: status.to_owned(),
                data: data.map(ToOwned::to_owned),
            }))
        };
        let data = "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY:20260901T070000Z/20260901T080000Z,20260901T090000Z/PT30M\nFREEBUSY;FBTYPE=FREE:20260902T070000Z/20260902T080000Z\nEND:VFREEBUSY\nEND:VCALENDAR\n";
        let busy = answer("2.0;Success", Some(data)).unwrap();
        assert_eq!(busy[1], (at("2026-09-01T09:00:00Z"), at("2026-09-01T09:30:00Z")));
        assert_eq!(busy.len(), 2);
        assert!(
            answer("3.7;Could not find principal", None)
                .unwrap_err()
                .contains("no user")
        );
        assert!(spans(None).is_err());
    }
}
