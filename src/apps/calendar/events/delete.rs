//! Deleting an event: all of it, one instance, or one and those that follow.

use actors::nextcloud::NextcloudClient;

use super::super::api::Kind;
use super::super::object;
use super::super::when::{self, Here};
use super::model::{DeleteEvent, DeletedEvent};
use super::recurrence::{self, Target};
use crate::ical::Zones;
use crate::mcp::ToolResult;

pub async fn delete_event(nextcloud: NextcloudClient, args: DeleteEvent) -> ToolResult<DeletedEvent> {
    let (stored, document) = object::find(&nextcloud, &args.calendar_name, &args.event_uid, Kind::Event).await?;
    let subject = object::subject(Kind::Event, &args.calendar_name, &args.event_uid);
    let here = Here::of(&nextcloud).await;
    let outcome = {
        let (id, range, subject) = (args.recurrence_id, args.recurrence_range, subject.clone());
        when::compute(move || {
            let zones = Zones::of(&document, here.zone.clone());
            let target = Target::of(&document, &zones, id.as_deref(), range, &subject)?;
            recurrence::delete(document, &target, &zones, here.now)
        })
        .await??
    };
    let etag = if let Some(text) = outcome.text {
        object::replace(&nextcloud, &stored, text, &subject).await?
    } else {
        object::delete(&nextcloud, &stored, &subject).await?;
        None
    };
    Ok(DeletedEvent {
        deleted_uid: args.event_uid,
        calendar_name: stored.calendar,
        etag,
    })
}
