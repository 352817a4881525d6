//! The server as a whole: configuration in, running actors and an HTTP surface out.

mod back_door;
mod browser;
mod identity;
mod readiness;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actors::credential_vault::{CredentialVault, VaultError};
use actors::nextcloud::{Credential, NextcloudOptions, NextcloudServer};
use actors::supervisor::{Supervisor, SupervisorOptions};
use actors::user_session::{BackDoor, GrantKeeper, SessionOptions};
use observability::Metrics;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::apps::{self, AppSettings, FilesSettings};
use crate::config::{Config, Mode, OAuthBackDoor, SingleUser};
use crate::delegated_access::DelegatedAccess;
use crate::http::account::Account;
use crate::http::oauth::ClientRegistry;
use crate::http::pages::Site;
use crate::http::{self, FrontDoor, Health, Issuer, ResourceMetadata, Surface};
use crate::mcp::bulk::Bulk;
use crate::mcp::{Caller, Catalogue, McpHandler, Selection};
use crate::sessions::SupervisedSessions;
use crate::stdio::local_principal;
use back_door::{back_door, delegated_access};
use browser::{account, code_flow};
pub(crate) use identity::{Identity, identity};
use readiness::{CLIENT_READY, PROVIDER_FOUND, report_client, report_provider, report_vault};

/// Bytes of large contents that are on their way at once. In memory they are several times this.
const LARGE_CONTENTS: u64 = 64 * 1024 * 1024;

