//! The Deck app: boards of stacks of cards (`/index.php/apps/deck/api/v1.0`, comments by OCS).

mod api;
mod dates;
mod differences;
mod explain;
mod lenient;
mod links;
mod listing;
mod model;
mod resources;
mod split;
mod table;
mod tools;
mod values;

pub(crate) use differences::DIFFERENCES;
pub use table::tools;
