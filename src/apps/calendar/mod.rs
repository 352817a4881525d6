//! Calendars and tasks (CalDAV): `/remote.php/dav/calendars/{user}/`.

mod api;
mod calendars;
mod differences;
mod events;
mod farewell;
mod fields;
mod object;
mod people;
mod reminders;
mod tasks;
mod when;

pub use differences::DIFFERENCES;

use crate::mcp::{App, AppTools};

const READ_TASKS: &[&str] = &["todo:read", "calendar:read"];
const WRITE_TASKS: &[&str] = &["todo:write", "calendar:read"];
const HOME: &str = "PROPFIND /remote.php/dav/calendars/{user}/";
const QUERY: &str = "REPORT /remote.php/dav/calendars/{user}/{calendar}/";
const READ: &str = "GET /remote.php/dav/calendars/{user}/{calendar}/{object}";
const WRITE: &str = "PUT /remote.php/dav/calendars/{user}/{calendar}/{object}";
const DELETE: &str = "DELETE /remote.php/dav/calendars/{user}/{calendar}/{object}";
const EVENT_TEXT: &[&str] = &["events[].title", "events[].location", "events[].categories"];
const TASK_TEXT: &[&str] = &["todos[].summary", "todos[].description", "todos[].categories"];

/// The table of tools.
pub fn tools() -> AppTools {
    task_tools(event_tools(AppTools::new(App::Calendar)))
}

fn event_tools(table: AppTools) -> AppTools {
    table
        .read(
            "nc_calendar_list_calendars",
            "List calendars and task lists, and the calendar trash.",
            calendars::list_calendars,
        )
        .calls(&[HOME])
        .untrusted(&["calendars[].display_name", "calendars[].description"])
        .write(
            "nc_calendar_create_event",
            "Create an event; attendees are invited by Nextcloud.",
            events::create_event,
        )
        .calls(&[WRITE])
        .read(
            "nc_calendar_list_events",
            "List events by start, series as instances.",
            events::list_events,
        )
        .calls(&[HOME, QUERY])
        .untrusted(EVENT_TEXT)
        .read(
            "nc_calendar_get_event",
            "Read an event with attendees, reminders, recurrence and etag.",
            events::get_event,
        )
        .calls(&[READ, QUERY])
        .untrusted(&[
            "title",
            "description",
            "location",
            "categories",
            "attendees[].name",
            "event_url",
        ])
        .write(
            "nc_calendar_update_event",
            "Change an event, or one instance (recurrence_id) of a series; what is left out stays, an empty text clears.",
            events::update_event,
        )
        .calls(&[READ, QUERY, WRITE])
        .write(
            "nc_calendar_delete_event",
            "Delete an event, or one instance (recurrence_id) of a series.",
            events::delete_event,
        )
        .destructive()
        .idempotent()
        .calls(&[READ, QUERY, DELETE, WRITE])
        .write(
            "nc_calendar_create_meeting",
            "Create an event from date, time and duration.",
            events::create_meeting,
        )
        .calls(&["GET /ocs/v2.php/cloud/user", WRITE])
        .read(
            "nc_calendar_get_upcoming_events",
            "List what happens from now on, soonest first.",
            events::get_upcoming_events,
        )
        .calls(&[HOME, QUERY])
        .untrusted(EVENT_TEXT)
        .read(
            "nc_calendar_find_availability",
            "Find time when the user and attendees on this Nextcloud are free.",
            events::find_availability,
        )
        .calls(&[HOME, QUERY, "POST /remote.php/dav/calendars/{user}/outbox/"])
        .write(
            "nc_calendar_bulk_operations",
            "Change, delete or move all events that match. Series only with apply_to_series.",
            events::bulk_operations,
        )
        .calls(&[
            HOME,
            QUERY,
            WRITE,
            DELETE,
            "MOVE /remote.php/dav/calendars/{user}/{calendar}/{object}",
        ])
        .untrusted(&["changed[].title", "skipped_series[].title", "failed[].title"])
        .write(
            "nc_calendar_manage_calendar",
            "Create, change, delete or restore a calendar.",
            calendars::manage_calendar,
        )
        .calls(&[
            HOME,
            "MKCALENDAR /remote.php/dav/calendars/{user}/{calendar}/",
            "PROPPATCH /remote.php/dav/calendars/{user}/{calendar}/",
            "DELETE /remote.php/dav/calendars/{user}/{calendar}/",
            "MOVE /remote.php/dav/calendars/{user}/{calendar}/",
        ])
}

fn task_tools(table: AppTools) -> AppTools {
    table
        .read(
            "nc_calendar_list_todos",
            "List the tasks of one list, by due date.",
            tasks::list_todos,
        )
        .scopes(READ_TASKS)
        .calls(&[QUERY])
        .untrusted(TASK_TEXT)
        .write("nc_calendar_create_todo", "Create a task.", tasks::create_todo)
        .scopes(WRITE_TASKS)
        .calls(&[WRITE])
        .write(
            "nc_calendar_update_todo",
            "Change a task; what is left out stays, an empty text clears.",
            tasks::update_todo,
        )
        .scopes(WRITE_TASKS)
        .calls(&[READ, QUERY, WRITE])
        .write(
            "nc_calendar_complete_todo",
            "Mark a task as done.",
            tasks::complete_todo,
        )
        .scopes(WRITE_TASKS)
        .calls(&[READ, QUERY, WRITE])
        .write("nc_calendar_delete_todo", "Delete a task.", tasks::delete_todo)
        .destructive()
        .idempotent()
        .scopes(WRITE_TASKS)
        .calls(&[READ, QUERY, DELETE])
        .read(
            "nc_calendar_search_todos",
            "Find tasks across all lists, by due date.",
            tasks::search_todos,
        )
        .scopes(READ_TASKS)
        .calls(&[HOME, QUERY])
        .untrusted(TASK_TEXT)
}
