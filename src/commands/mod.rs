//! What the command does, one file for each subcommand.

pub mod client;
pub mod run;
pub mod sandbox;

use std::process::ExitCode;

use crate::cli::RunArgs;
use crate::config::{self, Loaded, Sources};

/// The configuration that a command was given. What is wrong with it is printed here; then the exit code is 2.
#[expect(clippy::print_stderr, reason = "configuration problems come before logs exist")]
fn configuration(args: &RunArgs) -> Result<Loaded, ExitCode> {
    config::load(&Sources::read(args.flags(), std::env::vars_os())).map_err(|problems| {
        eprintln!("{problems}");
        ExitCode::from(2)
    })
}
