//! How we prove to Nextcloud whom a request is for. Chosen once, when the server starts.

use crate::nextcloud::Credential;

/// The way from a session to Nextcloud.
#[derive(Debug, Clone)]
pub enum BackDoor {
    /// The same credential for every session: a server for one user.
    Static(Credential),
    /// The access token that the caller showed us.
    CallerBearer,
}
