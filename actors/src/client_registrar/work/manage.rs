//! What is done with a client that is registered: RFC 7592.

use tracing::{info, warn};

use super::{Done, Standing, Unregistered, Work};
use crate::client_registrar::error::RegistrarError;
use crate::oidc::registration::{self, Deletion, RegistrationError};

impl Work<'_> {
    /// RFC 7592 §2.2; a new client where that does not help.
    pub(super) async fn update(mut self) -> Result<Done, RegistrarError> {
        let worker = self.worker;
        let Some((current, held)) = self.managed() else {
            return Err(RegistrarError::NotManageable);
        };
        let answer = registration::update(
            &worker.http,
            &*worker.clock,
            &held,
            &current.client_id,
            current.client_secret.as_ref(),
            &worker.template.metadata(self.provider),
        )
        .await;
        let information = match answer {
            Ok(information) if information.client_id == current.client_id => information,
            Ok(_) => return self.register("the provider updated some other client", 0).await,
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(error) => {
                info!(%error, "the stored OAuth client cannot be updated");
                return self.register("the configuration has changed", 0).await;
            }
        };
        // The registration access token may be another one now: stored before anything else happens.
        let mut updated = current.refreshed(&information);
        let redirects = information.redirect_uris.as_ref();
        let taken = redirects.is_none_or(|uris| uris.contains(&worker.template.redirect_uri));
        if taken {
            updated.template = worker.template.clone();
        }
        let mut next = self.row.clone();
        next.current = Some(updated);
        self.save(next).await?;
        if !taken {
            return self.register("the provider did not take the new redirect URI", 0).await;
        }
        info!(
            client_id = current.client_id,
            issuer = self.provider.issuer,
            "updated the stored OAuth client: the configuration has changed"
        );
        Ok(Done::Changed)
    }

    /// A read may show a later end (RFC 7592 §2.1: the provider may change the secret; at Nextcloud the administrator
    /// may have given clients a longer life). That spares people a new consent; else it takes another client, and the
    /// one before stays for a while, for logins under way.
    pub(super) async fn renew(mut self) -> Result<Done, RegistrarError> {
        let worker = self.worker;
        let grace = worker.timing.grace.as_secs();
        let Some((current, held)) = self.managed() else {
            return self.register("the one before expires soon", grace).await;
        };
        match registration::read(&worker.http, &*worker.clock, &held).await {
            Ok(information) if information.client_id == current.client_id => {
                let refreshed = current.refreshed(&information);
                let longer = refreshed.renew_at().is_none_or(|renew| renew > self.now());
                let mut next = self.row.clone();
                next.current = Some(refreshed);
                self.save(next).await?;
                if longer {
                    info!(
                        client_id = current.client_id,
                        expires_at = current.ends_at(),
                        "the OAuth client lives longer than it first said"
                    );
                    return Ok(Done::Changed);
                }
            }
            Ok(_) => {}
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(error) => info!(%error, "the OAuth client cannot be read at the provider"),
        }
        self.register("the one before expires soon", grace).await
    }

    pub(super) async fn unregister(mut self) -> Result<Done, RegistrarError> {
        let mut next = self.row.clone();
        let due = self.now();
        let Some(client_id) = next.retire(due) else {
            return Ok(Done::Unregistered(Unregistered::NoClient));
        };
        // Out of use first: cut off here, the deletion is caught up with at the next start.
        self.save(next).await?;
        let Some(doomed) = self.row.doomed.iter().find(|doomed| doomed.client_id == client_id) else {
            return Ok(Done::Unregistered(Unregistered::Forgotten));
        };
        let held = doomed.registration.clone();
        let deletion = registration::delete(&self.worker.http, &*self.worker.clock, &held).await?;
        let mut next = self.row.clone();
        next.doomed.retain(|doomed| doomed.client_id != client_id);
        self.save(next).await?;
        info!(client_id, "unregistered the OAuth client");
        Ok(Done::Unregistered(match deletion {
            Deletion::Deleted => Unregistered::Deleted,
            Deletion::Unknown => Unregistered::Forgotten,
        }))
    }

    pub(super) async fn check(mut self) -> Result<Done, RegistrarError> {
        if self.row.current.is_none() {
            return Err(RegistrarError::NoClient);
        }
        let Some((current, held)) = self.managed() else {
            return Err(RegistrarError::NotManageable);
        };
        let standing = match registration::read(&self.worker.http, &*self.worker.clock, &held).await {
            Ok(information) if information.client_id == current.client_id => {
                let mut next = self.row.clone();
                next.current = Some(current.refreshed(&information));
                self.save(next).await?;
                Standing::Known
            }
            Ok(_) | Err(RegistrationError::Refused(_)) => Standing::Unknown,
            Err(error) => return Err(error.into()),
        };
        Ok(Done::Standing(standing))
    }

    /// Deletes the old client that is due first. One at a time, so that nothing else has to wait for long.
    pub(super) async fn sweep(mut self) -> Result<Done, RegistrarError> {
        let now = self.now();
        let timing = &self.worker.timing;
        let mut next = self.row.clone();
        let Some(index) = (0..next.doomed.len()).min_by_key(|index| next.doomed[*index].due) else {
            return Ok(Done::Kept);
        };
        let doomed = &mut next.doomed[index];
        let client_id = doomed.client_id.clone();
        match registration::delete(&self.worker.http, &*self.worker.clock, &doomed.registration).await {
            Ok(deletion) => {
                info!(client_id, ?deletion, "deleted an old OAuth client at the provider");
                next.doomed.remove(index);
            }
            Err(error) if error.is_transient() && doomed.attempts < timing.deletions => {
                let pause = timing
                    .backoff(doomed.attempts)
                    .max(error.retry_after().unwrap_or_default());
                doomed.attempts += 1;
                doomed.due = now.saturating_add(pause.as_secs().max(1));
            }
            Err(error) => {
                warn!(client_id, %error, "an old OAuth client could not be deleted; leaving it to the provider's own expiry");
                next.doomed.remove(index);
            }
        }
        self.save(next).await?;
        Ok(Done::Kept)
    }
}
