//! Alarms (RFC 5545 §3.6.6) as tools take and show them.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::when::invalid;
use crate::ical::{Component, Duration, Edit, Line, Moment};
use crate::mcp::ToolResult;

const MAX_REMINDERS: usize = 20;
/// A reminder a year ahead is the earliest.
const MAX_MINUTES: i64 = 366 * 24 * 60;

/// How one is reminded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Action {
    #[default]
    Display,
    Email,
    Audio,
}

/// What the time before counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Related {
    Start,
    End,
}

/// A reminder: `minutes_before`, `trigger_at` (a time) or `trigger` (a duration such as `-P1D`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    #[serde(default)]
    pub action: Action,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes_before: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related: Option<Related>,
}

/// Reminders as the schemas of arguments show them: four tools take them, so their fields are described instead of
/// listed.
pub type Argument = Vec<serde_json::Map<String, serde_json::Value>>;

/// The reminders of `minutes` before, shown and, with `email`, also mailed. None for 0 minutes.
pub fn simple(minutes: i64, email: bool) -> ToolResult<Vec<Reminder>> {
    let reminder = |action| Reminder {
        action,
        minutes_before: Some(minutes),
        ..Reminder::default()
    };
    match minutes {
        0 => Ok(Vec::new()),
        1..=MAX_MINUTES if email => Ok(vec![reminder(Action::Display), reminder(Action::Email)]),
        1..=MAX_MINUTES => Ok(vec![reminder(Action::Display)]),
        _ => Err(invalid("reminder_minutes", "0 for none, at most a year of minutes")),
    }
}

/// Checks reminders before anything is sent.
pub fn check(reminders: &[Reminder]) -> ToolResult<()> {
    if reminders.len() > MAX_REMINDERS {
        return Err(invalid("reminders", &format!("at most {MAX_REMINDERS}")));
    }
    reminders.iter().try_for_each(|reminder| trigger(reminder).map(drop))
}

fn trigger(reminder: &Reminder) -> ToolResult<Line> {
    let wrong = |problem: &str| invalid("reminders", problem);
    let duration = match (reminder.minutes_before, &reminder.trigger_at, &reminder.trigger) {
        (Some(minutes), None, None) if (-MAX_MINUTES..=MAX_MINUTES).contains(&minutes) => Duration::minutes(-minutes),
        (Some(_), None, None) => return Err(wrong("minutes_before is at most a year")),
        (None, Some(at), None) => {
            let moment = Moment::from_user(at, None).map_err(|problem| wrong(&format!("trigger_at: {problem}")))?;
            // RFC 5545 §3.8.6.3: an absolute trigger is in UTC.
            let Moment::Utc(_) = moment else {
                return Err(wrong("trigger_at: give a time with `Z` or an offset such as `+02:00`"));
            };
            return Ok(Line::moment("TRIGGER", &moment).with("VALUE", "DATE-TIME"));
        }
        (None, None, Some(trigger)) => {
            Duration::read(trigger).ok_or_else(|| wrong("trigger: a duration such as -PT15M or -P1D"))?
        }
        _ => return Err(wrong("give exactly one of minutes_before, trigger_at and trigger")),
    };
    let line = Line::new("TRIGGER", duration.to_string());
    Ok(match reminder.related {
        Some(Related::End) => line.with("RELATED", "END"),
        _ => line,
    })
}

/// Replaces the component's alarms. One that says the same as before keeps its bytes.
pub fn write(edit: &mut Edit<'_>, reminders: &[Reminder], title: &str) -> ToolResult<()> {
    let mut missing: Vec<&Reminder> = reminders.iter().collect();
    edit.remove_children("VALARM", |alarm| {
        let same = read_one(alarm).and_then(|old| missing.iter().position(|new| is_same(&old, new)));
        same.map(|at| missing.remove(at)).is_none()
    });
    for reminder in missing {
        let action = match reminder.action {
            Action::Display => "DISPLAY",
            Action::Email => "EMAIL",
            Action::Audio => "AUDIO",
        };
        let mut lines = vec![Line::new("ACTION", action), trigger(reminder)?];
        let description = reminder.description.as_deref().unwrap_or(title);
        if reminder.action != Action::Audio {
            lines.push(Line::text("DESCRIPTION", description));
        }
        if reminder.action == Action::Email {
            lines.push(Line::text("SUMMARY", reminder.summary.as_deref().unwrap_or(title)));
        }
        edit.push_child("VALARM", lines);
    }
    Ok(())
}

