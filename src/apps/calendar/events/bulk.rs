//! Changing, moving or deleting many events at once.

use std::collections::BTreeMap;

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::api::{self, Kind, Stored};
use super::super::when::{Here, invalid};
use super::super::{calendars, object};
use super::edit::{Change, something};
use super::model::{CalendarFailure, UpdateEvent};
use super::read::{self, Filter};
use super::update;
use crate::mcp::{ToolError, ToolResult};

/// Most objects that one call writes.
const MAX_OBJECTS: usize = 200;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct BulkOperations {
    /// `update`, `delete` or `move`.
    pub operation: String,
    pub title_contains: Option<String>,
    pub categories: Option<String>,
    /// Empty: all.
    pub calendar_name: Option<String>,
    /// Empty: now.
    #[serde(default)]
    pub start_date: String,
    /// Inclusive; empty: 30 days.
    #[serde(default)]
    pub end_date: String,
    pub status: Option<String>,
    pub location_contains: Option<String>,
    pub new_title: Option<String>,
    pub new_description: Option<String>,
    pub new_location: Option<String>,
    pub new_categories: Option<String>,
    pub new_priority: Option<i64>,
    pub new_reminder_minutes: Option<i64>,
    /// For `move`.
    pub target_calendar: Option<String>,
    #[serde(default)]
    pub apply_to_series: bool,
}

/// An event that was found, and what became of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BulkItem {
    pub uid: String,
    pub title: String,
    pub calendar_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct BulkResult {
    pub total_found: usize,
    pub changed: Vec<BulkItem>,
    /// Series, which `apply_to_series` includes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped_series: Vec<BulkItem>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<BulkItem>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<CalendarFailure>,
}

enum Operation {
    Update(Box<UpdateEvent>),
    Delete,
    Move(String),
}

impl Operation {
    fn of(args: &BulkOperations) -> ToolResult<Self> {
        match args.operation.trim().to_lowercase().as_str() {
            "delete" => Ok(Self::Delete),
            "move" => match args.target_calendar.as_deref().filter(|name| !name.trim().is_empty()) {
                Some(target) => Ok(Self::Move(target.to_owned())),
                None => Err(invalid("target_calendar", "name the calendar to move to")),
            },
            "update" => {
                update::check_texts(
                    args.new_title.as_deref(),
                    args.new_description.as_deref(),
                    args.new_location.as_deref(),
                )?;
                let update = UpdateEvent {
                    title: args.new_title.clone(),
                    description: args.new_description.clone(),
                    location: args.new_location.clone(),
                    categories: args.new_categories.clone(),
                    priority: args.new_priority,
                    reminder_minutes: args.new_reminder_minutes,
                    ..UpdateEvent::default()
                };
                something(&Change::of(&update)?)?;
                Ok(Self::Update(Box::new(update)))
            }
            _ => Err(invalid("operation", "one of update, delete, move")),
        }
    }
}

pub async fn bulk_operations(nextcloud: NextcloudClient, args: BulkOperations) -> ToolResult<BulkResult> {
    let operation = Operation::of(&args)?;
    let filter = Filter::text(
        args.title_contains.as_deref(),
        args.location_contains.as_deref(),
        args.categories.as_deref(),
        args.status.as_deref(),
    )?;
    let here = Here::of(&nextcloud).await;
    let calendar = args.calendar_name.as_deref().unwrap_or_default();
    if filter.is_empty() && (calendar.trim().is_empty() || args.start_date.trim().is_empty()) {
        return Err(ToolError::invalid(
            "say which events: give title_contains, location_contains, categories or status, or a calendar with a start_date",
        ));
    }
    let range = here.range(("start_date", &args.start_date), ("end_date", &args.end_date), 30)?;
    let all = calendars::chosen(&nextcloud, calendar, Kind::Event).await?;
    // Of all calendars those that can be written are meant.
    let names: Vec<String> = all
        .into_iter()
        .filter(|one| !one.read_only || !calendar.trim().is_empty())
        .map(|calendar| calendar.name)
        .collect();
    if let Operation::Move(target) = &operation {
        let target = calendars::chosen(&nextcloud, target, Kind::Event).await?;
        if target
            .iter()
            .any(|calendar| calendar.read_only || !calendar.holds(Kind::Event))
        {
            return Err(invalid(
                "target_calendar",
                "it takes no events: it is read-only or for tasks",
            ));
        }
    }
    let found = read::within(&nextcloud, &names, &here, range).await?;
    if found.truncated {
        return Err(ToolError::invalid(
            "too many instances to look at: choose a shorter range of time",
        ));
    }
    let mut objects: BTreeMap<usize, BulkItem> = BTreeMap::new();
    let mut skipped: BTreeMap<usize, BulkItem> = BTreeMap::new();
    for (occurrence, number) in &found.instances {
        if !filter.passes(occurrence) {
            continue;
        }
        let event = &occurrence.summary;
        let item = BulkItem {
            uid: event.uid.clone(),
            title: event.title.clone(),
            calendar_name: event.calendar_name.clone(),
            error: None,
        };
        let list = if event.recurring && !args.apply_to_series {
            &mut skipped
        } else {
            &mut objects
        };
        list.entry(*number).or_insert(item);
    }
    if objects.len() > MAX_OBJECTS {
        return Err(ToolError::invalid(format!(
            "{} events match: narrow the search to {MAX_OBJECTS} at most",
            objects.len()
        )));
    }
    let mut result = BulkResult {
        total_found: objects.len() + skipped.len(),
        changed: Vec::new(),
        skipped_series: skipped.into_values().collect(),
        failed: Vec::new(),
        errors: found.errors.clone(),
    };
    for (number, mut item) in objects {
        let Some(stored) = found.objects.get(number) else {
            continue;
        };
        match run(&nextcloud, &operation, stored, &item.uid, &here).await {
            Ok(()) => result.changed.push(item),
            Err(error) => {
                item.error = Some(error.to_string());
                result.failed.push(item);
            }
        }
    }
    Ok(result)
}

async fn run(
    nextcloud: &NextcloudClient,
    operation: &Operation,
    stored: &Stored,
    uid: &str,
    here: &Here,
) -> ToolResult<()> {
    let subject = object::subject(Kind::Event, &stored.calendar, uid);
    match operation {
        Operation::Update(update) => update::apply(nextcloud, stored, Change::of(update)?, here, &subject).await,
        Operation::Delete => object::delete(nextcloud, stored, &subject).await,
        Operation::Move(target) if *target == stored.calendar => Ok(()),
        Operation::Move(target) => match api::relocate(nextcloud, stored, target).await {
            Ok(()) => Ok(()),
            Err(error) => Err(calendars::refusal(nextcloud, target, &subject, error).await),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{BulkOperations, Operation};

    fn operation(json: serde_json::Value) -> Result<(), String> {
        let args: BulkOperations = serde_json::from_value(json).unwrap();
        Operation::of(&args).map(drop).map_err(|error| error.to_string())
    }

    #[test]
    fn operations_are_checked_before_anything_is_read() {
        assert!(operation(serde_json::json!({"operation": "delete"})).is_ok());
        for (json, reason) in [
            (serde_json::json!({"operation": "purge"}), "operation"),
            (serde_json::json!({"operation": "move"}), "target_calendar"),
            (serde_json::json!({"operation": "update"}), "nothing to change"),
            (
                serde_json::json!({"operation": "update", "new_title": " "}),
                "new_title",
            ),
            (
                serde_json::json!({"operation": "update", "new_priority": 12}),
                "priority",
            ),
        ] {
            let error = operation(json).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
