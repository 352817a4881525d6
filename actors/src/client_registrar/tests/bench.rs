//! A registrar with everything around it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use observability::Metrics;
use ractor::ActorCell;
use serde_json::Value;
use tokio::sync::watch;

use super::provider::Provider;
use crate::client_registrar::{
    ClientRegistrar, ClientStore, OAuthClient, RegistrarOptions, RegistrationTemplate, Row, StaticClient, StoreError,
    Timing,
};
use crate::clock::ManualClock;
use crate::http::{ClientOptions, client};
use crate::oidc::ProviderMetadata;
use crate::oidc::registration::TokenFormat;
use crate::randomness::CountingRandomness;
use crate::supervisor::Child;
use crate::supervisor::tests::parent::parent;

/// Where time begins.
pub(super) const START: u64 = 1_795_221_150;

/// Rows as JSON, as the vault holds them.
#[derive(Debug, Default)]
pub(super) struct MemoryStore {
    pub(super) rows: Mutex<BTreeMap<String, Value>>,
    /// How many more saves are carried out, and what becomes of those behind.
    pub(super) limit: Mutex<Option<(usize, Behind)>>,
    /// The number of saves that were begun.
    pub(super) begun: watch::Sender<usize>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Behind {
    /// An error.
    Fail,
    /// The process is dead: no answer ever.
    Dead,
    /// As `Dead`, but the first save behind the limit was carried out.
    DeadAfterwards,
}

impl MemoryStore {
    pub(super) fn row(&self, issuer: &str) -> Row {
        let rows = self.rows.lock().unwrap();
        rows.get(issuer)
            .map(|row| serde_json::from_value(row.clone()).unwrap())
            .unwrap_or_default()
    }

    pub(super) fn limit(&self, saves: usize, behind: Behind) {
        *self.limit.lock().unwrap() = Some((saves, behind));
    }

    fn insert(&self, issuer: &str, row: &Row) {
        let row = serde_json::to_value(row).unwrap();
        self.rows.lock().unwrap().insert(issuer.to_owned(), row);
    }
}

impl ClientStore for MemoryStore {
    fn load<'a>(&'a self, issuer: &'a str) -> BoxFuture<'a, Result<Row, StoreError>> {
        async move { Ok(self.row(issuer)) }.boxed()
    }

    fn save<'a>(&'a self, issuer: &'a str, row: &'a Row) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            let behind = match self.limit.lock().unwrap().as_mut() {
                Some((0, behind)) => Some(*behind),
                Some((left, _)) => {
                    *left -= 1;
                    None
                }
                None => None,
            };
            if matches!(behind, None | Some(Behind::DeadAfterwards)) {
                self.insert(issuer, row);
            }
            self.begun.send_modify(|begun| *begun += 1);
            match behind {
                None => Ok(()),
                Some(Behind::Fail) => Err(StoreError("the disk is full".into())),
                Some(Behind::Dead | Behind::DeadAfterwards) => std::future::pending().await,
            }
        }
        .boxed()
    }
}

pub(super) struct Bench {
    pub(super) provider: Provider,
    pub(super) store: Arc<MemoryStore>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) metadata: watch::Sender<Option<Arc<ProviderMetadata>>>,
    pub(super) template: RegistrationTemplate,
    pub(super) automatic: bool,
    pub(super) http: reqwest::Client,
    /// The actor of the life before.
    pub(super) before: Mutex<Option<ActorCell>>,
}

impl Bench {
    pub(super) async fn new() -> Self {
        let provider = Provider::start(START).await;
        Self {
            metadata: watch::Sender::new(Some(Arc::new(provider.metadata()))),
            provider,
            store: Arc::default(),
            clock: ManualClock::at(START),
            template: RegistrationTemplate {
                client_name: "Nextcloud MCP Server".to_owned(),
                redirect_uri: "https://mcp.example/oauth/callback".to_owned(),
                scope: "openid notes:read notes:write".to_owned(),
                token_format: TokenFormat::Jwt,
                resource_url: "https://mcp.example/mcp".to_owned(),
                exchanges_tokens: false,
            },
            automatic: true,
            http: client(&ClientOptions::default()).unwrap(),
            before: Mutex::default(),
        }
    }

    pub(super) fn handle(&self, static_client: Option<StaticClient>) -> ClientRegistrar {
        self.handle_on(static_client, Arc::clone(&self.store) as _)
    }

    pub(super) fn handle_on(
        &self,
        static_client: Option<StaticClient>,
        store: Arc<dyn ClientStore>,
    ) -> ClientRegistrar {
        ClientRegistrar::new(RegistrarOptions {
            static_client,
            template: self.template.clone(),
            automatic: self.automatic,
            provider: self.metadata.subscribe(),
            store,
            http: self.http.clone(),
            clock: Arc::clone(&self.clock) as _,
            randomness: Arc::new(CountingRandomness::default()),
            timing: Timing {
                tick: Duration::from_millis(5),
                ..Timing::default()
            },
            metrics: Metrics::new(),
        })
    }

    /// A registrar with a running actor. The one before, if there is one, is dead.
    pub(super) async fn start(&self) -> ClientRegistrar {
        let before = self.before.lock().unwrap().take();
        if let Some(before) = before {
            before.kill_and_wait(None).await.unwrap();
        }
        let registrar = self.handle(None);
        let actor = start(&registrar).await;
        *self.before.lock().unwrap() = Some(actor);
        registrar
    }

    /// A registrar that has a client.
    pub(super) async fn start_with_client(&self) -> (ClientRegistrar, Arc<OAuthClient>) {
        let registrar = self.start().await;
        let client = next_client(&registrar, "").await;
        (registrar, client)
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.provider.lock().now += seconds;
    }

    pub(super) fn row(&self) -> Row {
        self.store.row(&self.provider.url)
    }

    /// Waits until nothing is left to delete.
    pub(super) async fn swept(&self) {
        let mut begun = self.store.begun.subscribe();
        while !self.row().doomed.is_empty() {
            bounded(begun.changed()).await.unwrap();
        }
    }
}

pub(super) async fn start(registrar: &ClientRegistrar) -> ActorCell {
    registrar.start(parent().await).await.unwrap()
}

/// The next client that is not `before`.
pub(super) async fn next_client(registrar: &ClientRegistrar, before: &str) -> Arc<OAuthClient> {
    let mut published = registrar.subscribe();
    let client = bounded(published.wait_for(|client| client.as_ref().is_some_and(|client| client.client_id != before)))
        .await
        .unwrap();
    Arc::clone(client.as_ref().unwrap())
}

/// A test that waits for what never comes has to end.
pub(super) async fn bounded<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .expect("it happens in time")
}
