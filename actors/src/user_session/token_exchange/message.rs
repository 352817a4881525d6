//! What the mailbox takes.

use ractor::RpcReplyPort;
use secrecy::SecretString;

use super::desk::{ExchangeProblem, Fresh};
use crate::admission::Permit;
use crate::digest::Fingerprint;
use crate::nextcloud::NextcloudClient;
use crate::user_session::SessionError;

pub(super) enum TokenExchangeMessage {
    /// The client for a token that was not published when the caller looked.
    Client {
        bearer: SecretString,
        fingerprint: Fingerprint,
        /// Given back when the caller is answered.
        permit: Permit,
        reply: RpcReplyPort<Result<NextcloudClient, SessionError>>,
    },
    /// An exchange has ended.
    Done {
        fingerprint: Fingerprint,
        outcome: Result<Fresh, ExchangeProblem>,
    },
}
