//! Calls of the tools for calendars and tasks.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::ToSpan as _;
use jiff::civil::date;
use serde_json::{Value, json};

use super::super::world::World;
use super::{ValidCalls, with};
use crate::support::unique;

/// A calendar of the test's own.
pub(in super::super) struct Calendars {
    calendar: Value,
    /// Days on which there is an event for the bulk operations.
    days: AtomicU32,
}

impl ValidCalls for Calendars {
    const PREFIX: &'static str = "nc_calendar_";

    async fn start(world: &World) -> Self {
        Self {
            calendar: calendar(world).await,
            days: AtomicU32::new(0),
        }
    }

    async fn arguments(&self, world: &World, tool: &str) -> Value {
        let name = &self.calendar;
        let september = json!({"start_date": "2031-09-01", "end_date": "2031-09-30", "calendar_name": name});
        match tool {
            "nc_calendar_list_calendars" => json!({}),
            "nc_calendar_create_event" => with(
                new_event(name),
                &json!({"description": "d", "location": "l", "attendees": "guest@example.org", "categories": "a,b",
                    "timezone": "Europe/Berlin", "recurrence_rule": "FREQ=WEEKLY;COUNT=3", "url": "https://example.org/",
                    "reminders": [{"minutes_before": 10}], "color": "red"}),
            ),
            "nc_calendar_list_events" => with(september, &json!({"title_contains": "e", "limit": 5})),
            "nc_calendar_get_event" | "nc_calendar_delete_event" => {
                json!({"calendar_name": name, "event_uid": self.event(world).await["uid"]})
            }
            "nc_calendar_update_event" => {
                let event = self.event(world).await;
                json!({"calendar_name": name, "event_uid": event["uid"], "title": "new", "etag": event["etag"]})
            }
            "nc_calendar_create_meeting" => {
                json!({"calendar_name": name, "title": "m", "date": "2031-09-05", "time": "10:00", "timezone": "UTC"})
            }
            "nc_calendar_find_availability" => json!({"duration_minutes": 30, "attendees": "bob@example.org",
                "date_range_start": "2031-09-01", "date_range_end": "2031-09-05", "timezone": "Europe/Berlin"}),
            "nc_calendar_bulk_operations" => {
                // An event on a day of its own, or every row would change those of all rows before.
                let day = self.days.fetch_add(1, Ordering::Relaxed);
                let day = date(2031, 10, 1)
                    .checked_add(i64::from(day).days())
                    .unwrap()
                    .to_string();
                let event = with(new_event(name), &json!({"start_datetime": day, "end_datetime": day}));
                world.ok("nc_calendar_create_event", event).await;
                json!({"calendar_name": name, "start_date": day, "end_date": day, "operation": "update",
                    "new_location": "there"})
            }
            "nc_calendar_manage_calendar" => json!({"action": "create", "display_name": unique("Bad input")}),
            "nc_calendar_list_todos" | "nc_calendar_get_upcoming_events" => json!({"calendar_name": name}),
            "nc_calendar_search_todos" => json!({"summary_contains": "t"}),
            "nc_calendar_create_todo" => with(new_task(name), &json!({"description": "d", "due": "2031-09-05"})),
            "nc_calendar_update_todo" => with(self.task(world).await, &json!({"summary": "new"})),
            "nc_calendar_complete_todo" | "nc_calendar_delete_todo" => self.task(world).await,
            _ => panic!("{tool} has no call that works"),
        }
    }
}

impl Calendars {
    async fn event(&self, world: &World) -> Value {
        world.ok("nc_calendar_create_event", new_event(&self.calendar)).await
    }

    /// The arguments that name a new task.
    async fn task(&self, world: &World) -> Value {
        let task = world.ok("nc_calendar_create_todo", new_task(&self.calendar)).await;
        json!({"calendar_name": self.calendar, "todo_uid": task["uid"]})
    }
}

async fn calendar(world: &World) -> Value {
    let new = json!({"action": "create", "display_name": unique("Bad input")});
    let made = world.ok("nc_calendar_manage_calendar", new).await;
    made["calendar"]["name"].clone()
}

fn new_event(calendar: &Value) -> Value {
    json!({"calendar_name": calendar, "title": "event", "start_datetime": "2031-09-03T10:00:00",
        "end_datetime": "2031-09-03T11:00:00"})
}

fn new_task(calendar: &Value) -> Value {
    json!({"calendar_name": calendar, "summary": "task"})
}
