//! Creating, changing, completing and deleting tasks.

use actors::nextcloud::{Etag, NextcloudClient};
use jiff::tz::TimeZone;

use super::super::api::{Kind, Stored};
use super::super::when::{self, Here, invalid};
use super::super::{fields, object};
use super::TODO;
use super::change::Change;
use super::model::{CompleteTodo, CreateTodo, DeleteTodo, DeletedTodo, UpdateTodo, WrittenTodo};
use crate::ical::{Document, Line, Moment, Zones};
use crate::mcp::{ToolError, ToolResult};

pub async fn create_todo(nextcloud: NextcloudClient, args: CreateTodo) -> ToolResult<WrittenTodo> {
    if args.calendar_name.trim().is_empty() {
        return Err(invalid("calendar_name", "name the calendar"));
    }
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    let change = Change::of(&UpdateTodo {
        summary: Some(args.summary.clone()),
        description: given(&args.description),
        status: Some(args.status.clone()),
        priority: Some(args.priority).filter(|priority| *priority != 0),
        due: given(&args.due),
        dtstart: given(&args.dtstart),
        categories: given(&args.categories),
        reminders: args.reminders.clone(),
        ..UpdateTodo::default()
    })?;
    let uid = fields::new_uid();
    let now = when::now();
    let mut document = Document::new();
    let at = document.add(TODO);
    let zones = Zones::of(&document, TimeZone::UTC);
    if let Some(mut edit) = document.edit(at) {
        let stamp = Moment::Utc(TimeZone::UTC.to_datetime(now));
        edit.push(Line::text("UID", &uid));
        edit.push(Line::moment("DTSTAMP", &stamp));
        edit.push(Line::moment("CREATED", &stamp));
        change.apply(&mut edit, &zones, now)?;
    }
    let subject = object::subject(Kind::Task, &args.calendar_name, &uid);
    let stored = object::create(&nextcloud, &args.calendar_name, &uid, document.to_text(), &subject).await?;
    Ok(written(&nextcloud, &stored, uid, stored.etag.clone()))
}

pub async fn update_todo(nextcloud: NextcloudClient, args: UpdateTodo) -> ToolResult<WrittenTodo> {
    let change = Change::of(&args)?;
    if change.is_empty() {
        return Err(ToolError::invalid(
            "nothing to change: give at least one field besides the task itself",
        ));
    }
    let (stored, document) = object::find(&nextcloud, &args.calendar_name, &args.todo_uid, Kind::Task).await?;
    let subject = object::subject(Kind::Task, &args.calendar_name, &args.todo_uid);
    object::check_etag(&stored, &args.etag, &subject)?;
    let here = Here::of(&nextcloud).await;
    let text = when::compute(move || changed(document, &change, &here)).await??.0;
    let etag = object::replace(&nextcloud, &stored, text, &subject).await?;
    Ok(written(&nextcloud, &stored, args.todo_uid, etag))
}

pub async fn complete_todo(nextcloud: NextcloudClient, args: CompleteTodo) -> ToolResult<WrittenTodo> {
    let change = Change::of(&UpdateTodo {
        status: Some("COMPLETED".to_owned()),
        completed: args.completed.clone().filter(|text| !text.trim().is_empty()),
        ..UpdateTodo::default()
    })?;
    let (stored, document) = object::find(&nextcloud, &args.calendar_name, &args.todo_uid, Kind::Task).await?;
    let subject = object::subject(Kind::Task, &args.calendar_name, &args.todo_uid);
    object::check_etag(&stored, &args.etag, &subject)?;
    let here = Here::of(&nextcloud).await;
    let (text, completed) = when::compute(move || changed(document, &change, &here)).await??;
    let etag = object::replace(&nextcloud, &stored, text, &subject).await?;
    Ok(WrittenTodo {
        status: Some("COMPLETED".to_owned()),
        percent_complete: Some(100),
        completed,
        ..written(&nextcloud, &stored, args.todo_uid, etag)
    })
}

/// The task's next version, and when it was completed.
fn changed(mut document: Document, change: &Change, here: &Here) -> ToolResult<(String, Option<String>)> {
    let zones = Zones::of(&document, here.zone.clone());
    let unusable = || ToolError::new("unexpected_answer", "the task has no usable VTODO");
    let at = object::main_place(&document, Kind::Task).ok_or_else(unusable)?;
    let mut edit = document.edit(at).ok_or_else(unusable)?;
    change.apply(&mut edit, &zones, here.now)?;
    let completed = edit.read().moment("COMPLETED").map(|moment| zones.show(&moment));
    Ok((document.to_text(), completed))
}

pub async fn delete_todo(nextcloud: NextcloudClient, args: DeleteTodo) -> ToolResult<DeletedTodo> {
    let (stored, _) = object::find(&nextcloud, &args.calendar_name, &args.todo_uid, Kind::Task).await?;
    let subject = object::subject(Kind::Task, &args.calendar_name, &args.todo_uid);
    object::delete(&nextcloud, &stored, &subject).await?;
    Ok(DeletedTodo {
        deleted_uid: args.todo_uid,
        calendar_name: stored.calendar,
    })
}

fn written(nextcloud: &NextcloudClient, stored: &Stored, uid: String, etag: Option<Etag>) -> WrittenTodo {
    WrittenTodo {
        url: object::link(nextcloud, stored, Kind::Task),
        uid,
        calendar_name: stored.calendar.clone(),
        href: stored.href.clone(),
        etag,
        status: None,
        percent_complete: None,
        completed: None,
    }
}
