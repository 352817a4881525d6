//! The Model Context Protocol side: what tools and resources there are, who may see them, and how they are run.

mod app;
mod arguments;
pub mod bulk;
mod catalogue;
mod error;
mod handler;
mod resource;
mod schema;
mod text;
mod tool;

pub use app::{App, AppTools};
pub use catalogue::{Catalogue, Selection};
pub use error::{About, ToolError, ToolResult};
pub use handler::{Caller, McpHandler, Sessions};
pub use resource::{Resource, ResourceBody, UriParameters};
pub use tool::{AccountContext, Hints, NoArguments, Tool};
