//! Writing what a tool was asked to change into a component, and nothing else.

mod rule;
mod time;

use jiff::Timestamp;

use super::super::api::Person;
use super::super::reminders::{self, Reminder};
use super::super::when::invalid;
use super::super::{fields, people};
use super::model::UpdateEvent;
use crate::ical::{Edit, Line, Zones};
use crate::mcp::{ToolError, ToolResult};

pub use rule::RuleChange;
pub use time::{FLOATING, TimeChange, checked_end, plus, shift};

/// A change whose arguments have been checked.
#[derive(Debug, Default)]
pub struct Change {
    pub title: Option<String>,
    pub description: Option<String>,
    pub location: Option<String>,
    pub categories: Option<Vec<String>>,
    pub status: Option<&'static str>,
    pub priority: Option<i64>,
    pub privacy: Option<&'static str>,
    pub link: Option<String>,
    pub color: Option<String>,
    pub attendees: Option<Vec<people::Invited>>,
    pub reminders: Option<Vec<Reminder>>,
    pub time: TimeChange,
    pub rule: RuleChange,
    /// Who becomes the organiser of an event that invites for the first time.
    pub organiser: Person,
}

impl Change {
    /// Checks arguments as far as they can be without the event.
    pub fn of(args: &UpdateEvent) -> ToolResult<Self> {
        let some = |text: &Option<String>| text.clone();
        if let Some(title) = &args.title {
            fields::title("title", title)?;
        }
        fields::long("description", args.description.as_deref().unwrap_or_default())?;
        fields::short("location", args.location.as_deref().unwrap_or_default())?;
        if let Some(priority) = args.priority {
            fields::priority("priority", priority)?;
        }
        if let Some(link) = args.url.as_deref().filter(|link| !link.is_empty()) {
            fields::link(link)?;
        }
        let color = match args.color.as_deref() {
            None => None,
            Some("") => Some(String::new()),
            Some(color) => Some(fields::color(color)?),
        };
        let rule = match (args.recurring, &args.recurrence_rule) {
            (Some(false), Some(rule)) if !rule.trim().is_empty() => {
                return Err(invalid("recurring", "false contradicts the recurrence_rule"));
            }
            (Some(true), Some(rule)) if rule.trim().is_empty() => {
                return Err(invalid("recurring", "true contradicts the empty recurrence_rule"));
            }
            (Some(false), _) => Some(String::new()),
            (_, rule) => some(rule),
        };
        let attendees = args.attendees.as_deref().map(people::parse).transpose()?;
        Ok(Self {
            title: some(&args.title),
            description: some(&args.description),
            location: some(&args.location),
            categories: args
                .categories
                .as_deref()
                .map(|categories| fields::items("categories", categories))
                .transpose()?,
            status: args
                .status
                .as_deref()
                .map(|status| fields::word("status", status, &fields::EVENT_STATUS))
                .transpose()?,
            priority: args.priority,
            privacy: args
                .privacy
                .as_deref()
                .map(|privacy| fields::word("privacy", privacy, &fields::PRIVACY))
                .transpose()?,
            link: some(&args.url),
            color,
            attendees,
            reminders: reminders_of(args)?,
            time: TimeChange {
                start: some(&args.start_datetime).filter(|text| !text.trim().is_empty()),
                end: some(&args.end_datetime).filter(|text| !text.trim().is_empty()),
                all_day: args.all_day,
                zone: super::super::when::zone(args.timezone.as_deref().unwrap_or_default())?,
            },
            rule: RuleChange {
                rule,
                end: some(&args.recurrence_end_date).filter(|text| !text.trim().is_empty()),
            },
            organiser: Person::default(),
        })
    }

    /// Whether those invited have to hear of it.
    fn is_significant(&self) -> bool {
        self.time.is_given()
            || self.rule.is_given()
            || self.attendees.is_some()
            || self.location.is_some()
            || self.title.is_some()
            || self.status.is_some()
    }

    /// Writes the change. `repeats` is whether `edit` is a series, for which rules make sense. Gives a warning.
    pub fn apply(
        &self,
        edit: &mut Edit<'_>,
        zones: &Zones,
        now: Timestamp,
        repeats: bool,
    ) -> ToolResult<Option<&'static str>> {
        let texts = [
            ("SUMMARY", &self.title),
            ("DESCRIPTION", &self.description),
            ("LOCATION", &self.location),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                edit.set_text(name, text);
            }
        }
        if let Some(categories) = &self.categories {
            edit.set_list("CATEGORIES", categories);
        }
        let words = [("STATUS", self.status), ("CLASS", self.privacy)];
        for (name, word) in words {
            if let Some(word) = word {
                edit.set(Line::new(name, word));
            }
        }
        if let Some(priority) = self.priority {
            edit.set(Line::new("PRIORITY", priority.to_string()));
        }
        for (name, value) in [("URL", &self.link), ("COLOR", &self.color)] {
            match value.as_deref() {
                Some("") => edit.remove(name),
                Some(value) => edit.set(Line::new(name, value)),
                None => {}
            }
        }
        if let Some(people) = &self.attendees {
            people::write(edit, people, &self.organiser)?;
        }
        let old_start = edit.read().moment("DTSTART");
        let warning = self.time.apply(edit, zones)?;
        if repeats {
            self.rule.apply(edit, zones, old_start.as_ref())?;
        } else if self.rule.is_given() {
            return Err(invalid(
                "recurrence_rule",
                "one instance of a series cannot repeat by itself",
            ));
        }
        if let Some(reminders) = &self.reminders {
            let title = edit.read().text("SUMMARY").unwrap_or_default();
            reminders::write(edit, reminders, &title)?;
        }
        fields::touch(edit, now, self.is_significant());
        Ok(warning)
    }
}

fn reminders_of(args: &UpdateEvent) -> ToolResult<Option<Vec<Reminder>>> {
    if let Some(reminders) = &args.reminders {
        reminders::check(reminders)?;
        return Ok(Some(reminders.clone()));
    }
    match (args.reminder_minutes, args.reminder_email) {
        (Some(minutes), email) => reminders::simple(minutes, email.unwrap_or_default()).map(Some),
        (None, Some(true)) => Err(invalid("reminder_email", "give reminder_minutes with it")),
        (None, _) => Ok(None),
    }
}

/// Checks that something is asked for.
pub fn something(change: &Change) -> ToolResult<()> {
    let given = change.is_significant()
        || change.description.is_some()
        || change.categories.is_some()
        || change.priority.is_some()
        || change.privacy.is_some()
        || change.link.is_some()
        || change.color.is_some()
        || change.reminders.is_some();
    if given {
        Ok(())
    } else {
        Err(ToolError::invalid(
            "nothing to change: give at least one field besides the event itself",
        ))
    }
}
