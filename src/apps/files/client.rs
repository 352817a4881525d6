//! What every tool of this app works with: one user's files, with the paths that may be touched.

use std::sync::Arc;
use std::time::Duration;

use actors::nextcloud::{Etag, NextcloudClient, NextcloudError, NextcloudRequest};
use actors::randomness::{Randomness, SystemRandomness};
use http::StatusCode;
use url::Url;

use super::entry::{Entry, PROPS, is_settled};
use super::exclusion::{Excluded, Exclusions};
use super::path::FilePath;
use crate::dav::{DavClient, Depth, Multistatus, SendMultistatus};
use crate::mcp::{About, ToolError, ToolResult};

const FILE: &str = "/remote.php/dav/files/{user}/{path}";
/// How long a file changed this very second is waited for. Its second has passed then.
const SECOND: Duration = Duration::from_millis(1_020);

/// What the configuration says about files.
#[derive(Debug, Clone)]
pub struct FilesSettings {
    /// Names of system tags whose files and folders are hidden.
    pub excluded_tags: Vec<String>,
    /// Largest content of one call, in bytes.
    pub max_write_bytes: usize,
}

impl Default for FilesSettings {
    fn default() -> Self {
        Self {
            excluded_tags: Vec::new(),
            max_write_bytes: 50 * 1024 * 1024,
        }
    }
}

/// One user's files.
#[derive(Debug, Clone)]
pub struct Files {
    pub(super) nextcloud: NextcloudClient,
    shared: Arc<Shared>,
}

/// What all users' files have in common.
#[derive(Debug)]
pub(super) struct Shared {
    max_write_bytes: usize,
    exclusions: Exclusions,
}

impl Shared {
    pub(super) fn new(settings: &FilesSettings) -> Arc<Self> {
        Arc::new(Self {
            max_write_bytes: settings.max_write_bytes,
            exclusions: Exclusions::new(settings.excluded_tags.clone()),
        })
    }
}

/// What is at a path, and when Nextcloud said so.
#[derive(Debug, Clone)]
pub(super) struct Look {
    /// `None` when nothing is there.
    pub(super) entry: Option<Entry>,
    /// Unix seconds by Nextcloud's clock.
    pub(super) answered: Option<i64>,
}

impl Files {
    pub(super) fn new(nextcloud: NextcloudClient, shared: Arc<Shared>) -> Self {
        Self { nextcloud, shared }
    }

    /// Largest content of one call, in bytes.
    pub(super) fn max_write_bytes(&self) -> usize {
        self.shared.max_write_bytes
    }

    /// The user id that paths contain.
    pub(super) async fn user(&self) -> ToolResult<Arc<str>> {
        self.nextcloud.user_id().await.about("the user's own id")
    }

    /// The path of the user's folder, decoded.
    pub(super) async fn base(&self) -> ToolResult<String> {
        Ok(format!("/remote.php/dav/files/{}", self.user().await?))
    }

    /// What is hidden from this user's tools. Every tool asks before it touches or shows a path; when it cannot be
    /// known, nothing is touched or shown.
    pub(super) async fn excluded(&self) -> ToolResult<Arc<Excluded>> {
        self.shared.exclusions.of(self).await
    }

    /// Forgets what is hidden: the user's tags have changed.
    pub(super) async fn tags_changed(&self) -> ToolResult<()> {
        self.shared.exclusions.forget(&self.user().await?).await;
        Ok(())
    }

    /// Whether anything can be hidden.
    pub(super) fn hides_tags(&self) -> bool {
        !self.shared.exclusions.is_off()
    }

    /// Reads a path argument, which may be the user's folder.
    pub(super) async fn locate(&self, argument: &str, text: &str) -> ToolResult<FilePath> {
        let path = FilePath::parse(argument, text)?;
        self.check(path).await
    }

    /// Reads a path argument, which must name something in the user's folder.
    pub(super) async fn locate_entry(&self, argument: &str, text: &str) -> ToolResult<FilePath> {
        let path = FilePath::parse_entry(argument, text)?;
        self.check(path).await
    }

    async fn check(&self, path: FilePath) -> ToolResult<FilePath> {
        if self.excluded().await?.hides(&path) {
            return Err(not_found(&path));
        }
        Ok(path)
    }

