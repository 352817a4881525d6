//! `EXCLUDED_TAGS` for the other apps: a note is a file, a share is of one, an attachment can be one.

use std::future::Future;
use std::sync::Arc;

use actors::nextcloud::NextcloudClient;

use super::client::{Files, FilesSettings, Shared, not_found};
use super::exclusion::Excluded;
use super::path::FilePath;
use crate::mcp::{ToolError, ToolResult};

/// Stands between tools and files: one for all apps, so that what is hidden is asked of Nextcloud once for all.
#[derive(Debug, Clone)]
pub struct Screen {
    pub(super) shared: Arc<Shared>,
}

/// A user's Nextcloud, and what of its files is hidden.
#[derive(Debug, Clone)]
pub struct Screened {
    /// The client; what it gives has to be held against [`hidden`](Screened::hidden).
    pub nextcloud: NextcloudClient,
    shared: Arc<Shared>,
}

/// What is hidden from one user's tools at the moment.
#[derive(Debug, Clone)]
pub struct Hidden {
    excluded: Arc<Excluded>,
    is_on: bool,
}

impl Screen {
    /// A screen that hides what the configuration says.
    pub fn new(settings: &FilesSettings) -> Self {
        Self {
            shared: Shared::new(settings),
        }
    }

    /// Gives a tool or resource the screened Nextcloud instead of the bare client.
    pub fn to<A, F, Fut>(&self, handler: F) -> impl Fn(NextcloudClient, A) -> Fut + Send + Sync + 'static
    where
        F: Fn(Screened, A) -> Fut + Send + Sync + 'static,
        Fut: Future,
    {
        let shared = Arc::clone(&self.shared);
        move |nextcloud, args| {
            let shared = Arc::clone(&shared);
            handler(Screened { nextcloud, shared }, args)
        }
    }
}

impl Screened {
    /// What is hidden from this user. Asks Nextcloud at most every ten seconds, and not at all when no tags are
    /// excluded; when Nextcloud cannot say, that is the error, and nothing is to be shown.
    pub async fn hidden(&self) -> ToolResult<Hidden> {
        let files = Files::new(self.nextcloud.clone(), Arc::clone(&self.shared));
        Ok(Hidden {
            excluded: files.excluded().await?,
            is_on: files.hides_tags(),
        })
    }
}

impl Hidden {
    /// Whether tags are excluded at all: if not, nobody needs to look where a file is.
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Whether this file, as Nextcloud described it, is hidden. One whose place among the user's files is not told
    /// cannot be held against the tags, and is.
    pub fn hides(&self, path: Option<&str>, id: Option<i64>) -> bool {
        let by_id = id.is_some_and(|id| u64::try_from(id).is_ok_and(|id| self.excluded.hides_id(id)));
        let by_path = || path.is_none_or(|path| self.excluded.hides(&FilePath::known(path)));
        self.is_on && (by_id || by_path())
    }

    /// Refuses a path that a caller gave: as missing when it is hidden, and when something below it is since whoever
    /// gets it gets that too.
    pub fn check(&self, path: &str) -> ToolResult<()> {
        let path = FilePath::known(path);
        if self.excluded.hides(&path) {
            return Err(not_found(&path));
        }
        self.excluded.refuse_below(&path)
    }

    /// What a hidden thing is told as: `subject` is missing.
    pub fn missing(subject: impl std::fmt::Display) -> ToolError {
        ToolError::new(
            "not_found",
            format!(
                "not found — {subject} (HTTP 404). Check the id or path; it may have been deleted or belong to another \
                 account."
            ),
        )
    }
}
