//! Listing and finding tasks.

use actors::nextcloud::NextcloudClient;
use futures_util::future::join_all;
use jiff::Timestamp;

use super::super::api::{self, Kind, Stored};
use super::super::events::CalendarFailure;
use super::super::when::{self, Here, invalid};
use super::super::{calendars, fields, object, reminders};
use super::TODO;
use super::model::{ListTodos, Todo, TodoFilter, TodoList};
use crate::ical::{Component, Document, Series, Zones};
use crate::mcp::{ToolError, ToolResult};

/// A filter whose arguments have been checked.
struct Filter {
    status: Option<&'static str>,
    priority: Option<i64>,
    categories: Vec<String>,
    summary: Option<String>,
}

impl Filter {
    fn of(args: &TodoFilter) -> ToolResult<Self> {
        if let Some(priority) = args.min_priority {
            fields::priority("min_priority", priority)?;
        }
        let summary = args.summary_contains.as_deref().unwrap_or_default();
        fields::short("summary_contains", summary)?;
        Ok(Self {
            status: args
                .status
                .as_deref()
                .filter(|status| !status.trim().is_empty())
                .map(|status| fields::word("status", status, &fields::TASK_STATUS))
                .transpose()?,
            priority: args.min_priority.filter(|priority| *priority > 0),
            categories: fields::items("categories", args.categories.as_deref().unwrap_or_default())?,
            summary: Some(summary.to_owned()).filter(|text| !text.trim().is_empty()),
        })
    }

    fn passes(&self, todo: &Todo) -> bool {
        let own: Vec<String> = todo
            .categories
            .split(',')
            .map(|own| own.trim().to_lowercase())
            .collect();
        self.status.is_none_or(|status| todo.status == status)
            // A lower number is more important; 0 is none at all.
            && self.priority.is_none_or(|least| (1..=least).contains(&todo.priority))
            && (self.categories.is_empty() || self.categories.iter().any(|wanted| own.contains(&wanted.to_lowercase())))
            && self.summary.as_ref().is_none_or(|part| fields::contains(&todo.summary, part))
    }
}

pub async fn list_todos(nextcloud: NextcloudClient, args: ListTodos) -> ToolResult<TodoList> {
    let filter = Filter::of(&TodoFilter {
        status: args.status,
        min_priority: args.min_priority,
        categories: args.categories,
        summary_contains: args.summary_contains,
    })?;
    if args.calendar_name.trim().is_empty() {
        return Err(invalid("calendar_name", "name the calendar"));
    }
    let list = search(&nextcloud, vec![args.calendar_name.clone()], filter).await?;
    if let Some(failure) = list.errors.first() {
        calendars::chosen(&nextcloud, &args.calendar_name, Kind::Task).await?;
        let name = args.calendar_name.escape_debug();
        return Err(ToolError::new(
            "calendar",
            format!("{} — the calendar \"{name}\"", failure.error),
        ));
    }
    Ok(list)
}

pub async fn search_todos(nextcloud: NextcloudClient, args: TodoFilter) -> ToolResult<TodoList> {
    let filter = Filter::of(&args)?;
    let calendars = calendars::chosen(&nextcloud, "", Kind::Task).await?;
    let names = calendars.into_iter().map(|calendar| calendar.name).collect();
    search(&nextcloud, names, filter).await
}

async fn search(nextcloud: &NextcloudClient, names: Vec<String>, filter: Filter) -> ToolResult<TodoList> {
    let here = Here::of(nextcloud).await;
    let queries = names.iter().map(|name| api::query(nextcloud, name, Kind::Task, None));
    let (mut objects, mut errors) = (Vec::new(), Vec::new());
    for (name, result) in names.iter().zip(join_all(queries).await) {
        match result {
            Ok(found) => objects.extend(found),
            Err(error) => errors.push(CalendarFailure {
                calendar_name: name.clone(),
                error: ToolError::from(error).to_string(),
            }),
        }
    }
    let (mut todos, unreadable) = when::compute(move || {
        let (mut found, mut unreadable) = (Vec::new(), Vec::new());
        for stored in &objects {
            match todo(stored, &here) {
                Some(todo) if filter.passes(&todo) => found.push(todo),
                Some(_) => {}
                None => unreadable.push(stored.href.clone()),
            }
        }
        found.sort_by(|one, other| (one.order, &one.summary, &one.uid).cmp(&(other.order, &other.summary, &other.uid)));
        (found, unreadable)
    })
    .await?;
    for todo in &mut todos {
        let stored = Stored {
            calendar: todo.calendar_name.clone(),
            name: crate::dav::href::name(&todo.href).unwrap_or_default(),
            href: todo.href.clone(),
            etag: None,
            text: String::new(),
        };
        todo.url = object::link(nextcloud, &stored, Kind::Task);
    }
    Ok(TodoList {
        total_count: todos.len(),
        todos,
        unreadable,
        errors,
    })
}

