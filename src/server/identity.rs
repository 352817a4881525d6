//! This server at its identity provider: the vault that remembers, the verifier, the registrar.

use std::sync::Arc;

use actors::client_registrar::{ClientRegistrar, RegistrarOptions, RegistrationTemplate, StaticClient, Timing};
use actors::clock::SystemClock;
use actors::credential_vault::{CredentialVault, VaultOptions};
use actors::oidc::registration::TokenFormat;
use actors::randomness::SystemRandomness;
use actors::supervisor::Child;
use actors::token_verifier::{ProviderOptions, TokenVerifier, VerifierOptions};
use observability::Metrics;

use super::{StartError, catalogue, public_url};
use crate::config::{Config, OAuthBackDoor, TokenType};
use crate::mcp::Catalogue;

/// The actors on the provider's side, not started yet.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) vault: CredentialVault,
    pub(crate) verifier: TokenVerifier,
    pub(crate) registrar: ClientRegistrar,
}

impl Identity {
    /// What a supervisor is to start, in this order.
    pub(crate) fn children(&self) -> [Arc<dyn Child>; 2] {
        [Arc::new(self.verifier.clone()), Arc::new(self.registrar.clone())]
    }
}

/// Opens the vault and puts the actors together. Unless `automatic`, no client is registered, changed or renewed unasked.
pub(crate) async fn identity(config: &Config, metrics: &Metrics, automatic: bool) -> Result<Identity, StartError> {
    let catalogue = catalogue(config);
    let public_url = public_url(config);
    let vault = open_vault(config).await?;
    let verifier = TokenVerifier::new(verifier_options(config, metrics, &public_url, &catalogue)?);
    let registrar = ClientRegistrar::new(RegistrarOptions {
        static_client: config.oauth.client.as_ref().map(|client| StaticClient {
            client_id: client.id.clone(),
            client_secret: client.secret.clone(),
        }),
        template: template(config, &public_url, &catalogue),
        automatic,
        provider: verifier.provider(),
        store: Arc::new(vault.clone()),
        http: actors::http::client(&config.nextcloud.http)?,
        clock: SystemClock::shared(),
        randomness: SystemRandomness::shared(),
        timing: Timing::default(),
        metrics: metrics.clone(),
    });
    verifier.use_clients(Arc::new(registrar.clone()));
    Ok(Identity {
        vault,
        verifier,
        registrar,
    })
}

async fn open_vault(config: &Config) -> Result<CredentialVault, StartError> {
    let mut options = VaultOptions::in_memory();
    if let Some(storage) = &config.storage {
        options.path = Some(storage.database.clone());
        options.keys.clone_from(&storage.keys);
    }
    let opened = tokio::task::spawn_blocking(move || CredentialVault::open(options)).await;
    Ok(opened.map_err(|error| StartError::Actors(error.to_string()))??)
}

fn verifier_options(
    config: &Config,
    metrics: &Metrics,
    public_url: &str,
    catalogue: &Catalogue,
) -> Result<VerifierOptions, StartError> {
    let section = &config.oauth;
    let overrides = &section.overrides;
    let mut provider = ProviderOptions::new(section.discovery_url.clone());
    provider.public_issuer.clone_from(&section.public_issuer);
    provider.issuer.clone_from(&overrides.issuer);
    provider.jwks_uri = overrides.jwks.as_ref().map(ToString::to_string);
    provider.introspection_uri = overrides.introspection.as_ref().map(ToString::to_string);
    provider.userinfo_uri = overrides.userinfo.as_ref().map(ToString::to_string);
    provider.backoff_base = section.discovery_backoff_base;
    provider.backoff_max = section.discovery_backoff_max;
    let resource = format!("{public_url}/mcp");
    let http = actors::http::client(&config.nextcloud.http)?;
    let mut options = VerifierOptions::new(http, SystemClock::shared(), provider, &resource);
    options.audiences = vec![public_url.to_owned(), resource];
    options.resource_server_id.clone_from(&section.resource_server_id);
    options.known_scopes = catalogue.scopes().into_iter().map(ToOwned::to_owned).collect();
    options.cache.ttl = section.token_cache_ttl;
    options.metrics = metrics.clone();
    Ok(options)
}

/// What this server registers as. `offline_access` lets it keep a grant of its own later.
fn template(config: &Config, public_url: &str, catalogue: &Catalogue) -> RegistrationTemplate {
    let scope = config.oauth.scopes.as_ref().map_or_else(
        || {
            let separator = config.oauth.scope_separator.to_string();
            let of_tools = catalogue
                .scopes()
                .into_iter()
                .map(|scope| scope.replacen(':', &separator, 1));
            let scopes: Vec<String> = ["openid", "profile", "email", "offline_access"]
                .map(ToOwned::to_owned)
                .into_iter()
                .chain(of_tools)
                .collect();
            scopes.join(" ")
        },
        |scopes| scopes.join(" "),
    );
    RegistrationTemplate {
        client_name: "Nextcloud MCP Server".to_owned(),
        redirect_uri: format!("{public_url}/oauth/callback"),
        scope,
        token_format: match config.oauth.token_type {
            TokenType::Bearer => TokenFormat::Opaque,
            TokenType::Jwt => TokenFormat::Jwt,
        },
        resource_url: format!("{public_url}/mcp"),
        exchanges_tokens: matches!(config.oauth.back_door, OAuthBackDoor::TokenExchange { .. }),
    }
}
