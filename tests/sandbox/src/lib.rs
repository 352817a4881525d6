//! A Nextcloud 32 in memory that answers as a recorded one did.
//!
//! It is what the server's tests run against, and what `nextcloud-mcp-server sandbox` shows to somebody who has no
//! Nextcloud at hand. Status codes, bodies and oddities follow recordings of an unpatched Nextcloud 32.0.1 with the
//! apps `oidc` 2.0.9 and `user_oidc` 8.10.1; where the recording looks wrong, the sandbox is wrong in the same way.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use nextcloud_sandbox::{Sandbox, SandboxOptions};
//!
//! let nextcloud = Sandbox::start(SandboxOptions::new()).await?;
//! println!("{}", nextcloud.url());
//! # Ok(())
//! # }
//! ```
//!
//! Each app is one folder with `routes()` and its own state in [`AppState`]; what it needs to know about who is asking
//! is one extractor of [`auth`].

#![expect(
    clippy::result_large_err,
    reason = "handlers and extractors refuse with a whole response"
)]

pub mod apps;
pub mod auth;
pub mod browser;
pub mod clock;
pub mod faults;
pub mod ocs;
pub mod oidc;
pub mod options;
pub mod requests;
pub mod state;
pub mod users;

mod account;
mod calendars;
mod capabilities;
mod contacts;
mod cookbook;
mod dav;
mod deck;
mod files;
mod frontend;
mod gzip;
mod hex;
mod login;
mod login_flow;
mod notes;
mod pages;
mod params;
mod random;
mod reply;
mod router;
mod server;
mod sessions;
mod sharing;
mod status;
mod tables;
#[cfg(test)]
mod test_client;
mod user_oidc;

pub use options::{SandboxOptions, TokenType};
pub use server::Sandbox;
pub use state::AppState;
pub use users::User;
