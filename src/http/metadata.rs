//! The protected resource metadata (RFC 9728): where clients learn how to log in.

use std::sync::Arc;

use actors::oidc::ProviderMetadata;
use axum::Json;
use axum::extract::State;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::sync::watch;

use super::{Surface, challenge, pages};

/// Asked for besides the scopes of the tools: they make tokens say who the user is. `offline_access` is a matter
/// between client and provider and is not listed (MCP authorization, "Scope Selection Strategy").
const IDENTITY_SCOPES: &str = "openid profile email";

/// What this server tells clients of itself.
#[derive(Debug)]
pub struct ResourceMetadata {
    resource: String,
    url: String,
    scopes: Vec<String>,
    separator: char,
    issuer: Option<Issuer>,
}

/// The authorization server to name: the one that discovery finds.
#[derive(Debug)]
pub struct Issuer {
    /// The provider as clients reach it, once it is found.
    pub provider: watch::Receiver<Option<Arc<ProviderMetadata>>>,
}

impl ResourceMetadata {
    /// Metadata of the server at `public_url` (no trailing slash) whose tools need `scopes`, spelt with `separator`.
    /// Without an issuer there is nothing to log in to (single-user mode).
    pub fn new<'a>(
        public_url: &str,
        scopes: impl IntoIterator<Item = &'a str>,
        separator: char,
        issuer: Option<Issuer>,
    ) -> Self {
        let scopes = IDENTITY_SCOPES
            .split(' ')
            .map(ToOwned::to_owned)
            .chain(scopes.into_iter().map(|scope| spell(scope, separator)))
            .collect();
        Self {
            resource: format!("{public_url}/mcp"),
            url: format!("{public_url}/.well-known/oauth-protected-resource/mcp"),
            scopes,
            separator,
            issuer,
        }
    }

    /// Where the metadata is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The canonical URI of this resource (RFC 8707): `{public}/mcp`.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// Every scope, as a `scope` value.
    pub fn scope(&self) -> String {
        self.scopes.join(" ")
    }

    /// `scope` in the spelling that is advertised.
    pub fn spell(&self, scope: &str) -> String {
        spell(scope, self.separator)
    }

    /// The issuer, if it is known by now.
    fn issuer(&self) -> Option<String> {
        let provider = self.issuer.as_ref()?.provider.borrow();
        provider.as_ref().map(|provider| provider.issuer.clone())
    }
}

fn spell(scope: &str, separator: char) -> String {
    scope.replacen(':', &separator.to_string(), 1)
}

/// `GET /.well-known/oauth-protected-resource` and `…/mcp`.
pub(super) async fn serve(State(surface): State<Arc<Surface>>) -> Response {
    let metadata = &surface.metadata;
    if metadata.issuer.is_none() {
        return pages::not_found::plain();
    }
    let Some(issuer) = metadata.issuer() else {
        return challenge::unavailable("The identity provider has not been found yet");
    };
    let document = Json(json!({
        "resource": metadata.resource,
        "resource_name": "Nextcloud",
        "authorization_servers": [issuer],
        "scopes_supported": metadata.scopes,
        "bearer_methods_supported": ["header"],
        "resource_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
    }));
    // Public by nature: clients in browsers read it across origins.
    let headers = [(ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (CACHE_CONTROL, "max-age=60")];
    (headers, document).into_response()
}
