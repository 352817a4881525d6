//! What the tools answer.

use schemars::JsonSchema;
use serde::Serialize;

/// What came of asking for access.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AccessRequest {
    /// Whether it can go on.
    pub(super) success: bool,
    /// What the user has to open in a browser, once, within ten minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) provisioning_url: Option<String>,
    /// What to tell the user.
    pub(super) message: String,
    /// Whether there is access already.
    pub(super) already_provisioned: bool,
}

/// What came of ending the access.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RevocationResult {
    /// Whether the access is forgotten.
    pub(super) success: bool,
    /// What to tell the user.
    pub(super) message: String,
}

/// How the access stands.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct ProvisioningStatus {
    /// Whether there is access.
    pub(super) is_provisioned: bool,
    /// Since when (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) provisioned_at: Option<String>,
    /// What this server holds: a refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) credential_type: Option<&'static str>,
    /// This server's OAuth client, to which it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_id: Option<String>,
    /// The granted scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scopes: Option<Vec<String>>,
    /// How it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) flow_type: Option<&'static str>,
}

/// Whether the user's Nextcloud can be used.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LoggedIn {
    /// "yes", or what to do first.
    pub(super) result: String,
}
