//! What this server asks to be registered as.

use serde::{Deserialize, Serialize};

use crate::oidc::registration::{ClientMetadata, TokenEndpointAuthMethod, TokenFormat};
use crate::oidc::{ProviderMetadata, TOKEN_EXCHANGE};

/// What this server asks to be registered as. Stored beside the client, to see at the next start whether the
/// configuration has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationTemplate {
    /// The name people read when they consent.
    pub client_name: String,
    /// `{public}/oauth/callback`.
    pub redirect_uri: String,
    /// Space-separated scopes; empty asks for none in particular.
    pub scope: String,
    /// What the provider's access tokens shall look like (Nextcloud only).
    pub token_format: TokenFormat,
    /// `{public}/mcp`: lets this client introspect tokens issued for it (Nextcloud only).
    pub resource_url: String,
    /// Whether this server exchanges tokens (RFC 8693): a client may only use the grants that it is registered for.
    #[serde(default)]
    pub exchanges_tokens: bool,
}

/// How a stored client compares with what is wanted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// As it is.
    Same,
    /// After an update (RFC 7592).
    Update,
    /// Not at all: Nextcloud changes neither the token format nor the resource URL of a client.
    New,
}

impl RegistrationTemplate {
    /// How a client registered as `stored` serves.
    pub(super) fn fit(&self, stored: &Self) -> Fit {
        if self == stored {
            Fit::Same
        } else if self.token_format == stored.token_format && self.resource_url == stored.resource_url {
            Fit::Update
        } else {
            Fit::New
        }
    }

    /// The registration request for `provider`.
    pub(super) fn metadata(&self, provider: &ProviderMetadata) -> ClientMetadata {
        let post = provider
            .token_endpoint_auth_methods_supported
            .iter()
            .any(|method| method == "client_secret_post");
        let mut grant_types = vec!["authorization_code", "refresh_token"];
        if self.exchanges_tokens {
            grant_types.push(TOKEN_EXCHANGE);
        }
        ClientMetadata {
            client_name: self.client_name.clone(),
            redirect_uris: vec![self.redirect_uri.clone()],
            grant_types,
            response_types: vec!["code"],
            token_endpoint_auth_method: if post {
                TokenEndpointAuthMethod::Post
            } else {
                TokenEndpointAuthMethod::Basic
            },
            scope: (!self.scope.is_empty()).then(|| self.scope.clone()),
            token_type: Some(self.token_format),
            resource_url: Some(self.resource_url.clone()),
        }
    }

    /// The scopes asked for that `registered` lacks. Nothing is missing where the provider did not say, or said
    /// nothing in particular.
    pub(super) fn scopes_missing_from(&self, registered: Option<&str>) -> Vec<&str> {
        let Some(registered) = registered.filter(|scope| !scope.trim().is_empty()) else {
            return Vec::new();
        };
        let registered: Vec<_> = registered.split_ascii_whitespace().collect();
        self.scope
            .split_ascii_whitespace()
            .filter(|scope| !registered.contains(scope))
            .collect()
    }
}
