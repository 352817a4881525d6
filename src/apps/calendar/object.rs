//! One stored object: found by its UID, changed only as it was read.

use actors::nextcloud::{Etag, NextcloudClient};

use super::api::{self, Kind, Stored};
use super::calendars::refusal;
use super::farewell;
use super::fields::segment;
use super::when::{compute, invalid};
use crate::ical::{Document, Series};
use crate::mcp::{About, ToolError, ToolResult};

const MAX_UID: usize = 500;

/// What a result says of an object: `event "abc" in the calendar "work"`.
pub fn subject(kind: Kind, calendar: &str, uid: &str) -> String {
    let clipped = |text: &str| text.chars().take(80).collect::<String>();
    format!(
        "the {} \"{}\" in the calendar \"{}\"",
        kind.noun(),
        clipped(uid).escape_debug(),
        clipped(calendar).escape_debug()
    )
}

/// Finds the object with this UID. Its own name need not be the UID: where it is not, Nextcloud is asked to search.
pub async fn find(
    nextcloud: &NextcloudClient,
    calendar: &str,
    uid: &str,
    kind: Kind,
) -> ToolResult<(Stored, Document)> {
    let argument = match kind {
        Kind::Event => "event_uid",
        Kind::Task => "todo_uid",
    };
    if calendar.trim().is_empty() {
        return Err(invalid("calendar_name", "name the calendar"));
    }
    if uid.trim().is_empty() || uid.len() > MAX_UID || uid.chars().any(char::is_control) {
        return Err(invalid(argument, "not a UID"));
    }
    let subject = subject(kind, calendar, uid);
    if !uid.contains(['/', '\\']) {
        match api::read(nextcloud, calendar, &format!("{uid}.ics")).await {
            Ok(stored) => {
                let document = document(&stored, &subject)?;
                if is_it(&document, uid, kind) {
                    return Ok((stored, document));
                }
            }
            Err(error) if error.status().is_some_and(|status| status.as_u16() == 404) => {}
            Err(error) => return Err(error).about(&subject),
        }
    }
    let filter = api::contains("UID", uid);
    let candidates = match api::query(nextcloud, calendar, kind, Some(filter)).await {
        Ok(candidates) => candidates,
        Err(error) => return Err(refusal(nextcloud, calendar, &subject, error).await),
    };
    // The search finds every UID that contains this one. What it gives went through XML, which may change line ends: the
    // object itself is read for its bytes.
    let wanted = uid.to_owned();
    let found = compute(move || {
        let is_the_one = |stored: &Stored| Document::parse(&stored.text).is_ok_and(|read| is_it(&read, &wanted, kind));
        candidates.into_iter().find(is_the_one)
    })
    .await?;
    if let Some(found) = found {
        let stored = api::read(nextcloud, calendar, &found.name).await.about(&subject)?;
        let document = document(&stored, &subject)?;
        return Ok((stored, document));
    }
    Err(ToolError::new(
        "not_found",
        format!("not found — {subject}. Check the UID and the calendar; it may have been deleted or moved."),
    ))
}

fn document(stored: &Stored, subject: &str) -> ToolResult<Document> {
    Document::parse(&stored.text)
        .map_err(|error| ToolError::new("unexpected_answer", format!("{subject} cannot be read: {error}")))
}

fn is_it(document: &Document, uid: &str, kind: Kind) -> bool {
    let components = document.components(kind.component());
    components
        .iter()
        .any(|(_, component)| component.text("UID").as_deref() == Some(uid))
}

/// Refuses when the caller read another version than is stored now.
pub fn check_etag(stored: &Stored, etag: &str, subject: &str) -> ToolResult<()> {
    if etag.trim().is_empty() || stored.etag.as_ref() == Some(&Etag::parse(etag)) {
        return Ok(());
    }
    let current = stored.etag.as_ref().map_or("", Etag::as_str);
    Err(ToolError::new(
        "precondition_failed",
        format!(
            "{subject} was changed since it was read (its etag is now {current}). Nothing was written: read it again \
             and repeat the change."
        ),
    ))
}

/// The error of a change that was made but for its last step.
pub const PARTIAL: &str = "partial";

/// Stores the next version of what was read.
pub async fn replace(
    nextcloud: &NextcloudClient,
    stored: &Stored,
    text: String,
    subject: &str,
) -> ToolResult<Option<Etag>> {
    let Some(etag) = &stored.etag else {
        return Err(ToolError::new(
            "unexpected_answer",
            format!("{subject} has no etag, so it cannot be changed safely"),
        ));
    };
    let step = {
        let (old, new) = (stored.text.clone(), text.clone());
        compute(move || farewell::between(&old, &new)).await?
    };
    let Some(step) = step else {
        return put(nextcloud, stored, etag, text, subject).await;
    };
    let etag = put(nextcloud, stored, etag, step, subject).await?;
    let end = match &etag {
        Some(etag) => put(nextcloud, stored, etag, text, subject).await,
        None => Err(ToolError::new("unexpected_answer", "the new etag could not be read")),
    };
    end.map_err(|error| {
        ToolError::new(
            PARTIAL,
            format!(
                "{subject} was changed and those who are no longer invited were told, but its organiser is still named \
                 as its attendee: update it once more with empty attendees. The reason: {error}"
            ),
        )
    })
}

async fn put(
    nextcloud: &NextcloudClient,
    stored: &Stored,
    etag: &Etag,
    text: String,
    subject: &str,
) -> ToolResult<Option<Etag>> {
    match api::write(nextcloud, &stored.calendar, &stored.name, Some(etag), text).await {
        Ok(etag) => Ok(etag),
        Err(error) => Err(refusal(nextcloud, &stored.calendar, subject, error).await),
    }
}

/// Stores a new object under its UID.
pub async fn create(
    nextcloud: &NextcloudClient,
    calendar: &str,
    uid: &str,
    text: String,
    subject: &str,
) -> ToolResult<Stored> {
    let name = format!("{uid}.ics");
    match api::write(nextcloud, calendar, &name, None, text).await {
        Ok(etag) => {
            let user = nextcloud.user_id().await.about("your account")?;
            Ok(Stored {
                calendar: calendar.to_owned(),
                href: api::href_of(nextcloud, &user, calendar, &name),
                name,
                etag,
                text: String::new(),
            })
        }
        Err(error) => Err(refusal(nextcloud, calendar, subject, error).await),
    }
}

/// Removes what was read.
pub async fn delete(nextcloud: &NextcloudClient, stored: &Stored, subject: &str) -> ToolResult<()> {
    match api::delete(nextcloud, stored).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refusal(nextcloud, &stored.calendar, subject, error).await),
    }
}

/// Where a person can open an object.
pub fn link(nextcloud: &NextcloudClient, stored: &Stored, kind: Kind) -> Option<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let path = match kind {
        Kind::Event => format!("/index.php/apps/calendar/edit/{}", STANDARD.encode(&stored.href)),
        Kind::Task => format!(
            "/index.php/apps/tasks/calendars/{}/tasks/{}",
            segment(&stored.calendar),
            segment(&stored.name)
        ),
    };
    nextcloud.deep_link(&path)
}

/// The component that a change of the whole object is about.
pub fn main_place(document: &Document, kind: Kind) -> Option<usize> {
    Series::of(document, kind.component()).main().map(|(at, _)| at)
}