fn is_same(old: &Reminder, new: &Reminder) -> bool {
    let told = |new: &Option<String>, old: &Option<String>| new.is_none() || new == old;
    let when = |reminder: &Reminder| trigger(reminder).ok();
    old.action == new.action
        && when(old) == when(new)
        && told(&new.description, &old.description)
        && told(&new.summary, &old.summary)
}

/// The component's reminders.
pub fn read(component: Component<'_>) -> Vec<Reminder> {
    component.children("VALARM").filter_map(read_one).collect()
}

fn read_one(alarm: Component<'_>) -> Option<Reminder> {
    let trigger = alarm.property("TRIGGER")?;
    let mut reminder = Reminder {
        action: match alarm.text("ACTION")?.to_ascii_uppercase().as_str() {
            "EMAIL" => Action::Email,
            "AUDIO" => Action::Audio,
            _ => Action::Display,
        },
        description: alarm.text("DESCRIPTION"),
        summary: alarm.text("SUMMARY"),
        ..Reminder::default()
    };
    if let Some(moment) = trigger.moment() {
        let Moment::Utc(at) = moment else { return None };
        let instant = TimeZone::UTC.to_timestamp(at).ok()?;
        reminder.trigger_at = Some(instant.to_string());
        return Some(reminder);
    }
    let duration = Duration::read(&trigger.raw())?;
    match duration.total_seconds() {
        seconds if seconds <= 0 && seconds % 60 == 0 => reminder.minutes_before = Some(-seconds / 60),
        _ => reminder.trigger = Some(duration.to_string()),
    }
    if trigger
        .parameter("RELATED")
        .is_some_and(|related| related.eq_ignore_ascii_case("END"))
    {
        reminder.related = Some(Related::End);
    }
    Some(reminder)
}

#[cfg(test)]
mod tests {
    use super::{Action, Reminder, check, read, simple, write};
    use crate::ical::Document;

    #[test]
    fn reminders_are_written_once_and_read_back() {
        let mut document = Document::new();
        let at = document.add("VEVENT");
        let reminders = simple(15, true).unwrap();
        write(&mut document.edit(at).unwrap(), &reminders, "Title").unwrap();
        let written = document.to_text();
        assert!(
            written.contains("BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nDESCRIPTION:Title\r\nEND:VALARM")
        );
        write(&mut document.edit(at).unwrap(), &reminders, "Another title").unwrap();
        assert_eq!(document.to_text(), written);
        let found = read(document.component(at).unwrap());
        assert_eq!((found[1].action, found[1].minutes_before), (Action::Email, Some(15)));
        write(&mut document.edit(at).unwrap(), &[], "Title").unwrap();
        assert!(!document.to_text().contains("VALARM"));
    }

    #[test]
    fn wrong_reminders_are_refused() {
        let reminder = |change: fn(&mut Reminder)| {
            let mut reminder = Reminder::default();
            change(&mut reminder);
            check(&[reminder])
        };
        assert!(reminder(|_| {}).is_err());
        assert!(reminder(|reminder| reminder.trigger = Some("15 minutes".to_owned())).is_err());
        assert!(reminder(|reminder| reminder.trigger_at = Some("2026-09-01T09:00".to_owned())).is_err());
        assert!(reminder(|reminder| reminder.trigger_at = Some("2026-09-01T09:00Z".to_owned())).is_ok());
        assert!(reminder(|reminder| reminder.minutes_before = Some(i64::MAX)).is_err());
        assert!(simple(-5, false).is_err());
    }
}
