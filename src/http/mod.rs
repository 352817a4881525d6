//! The HTTP surface: `/mcp` behind its guard, the metadata that tells clients how to log in, and health.

pub mod account;
mod body;
mod challenge;
mod cookies;
mod cors;
mod guard;
mod health;
mod metadata;
pub mod oauth;
pub mod pages;
mod peek;
mod serve;
mod stream;

use std::sync::Arc;

use actors::token_verifier::TokenVerifier;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any_service, get};
use observability::Metrics;
use rmcp::transport::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;

use account::Account;
pub use cookies::CookiePolicy;
pub use health::Health;
pub use metadata::{Issuer, ResourceMetadata};
use oauth::ClientRegistry;
use pages::Site;
pub(crate) use serve::serve;

use crate::config::HttpGuardConfig;
use crate::delegated_access::DelegatedAccess;
use crate::mcp::bulk::Bulk;
use crate::mcp::{Caller, Catalogue, McpHandler};

/// How a client proves who it is.
#[derive(Debug, Clone)]
pub enum FrontDoor {
    /// Not at all: whoever reaches the port acts as the one configured user.
    Open(Caller),
    /// By an access token of the identity provider (OAuth 2.0 resource server, RFC 6750).
    ResourceServer(TokenVerifier),
}

/// What the HTTP surface is made of.
#[derive(Debug)]
pub struct Surface {
    /// Who may enter `/mcp`.
    pub front_door: FrontDoor,
    /// The tools and resources, for the scopes that a request needs.
    pub catalogue: Arc<Catalogue>,
    /// What clients are told of logging in.
    pub metadata: ResourceMetadata,
    /// Where the pages for people are.
    pub site: Site,
    /// Which `Host` and `Origin` headers are taken, and whose scripts may read answers.
    pub names: HttpGuardConfig,
    /// The clients that may log in through `/oauth/authorize`.
    pub clients: ClientRegistry,
    /// This server's own access to its users' Nextclouds, where it has one.
    pub delegated_access: Option<DelegatedAccess>,
    /// People's own pages, where they log in.
    pub account: Option<Account>,
    /// Whether the server can do its work.
    pub health: Health,
    /// Largest request body on `/mcp`, in bytes.
    pub max_body: usize,
    /// Room for large contents, of all requests together.
    pub bulk: Bulk,
    /// Where requests are counted.
    pub metrics: Metrics,
}

/// The routes. Everything but `/mcp` is public and holds nothing of any user.
pub fn router(surface: Arc<Surface>, handler: McpHandler) -> Router {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(surface.max_body)
        // Ours has checked by then, with the public name too.
        .disable_allowed_hosts();
    let mcp = StreamableHttpService::new(
        move || Ok(handler.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    let metrics = surface.metrics.clone();
    let guarded = Router::new()
        .route("/mcp", any_service(mcp))
        .layer(from_fn_with_state(Arc::clone(&surface), guard::guard))
        .layer(cors::layer(&surface.names))
        .layer(from_fn_with_state(metrics, observability::http::observe));
    let account = surface.account.clone().map(account::routes);
    Router::new()
        .merge(pages::routes())
        .merge(account.unwrap_or_default())
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/.well-known/oauth-protected-resource", get(metadata::serve))
        .route("/.well-known/oauth-protected-resource/mcp", get(metadata::serve))
        .merge(oauth::routes())
        .fallback(pages::not_found::serve)
        .with_state(surface)
        .merge(guarded)
}
