//! The HTTP calls of Deck's REST API (`/index.php/apps/deck/api/v1.0`, v1.1 where attachments of type `file` are to be
//! seen) and of its OCS API for comments.
//!
//! Deck knows no conditional requests but `If-None-Match`: nothing here can be made to fail because somebody else was
//! faster.

mod boards;
mod cards;
mod comments;
mod files;
mod labels;

pub use boards::*;
pub use cards::*;
pub use comments::*;
pub use files::*;
pub use labels::*;

use actors::nextcloud::{NextcloudError, NextcloudRequest};
use serde::de::IgnoredAny;

/// Sends, and takes the answer as read whatever it holds, if only Deck gave it: a page in between answers 200 too.
async fn done(request: NextcloudRequest) -> Result<(), NextcloudError> {
    request.send().await?.json::<IgnoredAny>().await.map(drop)
}
