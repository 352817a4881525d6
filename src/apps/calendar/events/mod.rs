//! Events: reading, creating, changing and deleting them, alone or in bulk, and finding free time.

mod availability;
mod bulk;
mod create;
mod delete;
mod edit;
mod model;
mod read;
mod recurrence;
mod update;

pub use availability::find_availability;
pub use bulk::bulk_operations;
pub use create::{create_event, create_meeting};
pub use delete::delete_event;
pub use model::CalendarFailure;
pub use read::{get_event, get_upcoming_events, list_events};
pub use update::update_event;
