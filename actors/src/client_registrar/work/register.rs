//! Registration: the order of steps that the page of [`client_registrar`](crate::client_registrar) explains.

use observability::metrics::RegistrationResult;
use tracing::{info, warn};

use super::{Done, SHORT_LIFE, Work};
use crate::client_registrar::client::RegisteredClient;
use crate::client_registrar::error::RegistrarError;
use crate::oidc::registration::{self, ClientInformation, ClientMetadata, RegistrationError};

impl Work<'_> {
    /// Registers a client, and retires the one before: to be deleted after `grace` seconds.
    pub(super) async fn register(mut self, why: &str, grace: u64) -> Result<Done, RegistrarError> {
        let provider = self.provider;
        let worker = self.worker;
        let Some(endpoint) = provider.registration_endpoint.as_deref() else {
            return Err(RegistrarError::NotOffered {
                issuer: provider.issuer.clone(),
            });
        };
        // Proves that the store takes writes before the provider makes a client that would have to be thrown away.
        let mut begun = self.row.clone();
        begun.registering_since = Some(self.now());
        self.save(begun).await?;

        let answer = self.ask_to_register(endpoint).await;
        worker.metrics.client_registration(result(&answer));
        let information = match answer {
            Ok(information) => information,
            Err(error) => {
                if !error.may_have_happened() {
                    let mut ended = self.row.clone();
                    ended.registering_since = None;
                    self.save(ended).await?;
                }
                return Err(error.into());
            }
        };
        let now = self.now();
        let client = RegisteredClient::new(&information, endpoint, &worker.template, now);
        let mut next = self.row.clone();
        next.registering_since = None;
        let due = now.saturating_add(grace);
        let end = next.current.as_ref().and_then(RegisteredClient::ends_at);
        let replaced = next.retire(end.map_or(due, |end| due.min(end)));
        next.current = Some(client.clone());
        if let Err(error) = self.save(next).await {
            self.take_back(&client).await;
            return Err(error);
        }
        info!(
            client_id = client.client_id,
            replaced,
            issuer = provider.issuer,
            expires_at = client.ends_at(),
            "registered an OAuth client: {why}"
        );
        self.comment_on(&client);
        Ok(Done::Changed)
    }

    /// Asks with the scopes of the tools, and once more without any if the provider does not take those: a client that
    /// names none may ask for what the provider knows (RFC 7591 §2), which is all that a grant needs.
    async fn ask_to_register(&self, endpoint: &str) -> Result<ClientInformation, RegistrationError> {
        let worker = self.worker;
        let ask = async |metadata: &ClientMetadata| {
            registration::register(&worker.http, &*worker.clock, endpoint, metadata).await
        };
        let mut metadata = worker.template.metadata(self.provider);
        match ask(&metadata).await {
            Err(RegistrationError::Refused(refusal)) if refusal.is_about_scope() && metadata.scope.is_some() => {
                let scope = metadata.scope.take();
                warn!(
                    scope,
                    %refusal,
                    "the provider does not register the scopes of the tools; registering without scopes. MCP clients can \
                     only get scopes that the provider knows: create them there (Keycloak: client scopes)"
                );
                ask(&metadata).await
            }
            answer => answer,
        }
    }

    /// Deletes a client that could not be stored, as well as that goes.
    async fn take_back(&self, client: &RegisteredClient) {
        let deleted = match &client.registration {
            Some(registration) => registration::delete(&self.worker.http, &*self.worker.clock, registration)
                .await
                .is_ok(),
            None => false,
        };
        warn!(
            client_id = client.client_id,
            deleted, "an OAuth client was registered but could not be stored, so it is not used"
        );
    }

    /// Says what the operator may want to change.
    fn comment_on(&self, client: &RegisteredClient) {
        let missing = self.worker.template.scopes_missing_from(client.scope.as_deref());
        if !missing.is_empty() {
            warn!(
                missing = missing.join(" "),
                "the provider registered fewer scopes than were asked for; if the list looks cut off, the provider \
                 limits its length (Nextcloud: 512 characters, less before version 1.11 of the oidc app)"
            );
        }
        let life = client.ends_at().map(|end| end.saturating_sub(client.registered_at));
        if let Some(seconds) = life.filter(|life| *life < SHORT_LIFE) {
            warn!(
                seconds,
                "the provider lets registered clients live for a short time only; after each renewal people log in and \
                 consent again. At Nextcloud `occ config:app:set oidc client_expire_time --value=31536000` gives them a \
                 year, a configured client (`occ oidc:create`, NEXTCLOUD_OIDC_CLIENT_ID) lives for ever"
            );
        }
    }
}

/// What the metrics say of an answer.
fn result(answer: &Result<ClientInformation, RegistrationError>) -> RegistrationResult {
    match answer {
        Ok(_) => RegistrationResult::Registered,
        Err(error) if error.is_transient() => RegistrationResult::Failed,
        Err(_) => RegistrationResult::Refused,
    }
}
