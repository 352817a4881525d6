//! Rows in the credential vault.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::store::{ClientStore, Row, StoreError};
use crate::credential_vault::{CredentialVault, Table, VaultError};

/// How often a change is stored again that may be stored or not. It is the whole row, so once more does no harm.
const REPEATS: usize = 2;

impl ClientStore for CredentialVault {
    fn load<'a>(&'a self, issuer: &'a str) -> BoxFuture<'a, Result<Row, StoreError>> {
        async move {
            match self.get(Table::OAuthClients, issuer).await {
                Ok(row) => Ok(row.unwrap_or_default()),
                // Whatever was in it is lost already; waiting for it to come back would keep everybody out.
                Err(error @ VaultError::Unreadable { .. }) => {
                    tracing::error!(%error, issuer, "the stored OAuth client is lost");
                    Ok(Row::default())
                }
                Err(error) => Err(wrap(error)),
            }
        }
        .boxed()
    }

    fn save<'a>(&'a self, issuer: &'a str, row: &'a Row) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            let mut repeats = REPEATS;
            loop {
                match self.put(Table::OAuthClients, issuer, row).await {
                    Err(VaultError::OutcomeUnknown { .. }) if repeats > 0 => repeats -= 1,
                    result => return result.map_err(wrap),
                }
            }
        }
        .boxed()
    }
}

fn wrap(error: VaultError) -> StoreError {
    StoreError(Box::new(error))
}
