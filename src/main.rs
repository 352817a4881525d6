//! The `nextcloud-mcp-server` command.

use std::process::ExitCode;

use clap::Parser;
use nextcloud_mcp_server::cli::{Cli, Command};
use nextcloud_mcp_server::commands;

/// Measured: the same calls with the system's allocator reach two thirds of the throughput. It does not ask for
/// transparent huge pages (`no_thp`), of which each stays whole for any byte in it: `docs/decisions/large-files.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().into_command() {
        Command::Run(args) => commands::run::run(&args).await,
        Command::Sandbox(args) => commands::sandbox::run(&args).await,
        Command::Client(command) => commands::client::run(&command).await,
    }
}
