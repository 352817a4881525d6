//! The snapshot that requests read: the clients of one user's latest tokens.

use crate::digest::Fingerprint;
use crate::nextcloud::NextcloudClient;

/// Tokens whose clients are kept: one for each MCP client that a user has open, and some for renewed tokens.
const KEPT: usize = 8;

/// Clients by token, the latest first.
#[derive(Clone, Default)]
pub(in crate::user_session) struct BearerClients(Vec<(Fingerprint, NextcloudClient)>);

impl BearerClients {
    pub(super) fn get(&self, fingerprint: &Fingerprint) -> Option<&NextcloudClient> {
        let entry = self.0.iter().find(|(known, _)| known == fingerprint);
        entry.map(|(_, client)| client)
    }

    /// These and `client`, without the oldest when there are too many.
    pub(super) fn with(&self, fingerprint: Fingerprint, client: NextcloudClient) -> Self {
        let kept = self.0.iter().take(KEPT - 1).cloned();
        Self(std::iter::once((fingerprint, client)).chain(kept).collect())
    }

    #[cfg(test)]
    pub(in crate::user_session) fn len(&self) -> usize {
        self.0.len()
    }
}
