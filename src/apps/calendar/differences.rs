//! Where the tools differ from the contract, and why.

/// One row each: tool, what differs, why.
pub const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "nc_calendar_get_event",
        "optional `recurrence_id`",
        "reads one instance of a series as it is, overrides included",
    ),
    (
        "nc_calendar_update_event",
        "optional `recurrence_id` and `recurrence_range`",
        "a change can be for one instance or for it and those that follow",
    ),
    (
        "nc_calendar_delete_event",
        "optional `recurrence_id` and `recurrence_range`; a missing event is an error",
        "an instance can be taken out of a series; a wrong UID must not look like a deletion",
    ),
    (
        "nc_calendar_list_events",
        "an empty `calendar_name` means all calendars; `cursor`; `search_all_calendars` overrides the name",
        "no default calendar exists on every server, and long lists are read in pages",
    ),
    (
        "nc_calendar_manage_calendar",
        "actions `restore` and `delete_permanently`; `color` has no default when a calendar is changed",
        "a deleted calendar keeps its name; a change of the name must not recolour the calendar",
    ),
    (
        "nc_calendar_find_availability",
        "`business_hours_only` is not repeated; `attendees_unknown`, `timezone` and `truncated` are added",
        "a slot is only as good as what is known of the attendees",
    ),
    (
        "nc_calendar_bulk_operations",
        "at most 200 events a call, and at least one filter, or a calendar with a start date",
        "a call without a filter would change everything",
    ),
    (
        "nc_calendar_delete_todo",
        "a task that does not exist is an error",
        "a name that means nothing is a mistake worth telling",
    ),
];
