//! What is kept between two runs, and where.

use std::fmt::Debug;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::client::RegisteredClient;
use crate::oidc::registration::Registration;

/// The most clients that wait to be deleted at a provider. Beyond that the provider's own expiry has to do.
const MAX_DOOMED: usize = 32;

/// Everything about one provider, in one row: every change of it is one durable commit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Row {
    /// The client in use.
    pub current: Option<RegisteredClient>,
    /// Clients to delete at the provider.
    pub doomed: Vec<Doomed>,
    /// A registration was begun at this time (seconds since the Unix epoch) and its end is not known.
    pub registering_since: Option<u64>,
}

/// A client to delete at the provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Doomed {
    /// `client_id`, for the log.
    pub client_id: String,
    /// What it takes to delete it.
    pub registration: Registration,
    /// Not before this time, in seconds since the Unix epoch.
    pub due: u64,
    /// How often it was tried.
    pub attempts: u32,
}

impl Row {
    /// Takes the client in use out of use, to be deleted at `due` if we hold what that takes. Returns its identifier.
    pub(super) fn retire(&mut self, due: u64) -> Option<String> {
        let old = self.current.take()?;
        if let Some(registration) = old.registration {
            if self.doomed.len() >= MAX_DOOMED {
                let given_up = self.doomed.remove(0);
                tracing::warn!(
                    client_id = given_up.client_id,
                    "too many old OAuth clients wait to be deleted; leaving this one to the provider's own expiry"
                );
            }
            self.doomed.push(Doomed {
                client_id: old.client_id.clone(),
                registration,
                due,
                attempts: 0,
            });
        } else {
            tracing::info!(
                client_id = old.client_id,
                "the old OAuth client cannot be deleted, because its provider gave no registration access token"
            );
        }
        Some(old.client_id)
    }
}

/// The store failed.
#[derive(Debug, thiserror::Error)]
#[error("the registered OAuth client cannot be read or stored: {0}")]
pub struct StoreError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Where rows are kept, by issuer.
pub trait ClientStore: Debug + Send + Sync + 'static {
    /// The row of one issuer; an empty one if there is none.
    fn load<'a>(&'a self, issuer: &'a str) -> BoxFuture<'a, Result<Row, StoreError>>;

    /// Replaces the row of one issuer. `Ok` only when that is durable.
    fn save<'a>(&'a self, issuer: &'a str, row: &'a Row) -> BoxFuture<'a, Result<(), StoreError>>;
}
