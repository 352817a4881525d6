//! What the mailbox takes.

use ractor::RpcReplyPort;
use secrecy::SecretString;

use crate::admission::Permit;
use crate::digest::Fingerprint;
use crate::nextcloud::NextcloudClient;

pub(super) enum CallerBearerMessage {
    /// The client for a token that was not published when the caller looked.
    Client {
        bearer: SecretString,
        fingerprint: Fingerprint,
        /// Given back when the message is done with.
        permit: Permit,
        reply: RpcReplyPort<NextcloudClient>,
    },
}