    /// A request for this path.
    pub(super) async fn at(&self, method: &'static str, path: &FilePath) -> ToolResult<NextcloudRequest> {
        let user = self.user().await?;
        Ok(self.nextcloud.dav(method, FILE).segment(user).path(path.as_str()))
    }

    /// `PROPFIND` of this path.
    pub(super) async fn propfind(&self, path: &FilePath, depth: Depth) -> ToolResult<Multistatus> {
        let user = self.user().await?;
        self.nextcloud
            .propfind(FILE, depth, &PROPS)
            .segment(user)
            .path(path.as_str())
            .multistatus()
            .await
            .about(path)
    }

    /// What is at this path, if anything.
    pub(super) async fn look(&self, path: &FilePath) -> ToolResult<Look> {
        let user = self.user().await?;
        let described = self
            .nextcloud
            .propfind(FILE, Depth::Zero, &PROPS)
            .segment(user)
            .path(path.as_str())
            .multistatus_if_found()
            .await
            .about(path)?;
        let base = self.base().await?;
        let entry = match described.responses.first() {
            None => None,
            Some(response) => Some(Entry::read(response, &base).ok_or_else(|| {
                ToolError::new(
                    "unexpected_answer",
                    format!("Nextcloud described something else than {path}"),
                )
            })?),
        };
        Ok(Look {
            entry,
            answered: described.answered,
        })
    }

    /// What is at this path, which must exist.
    pub(super) async fn entry(&self, path: &FilePath) -> ToolResult<Entry> {
        self.look(path).await?.entry.ok_or_else(|| not_found(path))
    }

    /// What is at this path, once its etag can be relied on: a file that was changed in the current second is looked at
    /// again in the next.
    pub(super) async fn settled(&self, path: &FilePath) -> ToolResult<Entry> {
        let look = self.look(path).await?;
        let entry = look.entry.ok_or_else(|| not_found(path))?;
        if entry.is_directory || is_settled(entry.modified, look.answered) {
            return Ok(entry);
        }
        tokio::time::sleep(SECOND).await;
        self.entry(path).await
    }

    /// The id of what is at this path, for APIs that go by id.
    pub(super) async fn file_id(&self, path: &FilePath) -> ToolResult<u64> {
        let id = self.entry(path).await?.file_id;
        id.ok_or_else(|| ToolError::new("unexpected_answer", format!("Nextcloud gave no id for {path}")))
    }

    /// `Destination` for a path below `/remote.php/dav/`, encoded already. Without scheme and host, which a proxy may
    /// have changed.
    pub(super) fn destination(&self, below: &str) -> String {
        let base = Url::parse(self.nextcloud.server().base_url());
        let prefix = base.as_ref().map_or("", |base| base.path().trim_end_matches('/'));
        format!("{prefix}/remote.php/dav/{below}")
    }

    /// `Destination` of a file.
    pub(super) async fn file_destination(&self, path: &FilePath) -> ToolResult<String> {
        let user = FilePath::known(&self.user().await?).encoded();
        Ok(self.destination(&format!("files/{user}/{}", path.encoded())))
    }

    /// A name that nobody else's upload has.
    pub(super) fn upload_id() -> String {
        let token: String = SystemRandomness
            .token(16)
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        format!("nextcloud-mcp-{token}")
    }
}

/// What a missing file is told as, and a hidden one: nobody learns which it is.
pub(super) fn not_found(path: &FilePath) -> ToolError {
    ToolError::new(
        "not_found",
        format!("not found — {path} (HTTP 404). Check the path; nc_webdav_list_directory shows what is there."),
    )
}

/// The file is not the one that was read.
pub(super) fn changed(path: &FilePath, current: Option<&Etag>) -> ToolError {
    let current = current
        .map(|etag| format!(" (its etag is now {etag})"))
        .unwrap_or_default();
    ToolError::new(
        "precondition_failed",
        format!(
            "{path} was changed since it was read{current} (HTTP 412). Nothing was written: read it again, merge the \
             change, and write with the new etag as if_match."
        ),
    )
}

/// Whether Nextcloud refused because a precondition did not hold.
pub(super) fn is_precondition(error: &NextcloudError) -> bool {
    error.status() == Some(StatusCode::PRECONDITION_FAILED)
}
