//! What the command does, one file for each subcommand.

pub mod client;
pub mod run;
pub mod sandbox;
