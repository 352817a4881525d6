//! Why there is no grant, and why one could not be renewed.

/// Why a person has no grant here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unprovisioned {
    /// None was ever given, or none is known any more.
    #[error("access to Nextcloud has not been provisioned")]
    Never,
    /// The provider does not renew it: revoked or expired there.
    #[error("the identity provider has ended this server's access to Nextcloud")]
    Refused,
    /// It belonged to an OAuth client that the provider has deleted.
    #[error("access to Nextcloud has ended, because the identity provider deleted this server's OAuth client")]
    ClientReplaced,
    /// The person revoked it here.
    #[error("access to Nextcloud was revoked")]
    Revoked,
}

/// Why a grant cannot be used at the moment. The grant is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantProblem {
    /// The provider has not been found, or this server has no OAuth client there yet.
    #[error("the identity provider is not ready yet; try again in a moment")]
    NotReady,
    /// The provider did not answer, or not with what it should.
    #[error("the identity provider cannot be reached to renew the access to Nextcloud; try again in a moment")]
    Unreachable,
    /// The provider does not accept our OAuth client, and there is no other.
    #[error("the identity provider refuses the OAuth client of this server; its administrator has to look at it")]
    ClientRefused,
    /// The provider refuses for a reason that is not the grant's.
    #[error(
        "the identity provider refuses to renew the access to Nextcloud; the server's log has its reason for the \
         administrator"
    )]
    Refused,
    /// The vault cannot be read or written.
    #[error("this server's credential store is not available at the moment; try again in a moment")]
    StoreUnavailable,
}
