//! An MCP server for Nextcloud: the surface. What has state lives in the `actors` crate.

pub mod apps;
pub mod cli;
pub mod code_flow;
pub mod commands;
pub mod config;
pub mod dav;
pub mod delegated_access;
pub mod http;
pub mod ical;
pub mod mcp;
pub mod server;
pub mod sessions;
mod stdio;
pub mod vcard;
