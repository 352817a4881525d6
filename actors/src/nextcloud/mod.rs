//! The authenticated HTTP client of one user at one Nextcloud.
//!
//! A request names a path template, fills its placeholders and is sent; the template is also the low-cardinality
//! name in traces and metrics:
//!
//! ```no_run
//! # async fn example(nextcloud: nextcloud_mcp_actors::nextcloud::NextcloudClient) -> Result<(), nextcloud_mcp_actors::nextcloud::NextcloudError> {
//! let note: serde_json::Value = nextcloud
//!     .get("/index.php/apps/notes/api/v1/notes/{id}")
//!     .segment(231)
//!     .send()
//!     .await?
//!     .json()
//!     .await?;
//! # Ok(())
//! # }
//! ```

mod breaker;
mod capabilities;
mod client;
mod credential;
mod error;
mod etag;
mod limits;
mod ocs;
mod principal;
mod request;
mod response;
mod retry;
mod server;
mod template;
#[cfg(test)]
mod tests;
mod turns;

pub use breaker::{Breaker, BreakerOptions, BreakerState, Open, Outcome};
pub use capabilities::Capabilities;
pub use client::{NextcloudClient, UserCaches};
pub use credential::{Credential, NoCredential, RenewedCredential};
pub use error::{NextcloudError, StatusError};
pub use etag::Etag;
pub use limits::{CallPermit, Limits, LimitsOptions, Overloaded};
pub use request::NextcloudRequest;
pub use response::NextcloudResponse;
pub use server::{NextcloudOptions, NextcloudServer};
