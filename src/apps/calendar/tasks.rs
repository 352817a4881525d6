//! Tasks (`VTODO`).

use actors::nextcloud::{Etag, NextcloudClient};
use futures_util::future::join_all;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::api::{self, Kind, Stored};
use super::events::CalendarFailure;
use super::reminders::{self, Reminder};
use super::when::{self, Here, invalid};
use super::{calendars, fields, object};
use crate::ical::{Component, Document, Edit, Line, Moment, Series, Zones};
use crate::mcp::{ToolError, ToolResult};

const TODO: &str = Kind::Task.component();

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListTodos {
    pub calendar_name: String,
    #[serde(flatten)]
    pub filter: TodoFilter,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct TodoFilter {
    /// NEEDS-ACTION, IN-PROCESS, COMPLETED or CANCELLED.
    pub status: Option<String>,
    /// 1 is the highest.
    pub min_priority: Option<i64>,
    pub categories: Option<String>,
    pub summary_contains: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateTodo {
    pub calendar_name: String,
    pub summary: String,
    #[serde(default)]
    pub description: String,
    #[serde(default = "needs_action")]
    pub status: String,
    /// 1 (highest) to 9; 0 for none.
    #[serde(default)]
    pub priority: i64,
    /// Date or time.
    #[serde(default)]
    pub due: String,
    #[serde(default)]
    pub dtstart: String,
    #[serde(default)]
    pub categories: String,
    /// As for `nc_calendar_create_event`.
    #[schemars(with = "Option<reminders::Argument>")]
    pub reminders: Option<Vec<Reminder>>,
}

fn needs_action() -> String {
    "NEEDS-ACTION".to_owned()
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct UpdateTodo {
    pub calendar_name: String,
    pub todo_uid: String,
    pub summary: Option<String>,
    pub description: Option<String>,
    pub status: Option<String>,
    pub priority: Option<i64>,
    pub percent_complete: Option<i64>,
    pub due: Option<String>,
    pub dtstart: Option<String>,
    pub completed: Option<String>,
    pub categories: Option<String>,
    /// As for `nc_calendar_create_event`.
    #[schemars(with = "Option<reminders::Argument>")]
    pub reminders: Option<Vec<Reminder>>,
    #[serde(default)]
    pub etag: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CompleteTodo {
    pub calendar_name: String,
    pub todo_uid: String,
    /// Default: now.
    pub completed: Option<String>,
    #[serde(default)]
    pub etag: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct DeleteTodo {
    pub calendar_name: String,
    pub todo_uid: String,
}

/// A task.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Todo {
    pub uid: String,
    pub summary: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub status: String,
    pub priority: i64,
    pub percent_complete: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dtstart: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub categories: String,
    pub recurring: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub recurrence_rule: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<Reminder>,
    /// Of a recurring task: instances up to now that are not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_pending_dtstart: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_pending_due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_dtstart: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_due: Option<String>,
    pub href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub etag: Option<Etag>,
    pub calendar_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Sorts by: what is due first, then by importance.
    #[serde(skip)]
    order: (i64, i64),
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TodoList {
    pub todos: Vec<Todo>,
    pub total_count: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<CalendarFailure>,
}

/// A task after a write.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WrittenTodo {
    pub uid: String,
    pub calendar_name: String,
    pub href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub etag: Option<Etag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent_complete: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedTodo {
    pub deleted_uid: String,
    pub calendar_name: String,
}

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
    let filter = Filter::of(&args.filter)?;
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
    let mut todos = when::compute(move || {
        let found = objects.iter().filter_map(|stored| todo(stored, &here));
        let mut found: Vec<Todo> = found.filter(|todo| filter.passes(todo)).collect();
        found.sort_by(|one, other| (one.order, &one.summary, &one.uid).cmp(&(other.order, &other.summary, &other.uid)));
        found
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
        errors,
    })
}

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

fn status(component: Component<'_>) -> String {
    match component.text("STATUS") {
        Some(status) => status.to_ascii_uppercase(),
        None if component.property("COMPLETED").is_some() => "COMPLETED".to_owned(),
        None => "NEEDS-ACTION".to_owned(),
    }
}

/// What becomes of a time.
#[derive(Default)]
enum Time {
    #[default]
    Stays,
    Goes,
    Is(Moment),
}

/// What is to be written, checked.
#[derive(Default)]
struct Change {
    summary: Option<String>,
    description: Option<String>,
    categories: Option<Vec<String>>,
    status: Option<&'static str>,
    priority: Option<i64>,
    percent: Option<i64>,
    due: Time,
    start: Time,
    completed: Time,
    reminders: Option<Vec<Reminder>>,
}

impl Change {
    fn of(args: &UpdateTodo) -> ToolResult<Self> {
        if let Some(summary) = &args.summary {
            fields::title("summary", summary)?;
        }
        fields::long("description", args.description.as_deref().unwrap_or_default())?;
        if let Some(priority) = args.priority {
            fields::priority("priority", priority)?;
        }
        if args
            .percent_complete
            .is_some_and(|percent| !(0..=100).contains(&percent))
        {
            return Err(invalid("percent_complete", "from 0 to 100"));
        }
        if let Some(reminders) = &args.reminders {
            reminders::check(reminders)?;
        }
        let moment = |argument: &str, text: &Option<String>| match text.as_deref().map(str::trim) {
            None => Ok(Time::Stays),
            Some("") => Ok(Time::Goes),
            Some(text) => Moment::from_user(text, None)
                .map(Time::Is)
                .map_err(|problem| invalid(argument, &problem)),
        };
        Ok(Self {
            summary: args.summary.clone(),
            description: args.description.clone(),
            categories: args
                .categories
                .as_deref()
                .map(|categories| fields::items("categories", categories))
                .transpose()?,
            status: args
                .status
                .as_deref()
                .map(|status| fields::word("status", status, &fields::TASK_STATUS))
                .transpose()?,
            priority: args.priority,
            percent: args.percent_complete,
            due: moment("due", &args.due)?,
            start: moment("dtstart", &args.dtstart)?,
            completed: match moment("completed", &args.completed)? {
                Time::Is(moment) => Time::Is(in_utc("completed", &moment)?),
                other => other,
            },
            reminders: args.reminders.clone(),
        })
    }

    fn is_empty(&self) -> bool {
        let nothing = [
            self.summary.is_none(),
            self.description.is_none(),
            self.categories.is_none(),
            self.status.is_none(),
            self.priority.is_none(),
            self.percent.is_none(),
            matches!(self.due, Time::Stays),
            matches!(self.start, Time::Stays),
            matches!(self.completed, Time::Stays),
            self.reminders.is_none(),
        ];
        nothing.iter().all(|nothing| *nothing)
    }

    fn apply(&self, edit: &mut Edit<'_>, zones: &Zones, now: Timestamp) -> ToolResult<()> {
        for (name, text) in [("SUMMARY", &self.summary), ("DESCRIPTION", &self.description)] {
            if let Some(text) = text {
                edit.set_text(name, text);
            }
        }
        if let Some(categories) = &self.categories {
            edit.set_list("CATEGORIES", categories);
        }
        if let Some(priority) = self.priority {
            edit.set(Line::new("PRIORITY", priority.to_string()));
        }
        for (name, moment) in [("DTSTART", &self.start), ("DUE", &self.due)] {
            match moment {
                Time::Is(moment) => {
                    // A time without a zone stays on the clock that the task is on.
                    let moment = match (moment, edit.read().moment(name)) {
                        (Moment::Floating(civil), Some(old @ (Moment::Zoned(..) | Moment::Utc(_)))) => old.at(*civil),
                        (moment, _) => moment.clone(),
                    };
                    if name == "DUE" {
                        edit.remove("DURATION");
                    }
                    edit.set(Line::moment(name, &moment));
                }
                Time::Goes => edit.remove(name),
                Time::Stays => {}
            }
        }
        in_order(edit, zones)?;
        self.progress(edit, now);
        if let Some(reminders) = &self.reminders {
            let title = edit.read().text("SUMMARY").unwrap_or_default();
            reminders::write(edit, reminders, &title)?;
        }
        fields::touch(edit, now, true);
        Ok(())
    }

    /// STATUS, PERCENT-COMPLETE and COMPLETED say one thing: a change of one changes the others.
    fn progress(&self, edit: &mut Edit<'_>, now: Timestamp) {
        let done = match (self.status, self.percent, &self.completed) {
            (Some(status), ..) => Some(status == "COMPLETED"),
            (None, _, Time::Is(_)) => Some(true),
            (None, _, Time::Goes) => Some(false),
            (None, Some(percent), Time::Stays) => Some(percent == 100),
            (None, None, Time::Stays) => None,
        };
        let Some(done) = done else { return };
        let old = status(edit.read());
        let stamp = Moment::Utc(TimeZone::UTC.to_datetime(now));
        if done {
            let at = match &self.completed {
                Time::Is(moment) => moment.clone(),
                _ => edit.read().moment("COMPLETED").unwrap_or(stamp),
            };
            edit.set(Line::new("STATUS", "COMPLETED"));
            edit.set(Line::new("PERCENT-COMPLETE", "100"));
            edit.set(Line::moment("COMPLETED", &at));
            return;
        }
        edit.remove("COMPLETED");
        let new = match (self.status, self.percent) {
            (Some(status), _) => status,
            (None, Some(1..)) => "IN-PROCESS",
            (None, _) if old == "COMPLETED" => "NEEDS-ACTION",
            (None, _) => return,
        };
        edit.set(Line::new("STATUS", new));
        match self.percent {
            Some(percent) => edit.set(Line::new("PERCENT-COMPLETE", percent.to_string())),
            None if old == "COMPLETED" || new == "NEEDS-ACTION" => edit.remove("PERCENT-COMPLETE"),
            None => {}
        }
    }
}

/// Nextcloud refuses a task that is due before it starts, and RFC 5545 §3.8.2.3 one that mixes dates and times.
fn in_order(edit: &mut Edit<'_>, zones: &Zones) -> ToolResult<()> {
    let task = edit.read();
    let (Some(start), Some(due)) = (task.moment("DTSTART"), task.moment("DUE")) else {
        return Ok(());
    };
    if start.is_date() != due.is_date() {
        return Err(invalid("due", "due and dtstart must both be dates or both be times"));
    }
    if matches!(start, Moment::Floating(_)) != matches!(due, Moment::Floating(_)) {
        return Err(invalid("due", "due and dtstart must both have a zone or both none"));
    }
    if zones.instant(&due) < zones.instant(&start) {
        return Err(invalid("due", "the task is due before it starts"));
    }
    Ok(())
}

/// COMPLETED is in UTC (RFC 5545 §3.8.2.1); a date or a time without a zone is taken for UTC.
fn in_utc(argument: &str, moment: &Moment) -> ToolResult<Moment> {
    match moment {
        Moment::Zoned(..) => Err(invalid(argument, "give the time in UTC")),
        other => Ok(Moment::Utc(other.civil())),
    }
}

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
