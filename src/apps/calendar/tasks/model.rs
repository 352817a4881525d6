//! What the task tools take and give.

use actors::nextcloud::Etag;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::events::CalendarFailure;
use super::super::reminders::{self, Reminder};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListTodos {
    pub calendar_name: String,
    // Not flattened: serde then forgets which argument it could not read.
    /// NEEDS-ACTION, IN-PROCESS, COMPLETED or CANCELLED.
    pub status: Option<String>,
    /// 1 is the highest.
    pub min_priority: Option<i64>,
    pub categories: Option<String>,
    pub summary_contains: Option<String>,
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
    pub order: (i64, i64),
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TodoList {
    pub todos: Vec<Todo>,
    pub total_count: usize,
    /// Objects that are left out: they are no iCalendar that we take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
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
