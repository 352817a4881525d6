//! The ways to Nextcloud in OAuth mode, put together. See `docs/decisions/back-doors.md`.

use std::sync::Arc;

use actors::authorization_sessions::AuthorizationSessions;
use actors::client_registrar::ClientRegistrar;
use actors::clock::SystemClock;
use actors::credential_vault::CredentialVault;
use actors::randomness::SystemRandomness;
use actors::supervisor::Supervisor;
use actors::token_verifier::TokenVerifier;
use actors::user_session::{BackDoor, ExchangeDesk, ExchangeDeskOptions, GrantKeeper, GrantKeeperOptions};

use observability::Metrics;

use super::StartError;
use crate::code_flow::CodeFlow;
use crate::config::{Config, GrantResource, OAuthBackDoor};
use crate::delegated_access::{DelegatedAccess, DelegatedAccessOptions};

/// The one way to Nextcloud that the configuration chose.
pub(super) fn back_door(
    config: &Config,
    vault: &CredentialVault,
    verifier: &TokenVerifier,
    registrar: &ClientRegistrar,
    metrics: &Metrics,
) -> Result<BackDoor, StartError> {
    let http = || actors::http::client(&config.nextcloud.http);
    let clients = Arc::new(registrar.clone());
    Ok(match &config.oauth.back_door {
        OAuthBackDoor::OwnGrant => BackDoor::OwnGrant(GrantKeeper::new(GrantKeeperOptions {
            vault: vault.clone(),
            http: http()?,
            clock: SystemClock::shared(),
            provider: verifier.provider(),
            clients,
            metrics: metrics.clone(),
        })),
        OAuthBackDoor::TokenExchange { audience } => BackDoor::TokenExchange(ExchangeDesk::new(ExchangeDeskOptions {
            http: http()?,
            clock: SystemClock::shared(),
            provider: verifier.provider(),
            clients,
            audience: audience.clone(),
        })),
        OAuthBackDoor::CallerBearer => BackDoor::CallerBearer,
    })
}

/// What lets users give this server a grant of their own.
pub(super) async fn delegated_access(
    config: &Config,
    public_url: &str,
    supervisor: &Supervisor,
    code_flow: &CodeFlow,
    vault: &CredentialVault,
) -> Result<DelegatedAccess, StartError> {
    let nextcloud = &config.nextcloud;
    let nextcloud_url = nextcloud.public_url.as_ref().unwrap_or(&nextcloud.base_url);
    let resource = match &config.oauth.grant_resource {
        GrantResource::Nextcloud => Some(nextcloud_url.as_str().trim_end_matches('/').to_owned()),
        GrantResource::Named(name) => Some(name.clone()),
        GrantResource::Unnamed => None,
    };
    let (clock, randomness) = (SystemClock::shared(), SystemRandomness::shared());
    Ok(DelegatedAccess::new(DelegatedAccessOptions {
        public_url: public_url.to_owned(),
        resource,
        supervisor: supervisor.clone(),
        code_flow: code_flow.clone(),
        flows: AuthorizationSessions::open(vault.clone(), clock, Arc::clone(&randomness)).await?,
        randomness,
    }))
}
