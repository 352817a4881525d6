//! A person's grant against a small provider that rotates. The clock is the test's.

mod ending;
mod provider;
mod renewal;
mod storing;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use observability::Metrics;
use secrecy::ExposeSecret;
use tokio::sync::watch;
use url::Url;

use self::provider::Provider;
use super::{Grant, GrantKeeper, GrantKeeperOptions, OwnGrant, Unprovisioned, record};
use crate::clock::{Clock, ManualClock};
use crate::credential_vault::{CredentialVault, Table, VaultOptions};
use crate::http::{ClientOptions, client};
use crate::nextcloud::{NextcloudOptions, NextcloudServer};
use crate::oidc::ClientCredentials;
use crate::principal::Subject;
use crate::supervisor::tests::parent::parent;
use crate::token_verifier::{NoOtherClient, OwnClient};
use crate::user_session::{BackDoor, SessionError, SessionOptions, UserSession};

const NOW: u64 = 1_795_221_159;

/// Our client; the next ones are those that a replacement gives.
#[derive(Debug)]
struct Clients(Mutex<Vec<&'static str>>);

impl Clients {
    fn first(&self) -> Option<ClientCredentials> {
        let id = *self.0.lock().unwrap().first()?;
        Some(ClientCredentials {
            client_id: id.into(),
            client_secret: Some("secret".into()),
        })
    }
}

impl OwnClient for Clients {
    fn current(&self) -> Option<ClientCredentials> {
        self.first()
    }

    fn replace(&self, refused_client_id: &str) -> BoxFuture<'static, Result<ClientCredentials, NoOtherClient>> {
        let mut ids = self.0.lock().unwrap();
        assert_eq!(ids.first(), Some(&refused_client_id));
        let replaced = ids.len() > 1;
        if replaced {
            ids.remove(0);
        }
        drop(ids);
        let next = self.first().filter(|_| replaced);
        ready(next.ok_or(NoOtherClient { retry_after: None })).boxed()
    }
}

/// A person's session, their provider, and what lies between.
struct Bench {
    provider: Provider,
    clock: Arc<ManualClock>,
    clients: Arc<Clients>,
    vault: CredentialVault,
    metadata: watch::Sender<Option<Arc<crate::oidc::ProviderMetadata>>>,
    metrics: Metrics,
    options: SessionOptions,
    session: UserSession,
}

impl Bench {
    /// Nothing is provisioned.
    async fn new() -> Self {
        Self::with_vault(CredentialVault::open(VaultOptions::in_memory()).unwrap()).await
    }

    async fn with_vault(vault: CredentialVault) -> Self {
        let clock = ManualClock::at(NOW);
        let provider = Provider::start(Arc::clone(&clock)).await;
        let clients = Arc::new(Clients(Mutex::new(vec!["us"])));
        let metadata = watch::Sender::new(Some(Arc::new(provider.metadata())));
        let metrics = Metrics::new();
        let keeper = GrantKeeper::new(GrantKeeperOptions {
            vault: vault.clone(),
            http: client(&ClientOptions::default()).unwrap(),
            clock: Arc::<ManualClock>::clone(&clock),
            provider: metadata.subscribe(),
            clients: Arc::<Clients>::clone(&clients),
            metrics: metrics.clone(),
        });
        let url = Url::parse(&format!("{}/", provider.url)).unwrap();
        let server = NextcloudServer::new(&NextcloudOptions::new(url)).unwrap();
        let options = SessionOptions::new(server, BackDoor::OwnGrant(keeper));
        Self {
            session: UserSession::open(&options, &alice(), parent().await),
            provider,
            clock,
            clients,
            vault,
            metadata,
            metrics,
            options,
        }
    }

    /// Alice has agreed.
    async fn provisioned() -> Self {
        let bench = Self::new().await;
        bench.provision().await;
        bench
    }

    async fn provision(&self) {
        let tokens = self.provider.login();
        let now = self.clock.unix_seconds();
        let username = Some("alice".to_owned());
        let grant = Grant::new(&alice(), username, "us", "openid offline_access", tokens, now);
        self.grant().install(grant.unwrap()).await.unwrap();
    }

    /// A session as after a restart of the server, or of the actor.
    async fn another_session(&self) -> UserSession {
        UserSession::open(&self.options, &alice(), parent().await)
    }

    fn grant(&self) -> &OwnGrant {
        self.session.own_grant().unwrap()
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// One call of a tool: the token it was shown.
    async fn call(&self) -> Result<String, SessionError> {
        call(&self.session).await
    }

    /// The refresh token in the vault.
    async fn stored(&self) -> Option<String> {
        let grant: Option<Grant> = self.vault.get(Table::Grants, &record::key(&alice())).await.unwrap();
        grant.map(|grant| grant.refresh_token.expose_secret().to_owned())
    }

    fn refreshes(&self) -> usize {
        self.provider.lock().refreshes
    }
}

async fn call(session: &UserSession) -> Result<String, SessionError> {
    let client = session.client(None).await?;
    Ok(client.get("/who").send().await.unwrap().text().await.unwrap())
}

fn alice() -> Subject {
    Subject::new("https://cloud", "alice")
}

fn unprovisioned<T>(reason: Unprovisioned) -> Result<T, SessionError> {
    Err(SessionError::NotProvisioned(reason))
}
