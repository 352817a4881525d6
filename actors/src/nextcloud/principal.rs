//! The user id behind a credential.

use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::OnceCell;

use super::{NextcloudClient, NextcloudError};

/// Asked for once: a user id never changes.
#[derive(Debug, Default)]
pub(super) struct PrincipalCache(OnceCell<Arc<str>>);

#[derive(Deserialize)]
struct User {
    id: String,
}

impl PrincipalCache {
    pub(super) async fn get(&self, client: &NextcloudClient) -> Result<Arc<str>, NextcloudError> {
        let id = self
            .0
            .get_or_try_init(|| async {
                let user: User = client.get("/ocs/v2.php/cloud/user").ocs().await?;
                Ok::<_, NextcloudError>(user.id.into())
            })
            .await?;
        Ok(Arc::clone(id))
    }
}
