//! How we prove to Nextcloud whom a request is for. Chosen once, when the server starts.

use std::sync::Arc;

use super::own_grant::GrantKeeper;
use super::token_exchange::ExchangeDesk;
use crate::nextcloud::Credential;

/// The way from a session to Nextcloud.
#[derive(Debug, Clone)]
pub enum BackDoor {
    /// The same credential for every session: a server for one user.
    Static(Credential),
    /// The access token that the caller showed us.
    CallerBearer,
    /// The grant that each user gave this server, renewed before it ends.
    OwnGrant(Arc<GrantKeeper>),
    /// The token that the provider gives in exchange for the caller's.
    TokenExchange(Arc<ExchangeDesk>),
}
