//! Tasks (`VTODO`).

mod change;
mod model;
mod read;
mod write;

use super::api::Kind;

pub use read::{list_todos, search_todos};
pub use write::{complete_todo, create_todo, delete_todo, update_todo};

const TODO: &str = Kind::Task.component();
