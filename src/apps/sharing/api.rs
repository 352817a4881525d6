//! The HTTP calls of the share API.

use actors::nextcloud::{NextcloudClient, NextcloudError};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::model::{NewShare, RawShare, ShareChanges};
use super::{SHARE, SHARES};

/// Some routes wrap a single share in a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<RawShare>),
    One(Box<RawShare>),
}

#[derive(Deserialize)]
struct Account {
    timezone: Option<String>,
}

/// A share with the same recipient that is there already is answered instead of a new one, with 200 as well.
pub async fn create(nextcloud: &NextcloudClient, share: &NewShare<'_>) -> Result<RawShare, NextcloudError> {
    nextcloud.post(SHARES).json(share).ocs().await
}

pub async fn read(nextcloud: &NextcloudClient, id: i64) -> Result<Option<RawShare>, NextcloudError> {
    let answer: OneOrMany = nextcloud.get(SHARE).segment(id).ocs().await?;
    Ok(match answer {
        OneOrMany::One(share) => Some(*share),
        OneOrMany::Many(shares) => shares.into_iter().next(),
    })
}

pub async fn update(
    nextcloud: &NextcloudClient,
    id: i64,
    changes: &ShareChanges<'_>,
) -> Result<RawShare, NextcloudError> {
    nextcloud.put(SHARE).segment(id).json(changes).ocs().await
}

pub async fn delete(nextcloud: &NextcloudClient, id: i64) -> Result<(), NextcloudError> {
    let _: IgnoredAny = nextcloud.delete(SHARE).segment(id).ocs().await?;
    Ok(())
}

/// Own shares, or what others share. For a path also what others made of it (`reshares`).
pub async fn list(
    nextcloud: &NextcloudClient,
    path: Option<&str>,
    shared_with_me: bool,
) -> Result<Vec<RawShare>, NextcloudError> {
    let mut request = nextcloud.get(SHARES);
    if shared_with_me {
        request = request.query("shared_with_me", true);
    }
    if let Some(path) = path {
        request = request.query("path", path);
        if !shared_with_me {
            request = request.query("reshares", true);
        }
    }
    request.ocs().await
}

/// The time zone of the account: it decides when a day begins.
pub async fn timezone(nextcloud: &NextcloudClient) -> Result<Option<String>, NextcloudError> {
    let account: Account = nextcloud.get("/ocs/v2.php/cloud/user").ocs().await?;
    Ok(account.timezone)
}