/// Why the server does not start. Each says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Credentials cannot be kept.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// TLS towards Nextcloud cannot be set up.
    #[error(transparent)]
    Http(#[from] actors::http::ClientError),
    /// An actor did not start.
    #[error("the server's actors do not start: {0}")]
    Actors(String),
    /// The listening address cannot be used.
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    supervisor: Supervisor,
    grants: Option<Arc<GrantKeeper>>,
    vault: Option<CredentialVault>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

/// What both modes are made of.
struct Parts {
    supervisor: Supervisor,
    front_door: FrontDoor,
    issuer: Option<Issuer>,
    delegated_access: Option<DelegatedAccess>,
    account: Option<Account>,
    grants: Option<Arc<GrantKeeper>>,
    vault: Option<CredentialVault>,
}

impl Server {
    /// Starts the actors and serves on `listener`. Returns when requests are taken; in OAuth mode `/mcp` answers 503
    /// until the identity provider is found.
    pub async fn start(config: &Config, listener: TcpListener, metrics: Metrics) -> Result<Self, StartError> {
        let catalogue = Arc::new(catalogue(config));
        let public_url = public_url(config);
        let parts = match &config.mode {
            Mode::SingleUser(user) => single_user(config, &metrics, credential(user)).await?,
            Mode::OAuth => oauth(config, &metrics, &public_url).await?,
        };
        let metadata = ResourceMetadata::new(
            &public_url,
            catalogue.scopes(),
            config.oauth.scope_separator,
            parts.issuer,
        );
        let surface = Arc::new(Surface {
            front_door: parts.front_door,
            catalogue: Arc::clone(&catalogue),
            metadata,
            site: Site::new(&config.server.public_url),
            names: config.http_guard.clone(),
            delegated_access: parts.delegated_access.clone(),
            account: parts.account,
            clients: ClientRegistry::new(config.oauth.allowed_clients.clone()),
            health: Health {
                mode: config.mode.name(),
                readiness: parts.supervisor.readiness(),
            },
            max_body: config.server.max_body_bytes,
            bulk: Bulk::new(LARGE_CONTENTS),
            metrics: metrics.clone(),
        });
        let sessions = Arc::new(SupervisedSessions::new(
            parts.supervisor.clone(),
            parts.delegated_access,
        ));
        let handler = McpHandler::new(catalogue, sessions, &metrics);
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let app = http::router(surface, handler);
        let serving = tokio::spawn(http::serve(listener, app, stopped));
        Ok(Self {
            address,
            supervisor: parts.supervisor,
            grants: parts.grants,
            vault: parts.vault,
            stop,
            serving,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops taking requests, lets those under way finish, then the actors, within `limit` in all.
    pub async fn stop(self, limit: Duration) {
        let _ = self.stop.send(true);
        let mut serving = self.serving;
        if tokio::time::timeout(limit / 2, &mut serving).await.is_err() {
            tracing::warn!("requests under way are cut off");
            serving.abort();
        }
        self.supervisor.drain(limit / 2).await;
        if let Some(grants) = self.grants
            && !grants.settle(limit / 2).await
        {
            tracing::error!("a grant is still being renewed or stored: its user may have to give access again");
        }
        if let Some(vault) = self.vault {
            vault.close().await;
        }
    }
}

fn catalogue(config: &Config) -> Catalogue {
    let apps = config.server.enabled_apps.iter().flatten();
    let selection = Selection {
        apps: apps.map(|&name| name.to_owned()).collect(),
        gating: config.server.capability_gating,
    };
    let settings = AppSettings {
        files: FilesSettings {
            excluded_tags: config.server.excluded_tags.clone(),
            max_write_bytes: config.server.max_write_bytes,
        },
    };
    let mut tables = apps::tables(&settings);
    if matches!(config.mode, Mode::OAuth) && config.oauth.back_door == OAuthBackDoor::OwnGrant {
        tables.push(apps::account::tools());
    }
    Catalogue::new(tables, &selection)
}

/// Without a trailing slash, so that paths can be put behind it.
fn public_url(config: &Config) -> String {
    config.server.public_url.as_str().trim_end_matches('/').to_owned()
}

fn nextcloud(config: &Config, metrics: &Metrics) -> Result<Arc<NextcloudServer>, StartError> {
    let section = &config.nextcloud;
    let mut options = NextcloudOptions::new(section.base_url.clone());
    options.public_url.clone_from(&section.public_url);
    options.http = section.http.clone();
    options.request_timeout = section.request_timeout;
    options.metrics = metrics.clone();
    Ok(NextcloudServer::new(&options)?)
}

async fn supervisor(config: &Config, metrics: &Metrics, back_door: BackDoor) -> Result<Supervisor, StartError> {
    let sessions = SessionOptions::new(nextcloud(config, metrics)?, back_door);
    let options = SupervisorOptions::new(sessions);
    Supervisor::start(options)
        .await
        .map_err(|error| StartError::Actors(error.to_string()))
}

/// A supervisor for commands: nobody has a session.
pub(crate) async fn bare_supervisor(config: &Config) -> Result<Supervisor, StartError> {
    supervisor(config, &Metrics::new(), BackDoor::CallerBearer).await
}

/// What serving without HTTP needs: the actors, the tools and the sessions of the one user.
pub(crate) async fn single_user_parts(
    config: &Config,
) -> Result<(Supervisor, Arc<Catalogue>, Arc<SupervisedSessions>), StartError> {
    let Mode::SingleUser(user) = &config.mode else {
        return Err(StartError::Actors("stdio serves a single user only".to_owned()));
    };
    let supervisor = supervisor(config, &Metrics::new(), BackDoor::Static(credential(user))).await?;
    let sessions = Arc::new(SupervisedSessions::new(supervisor.clone(), None));
    Ok((supervisor, Arc::new(catalogue(config)), sessions))
}

fn credential(user: &SingleUser) -> Credential {
    Credential::Basic {
        username: user.username.clone(),
        password: user.password.clone(),
    }
}

async fn single_user(config: &Config, metrics: &Metrics, credential: Credential) -> Result<Parts, StartError> {
    tracing::info!("single-user mode: whoever reaches this server acts as the configured user");
    let caller = Caller {
        principal: Arc::new(local_principal()),
        bearer: None,
    };
    Ok(Parts {
        supervisor: supervisor(config, metrics, BackDoor::Static(credential)).await?,
        front_door: FrontDoor::Open(caller),
        issuer: None,
        delegated_access: None,
        account: None,
        grants: None,
        vault: None,
    })
}

async fn oauth(config: &Config, metrics: &Metrics, public_url: &str) -> Result<Parts, StartError> {
    tracing::info!("OAuth mode: every request carries a token of the identity provider");
    let identity = identity(config, metrics, true).await?;
    let Identity {
        vault,
        verifier,
        registrar,
    } = &identity;
    let back_door = back_door(config, vault, verifier, registrar, metrics)?;
    let grants = match &back_door {
        BackDoor::OwnGrant(grants) => Some(Arc::clone(grants)),
        _ => None,
    };
    if let Some(grants) = &grants {
        grants.count().await;
    }
    let supervisor = supervisor(config, metrics, back_door).await?;
    let board = supervisor.board();
    board.unmet(PROVIDER_FOUND, "not found yet");
    board.unmet(CLIENT_READY, "not registered yet");
    report_vault(vault.status(), board.clone());
    report_provider(verifier.status(), board.clone());
    report_client(registrar, board);
    for child in identity.children() {
        supervisor
            .supervise(child)
            .await
            .map_err(|error| StartError::Actors(error.to_string()))?;
    }
    let code_flow = code_flow(config, public_url, &identity)?;
    let delegated_access = match &grants {
        Some(_) => Some(delegated_access(config, public_url, &supervisor, &code_flow, vault).await?),
        None => None,
    };
    Ok(Parts {
        account: Some(account(config, &identity, code_flow, delegated_access.clone()).await?),
        delegated_access,
        grants,
        issuer: Some(Issuer {
            provider: verifier.provider(),
        }),
        front_door: FrontDoor::ResourceServer(verifier.clone()),
        supervisor,
        vault: Some(vault.clone()),
    })
}
