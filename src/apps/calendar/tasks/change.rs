//! Writing what a tool was asked to change into a task.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::fields;
use super::super::reminders::{self, Reminder};
use super::super::when::invalid;
use super::model::UpdateTodo;
use super::read::status;
use crate::ical::{Edit, Line, Moment, Zones};
use crate::mcp::ToolResult;

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
pub struct Change {
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
    /// Checks arguments as far as they can be without the task.
    pub fn of(args: &UpdateTodo) -> ToolResult<Self> {
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

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
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

    /// Writes the change, and nothing else.
    pub fn apply(&self, edit: &mut Edit<'_>, zones: &Zones, now: Timestamp) -> ToolResult<()> {
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
