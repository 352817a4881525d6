//! How far a tool call is from the least it could cost.
//!
//! `cargo bench --bench floor` runs two servers in front of the same stub of Nextcloud, in turn, under the load of `wrk`
//! (16 connections), and prints calls per second, CPU time per call, p99 and memory of both, and the ratio round by
//! round. Times on a shared machine drift; the ratio of two rounds next to each other does not.
//!
//! - `floor`: axum and reqwest, and nothing that a tool call could do without: read the JSON-RPC request, get the note,
//!   write the JSON-RPC answer. No tokens, no protocol, no traces.
//! - `ours`: the whole server in OAuth mode, with a token that is verified already.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    reason = "a benchmark prints, and stops when something is off"
)]

mod load;
mod roles;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let role = arguments.iter().position(|argument| argument == "--role");
    match role.and_then(|at| arguments.get(at + 1..)) {
        Some(role) => roles::run(role),
        None => load::compare(),
    }
}
