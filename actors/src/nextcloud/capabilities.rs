//! What a Nextcloud offers: `GET /ocs/v2.php/cloud/capabilities`.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{NextcloudClient, NextcloudError};

/// How long an answer is used.
const FRESH: Duration = Duration::from_mins(5);

/// Capabilities of the apps that are enabled for a user.
#[derive(Debug, Clone, Deserialize)]
pub struct Capabilities {
    version: Version,
    capabilities: Map<String, Value>,
}

#[derive(Debug, Clone, Deserialize)]
struct Version {
    major: u32,
    string: String,
}

impl Capabilities {
    /// The version of Nextcloud, such as `32.0.1`.
    pub fn nextcloud_version(&self) -> &str {
        &self.version.string
    }

    /// The major version of Nextcloud.
    pub fn nextcloud_major(&self) -> u32 {
        self.version.major
    }

    /// What an app says of itself, if it is enabled.
    pub fn app(&self, app: &str) -> Option<&Value> {
        self.capabilities.get(app)
    }

    /// Whether these are a user's. Nextcloud answers strangers too, and so whoever shows a token that it does not take,
    /// but leaves out most apps, and itself: taken for a user's, they would make those apps look missing.
    fn are_of_a_user(&self) -> bool {
        self.capabilities.contains_key("core")
    }

    /// An app's version as three numbers, from the shapes that apps use: `"5.0.2"` or `[0, 11, 9]`.
    pub fn app_version(&self, app: &str) -> Option<[u32; 3]> {
        let number = |part: &Value| part.as_u64().and_then(|part| u32::try_from(part).ok());
        let parts: Vec<u32> = match self.app(app)?.get("version")? {
            Value::String(text) => text.split(['.', '-']).map_while(|part| part.parse().ok()).collect(),
            Value::Array(parts) => parts.iter().map_while(number).collect(),
            _ => return None,
        };
        let part = |index: usize| parts.get(index).copied().unwrap_or_default();
        (!parts.is_empty()).then(|| [part(0), part(1), part(2)])
    }
}

/// The last answer. Requests read it without a lock; one of them at a time fetches a new one.
#[derive(Debug, Default)]
pub(super) struct CapabilitiesCache {
    published: ArcSwapOption<(Instant, Arc<Capabilities>)>,
    fetching: Mutex<()>,
}

impl CapabilitiesCache {
    pub(super) async fn get(&self, client: &NextcloudClient) -> Result<Arc<Capabilities>, NextcloudError> {
        if let Some(fresh) = self.fresh() {
            return Ok(fresh);
        }
        let _single_flight = self.fetching.lock().await;
        if let Some(fresh) = self.fresh() {
            return Ok(fresh);
        }
        let fetched: Arc<Capabilities> = client.get("/ocs/v2.php/cloud/capabilities").ocs().await.map(Arc::new)?;
        if !fetched.are_of_a_user() {
            return Err(NextcloudError::Unexpected {
                status: StatusCode::OK,
                what: "the capabilities that strangers see".to_owned(),
                expected: "those of the user",
            });
        }
        self.published
            .store(Some(Arc::new((Instant::now(), Arc::clone(&fetched)))));
        Ok(fetched)
    }

    pub(super) fn known(&self) -> Option<Arc<Capabilities>> {
        let published = self.published.load();
        published.as_deref().map(|(_, capabilities)| Arc::clone(capabilities))
    }

    fn fresh(&self) -> Option<Arc<Capabilities>> {
        let published = self.published.load();
        let (since, capabilities) = published.as_deref()?;
        (since.elapsed() < FRESH).then(|| Arc::clone(capabilities))
    }
}

#[cfg(test)]
mod tests {
    use super::Capabilities;

    #[test]
    fn versions_are_read_in_both_shapes() {
        let capabilities: Capabilities = serde_json::from_value(serde_json::json!({
            "version": {"major": 32, "string": "32.0.1"},
            "capabilities": {
                "notes": {"version": "5.0.2"},
                "cookbook": {"version": [0, 11, 9]},
                "deck": {"version": "1.18.0-beta.1"},
                "files": {},
            },
        }))
        .unwrap();
        assert_eq!(capabilities.app_version("notes"), Some([5, 0, 2]));
        assert_eq!(capabilities.app_version("cookbook"), Some([0, 11, 9]));
        assert_eq!(capabilities.app_version("deck"), Some([1, 18, 0]));
        assert_eq!(capabilities.app_version("files"), None);
        assert_eq!(capabilities.app_version("news"), None);
    }
}
