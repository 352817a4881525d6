//! `EXCLUDED_TAGS`: what bears one of these system tags, and all below it, does not exist for any tool.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;

use super::client::Files;
use super::path::FilePath;
use super::tags;
use crate::mcp::{ToolError, ToolResult};

/// How long it takes at most until a tag set elsewhere hides a file.
const FRESH: Duration = Duration::from_secs(10);
/// Users whose hidden paths are remembered.
const MAX_USERS: u64 = 10_000;

/// The tags, and for each user what they hide.
#[derive(Debug)]
pub(super) struct Exclusions {
    tags: Vec<String>,
    by_user: Cache<Arc<str>, Arc<Excluded>>,
}

/// What is hidden from one user's tools.
#[derive(Debug, Default)]
pub(super) struct Excluded {
    roots: Vec<Root>,
}

/// What bears one of the tags.
#[derive(Debug)]
struct Root {
    path: FilePath,
    id: Option<u64>,
}

impl Exclusions {
    pub(super) fn new(tags: Vec<String>) -> Self {
        Self {
            tags,
            by_user: Cache::builder().max_capacity(MAX_USERS).time_to_live(FRESH).build(),
        }
    }

    pub(super) fn is_off(&self) -> bool {
        self.tags.is_empty()
    }

    /// What is hidden from this user. An error when Nextcloud cannot be asked: nothing is shown then.
    pub(super) async fn of(&self, files: &Files) -> ToolResult<Arc<Excluded>> {
        if self.is_off() {
            return Ok(Arc::default());
        }
        let user = files.user().await?;
        self.by_user
            .try_get_with(user, self.load(files))
            .await
            .map_err(|error: Arc<ToolError>| {
                ToolError::new(
                    error.kind(),
                    format!("which files may be shown could not be found out, so none are: {error}"),
                )
            })
    }

    pub(super) async fn forget(&self, user: &str) {
        self.by_user.invalidate(user).await;
    }

    async fn load(&self, files: &Files) -> ToolResult<Arc<Excluded>> {
        let mut roots = Vec::new();
        for tag in tags::all(files).await? {
            let name = tag.name.to_lowercase();
            if self.tags.iter().any(|excluded| excluded.to_lowercase() == name) {
                let tagged = tags::tagged(files, tag.id).await?;
                roots.extend(tagged.entries.into_iter().map(|entry| Root {
                    path: entry.path,
                    id: entry.file_id,
                }));
            }
        }
        Ok(Arc::new(Excluded { roots }))
    }
}

impl Excluded {
    /// Whether the path is hidden.
    pub(super) fn hides(&self, path: &FilePath) -> bool {
        self.roots.iter().any(|root| path.is_within(&root.path))
    }

    /// Whether the file with this id bears one of the tags itself.
    pub(super) fn hides_id(&self, id: u64) -> bool {
        self.roots.iter().any(|root| root.id == Some(id))
    }

    /// Whether something hidden lies below the path: moving, copying or deleting it would touch that.
    pub(super) fn hides_below(&self, path: &FilePath) -> bool {
        self.roots.iter().any(|root| root.path.is_within(path))
    }

    /// Refuses to carry a folder's hidden contents along.
    pub(super) fn refuse_below(&self, path: &FilePath) -> ToolResult<()> {
        if self.hides_below(path) {
            return Err(ToolError::new(
                "forbidden",
                format!(
                    "{path} contains files that this server may not touch, so it is left as it is. Name what is in it instead."
                ),
            ));
        }
        Ok(())
    }
}
