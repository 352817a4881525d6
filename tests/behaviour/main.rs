//! What the server does, seen as its users see it: through MCP over HTTP, in front of a Nextcloud.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

mod attacks;
mod bad_input;
mod calendar;
mod client_command;
mod contacts;
mod cookbook;
mod crash;
mod deck;
mod delegated_access;
mod excluded_tags;
mod files;
mod guard;
#[cfg(target_os = "linux")]
mod large_files;
mod notes;
mod pages;
mod registration;
mod sharing;
mod step_up;
mod tables;
mod tasks;
mod ten_thousand;
