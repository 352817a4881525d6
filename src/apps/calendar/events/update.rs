//! Changing an event: all of it, one instance, or one and those that follow.

use actors::nextcloud::NextcloudClient;

use super::super::api::{self, Kind};
use super::super::when::{self, Here};
use super::super::{fields, object};
use super::edit::{Change, something};
use super::model::{UpdateEvent, WrittenEvent};
use super::recurrence::{self, Target};
use crate::ical::Zones;
use crate::mcp::{About, ToolResult};

pub async fn update_event(nextcloud: NextcloudClient, args: UpdateEvent) -> ToolResult<WrittenEvent> {
    let mut change = Change::of(&args)?;
    something(&change)?;
    let (stored, document) = object::find(&nextcloud, &args.calendar_name, &args.event_uid, Kind::Event).await?;
    let subject = object::subject(Kind::Event, &args.calendar_name, &args.event_uid);
    object::check_etag(&stored, &args.etag, &subject)?;
    if change.attendees.as_ref().is_some_and(|people| !people.is_empty()) {
        change.organiser = api::person(&nextcloud).await.about("your account")?;
    }
    let here = Here::of(&nextcloud).await;
    let outcome = {
        let (id, range, subject) = (args.recurrence_id, args.recurrence_range, subject.clone());
        when::compute(move || {
            let zones = Zones::of(&document, here.zone.clone());
            let target = Target::of(&document, &zones, id.as_deref(), range, &subject)?;
            recurrence::update(document, &target, &change, &zones, here.now)
        })
        .await??
    };
    // The new series first: if the old one cannot be ended then, the new one is taken back and nothing has changed.
    let new = match outcome.new {
        Some((uid, text)) => Some((
            object::create(&nextcloud, &stored.calendar, &uid, text, &subject).await?,
            uid,
        )),
        None => None,
    };
    let text = outcome.text.unwrap_or_default();
    let etag = match object::replace(&nextcloud, &stored, text, &subject).await {
        Ok(etag) => etag,
        Err(error) => {
            if let Some((new, _)) = &new
                && error.kind() != object::PARTIAL
                && let Err(error) = api::delete(&nextcloud, new).await
            {
                tracing::warn!(%error, "a series that was split off could not be taken back");
            }
            return Err(error);
        }
    };
    Ok(WrittenEvent {
        url: object::link(&nextcloud, &stored, Kind::Event),
        uid: args.event_uid,
        calendar_name: stored.calendar,
        href: stored.href,
        etag,
        new_uid: new.map(|(_, uid)| uid),
        warning: outcome.warning,
    })
}

/// Writes the same change to an object that was found before, as bulk operations do.
pub async fn apply(
    nextcloud: &NextcloudClient,
    stored: &api::Stored,
    change: Change,
    here: &Here,
    subject: &str,
) -> ToolResult<()> {
    // What a query gave went through XML, which may change line ends.
    let stored = &api::read(nextcloud, &stored.calendar, &stored.name)
        .await
        .about(subject)?;
    let (text, here) = (stored.text.clone(), here.clone());
    let outcome = when::compute(move || {
        let document = crate::ical::Document::parse(&text)
            .map_err(|error| crate::mcp::ToolError::new("unexpected_answer", error.to_string()))?;
        let zones = Zones::of(&document, here.zone.clone());
        recurrence::update(document, &Target::Series, &change, &zones, here.now)
    })
    .await??;
    object::replace(nextcloud, stored, outcome.text.unwrap_or_default(), subject)
        .await
        .map(drop)
}

/// A title, text or place that is to be written to several events.
pub fn check_texts(title: Option<&str>, description: Option<&str>, location: Option<&str>) -> ToolResult<()> {
    if let Some(title) = title {
        fields::title("new_title", title)?;
    }
    fields::long("new_description", description.unwrap_or_default())?;
    fields::short("new_location", location.unwrap_or_default())
}