/// The task in an object; `None` when there is none, or it has no UID to name it by.
fn todo(stored: &Stored, here: &Here) -> Option<Todo> {
    let document = Document::parse(&stored.text).ok()?;
    let zones = Zones::of(&document, here.zone.clone());
    let series = Series::of(&document, TODO);
    let (_, main) = series.main()?;
    let show = |name: &str| main.moment(name).map(|moment| zones.show(&moment));
    let due = main.moment("DUE");
    let mut todo = Todo {
        uid: main.text("UID")?,
        summary: main.text("SUMMARY").unwrap_or_default(),
        description: main.text("DESCRIPTION").unwrap_or_default(),
        status: status(main),
        priority: main.number("PRIORITY").unwrap_or_default(),
        percent_complete: main.number("PERCENT-COMPLETE").unwrap_or_default(),
        due: show("DUE"),
        dtstart: show("DTSTART"),
        completed: show("COMPLETED"),
        categories: main.list("CATEGORIES").join(", "),
        recurring: main.repeats(),
        recurrence_rule: main
            .property("RRULE")
            .map(|rule| rule.raw().into_owned())
            .unwrap_or_default(),
        reminders: reminders::read(main),
        pending_count: None,
        oldest_pending_dtstart: None,
        oldest_pending_due: None,
        current_dtstart: None,
        current_due: None,
        href: stored.href.clone(),
        etag: stored.etag.clone(),
        calendar_name: stored.calendar.clone(),
        url: None,
        order: (0, 0),
    };
    if todo.recurring {
        pending(&mut todo, &document, &series, &zones, here.now);
    }
    let when = due.map_or(i64::MAX, |due| zones.instant(&due).as_second());
    todo.order = (when, if todo.priority == 0 { 10 } else { todo.priority });
    Some(todo)
}

/// The instances of a recurring task up to now that nobody has done, and the one to do next.
fn pending(todo: &mut Todo, document: &Document, series: &Series<'_>, zones: &Zones, now: Timestamp) {
    let mut budget = when::budget();
    let until = now
        .checked_add(jiff::SignedDuration::from_hours(24 * 366))
        .unwrap_or(now);
    let instances = series.instances(zones, Timestamp::MIN, until, &mut budget);
    let open = instances.iter().filter(|instance| {
        let component = document.component(instance.at);
        component.is_some_and(|component| !matches!(status(component).as_str(), "COMPLETED" | "CANCELLED"))
    });
    let open: Vec<_> = open.collect();
    let past = open.iter().take_while(|instance| instance.begins <= now).count();
    let has = |name: &str| series.main().is_some_and(|(_, main)| main.property(name).is_some());
    let start = |instance: &crate::ical::Instance| has("DTSTART").then(|| zones.show(&instance.start));
    let due = |instance: &crate::ical::Instance| has("DUE").then(|| zones.show(&instance.end));
    todo.pending_count = Some(past);
    if let Some(oldest) = open.first().filter(|_| past > 0) {
        todo.oldest_pending_dtstart = start(oldest);
        todo.oldest_pending_due = due(oldest);
    }
    let current = past
        .checked_sub(1)
        .and_then(|last| open.get(last))
        .or_else(|| open.first());
    if let Some(current) = current {
        todo.current_dtstart = start(current);
        todo.current_due = due(current);
    }
}

/// The state, which may only be told by when it was completed.
pub fn status(component: Component<'_>) -> String {
    match component.text("STATUS") {
        Some(status) => status.to_ascii_uppercase(),
        None if component.property("COMPLETED").is_some() => "COMPLETED".to_owned(),
        None => "NEEDS-ACTION".to_owned(),
    }
}
