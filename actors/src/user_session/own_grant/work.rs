//! The jobs on one person's grant. Each runs in a task of its own, takes the person's lane first, and tells the actor how it
//! ended before it leaves the lane.
//!
//! # What a crash leaves behind
//!
//! A refreshed grant is durable before anybody uses its access token, and a new grant before the person is told. So a
//! grant that was acknowledged is lost in one case only: the process is killed after a provider that rotates has answered
//! and before the vault has stored the answer, which is one durable write long. The vault then holds a refresh token that
//! the provider has replaced; the next renewal is refused, the grant ends, and its owner is told to provision again.
//! Nothing else can be done: the provider alone decides when the old token ends.

use std::sync::Arc;

use observability::metrics::RefreshResult;

use super::keeper::{GrantKeeper, Revocation};
use super::problem::{GrantProblem, Unprovisioned};
use super::record::Grant;
use crate::oidc::{ClientCredentials, Grant as TokenGrant, ProviderMetadata, TokenError, Tokens, request_tokens};
use crate::principal::Subject;
use crate::token_verifier::NoOtherClient;

/// What is known of a grant after a job.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is in the vault as it is here.
    Held(Arc<Grant>),
    /// There is none.
    Absent(Unprovisioned),
    /// It could not be read or renewed. It stays as it is; what was read of it is here.
    Failed(GrantProblem, Option<Arc<Grant>>),
}

/// Reads the grant.
pub(super) async fn load(keeper: &GrantKeeper, subject: &Subject) -> Outcome {
    match keeper.load(subject).await {
        Ok(Some(grant)) => Outcome::Held(Arc::new(grant)),
        Ok(None) => Outcome::Absent(Unprovisioned::Never),
        Err(problem) => Outcome::Failed(problem, None),
    }
}

/// Renews the grant, unless it is fresh; `refused` says that Nextcloud does not take its access token, however fresh.
pub(super) async fn renew(keeper: &GrantKeeper, subject: &Subject, refused: bool) -> Outcome {
    let grant = match load(keeper, subject).await {
        Outcome::Held(grant) if refused || !grant.access_times().is_fresh(keeper.now()) => grant,
        other => return other,
    };
    let asked_at = keeper.now();
    let refreshed = refresh(keeper, &grant).await;
    keeper.options.metrics.grant_refresh(match &refreshed {
        Ok(_) => RefreshResult::Renewed,
        Err(Refusal::Ended(_)) => RefreshResult::Ended,
        Err(Refusal::NotNow(_)) => RefreshResult::Failed,
    });
    match refreshed {
        Ok((client_id, tokens)) => {
            let renewed = Arc::new(grant.renewed(&client_id, tokens, asked_at));
            match keeper.store(subject, &renewed).await {
                Ok(()) => Outcome::Held(renewed),
                Err(problem) => Outcome::Failed(problem, None),
            }
        }
        Err(Refusal::Ended(reason)) => {
            tracing::warn!(client_id = grant.client_id, %reason, "a grant has ended");
            match keeper.forget(subject).await {
                Ok(()) => Outcome::Absent(reason),
                Err(problem) => Outcome::Failed(problem, None),
            }
        }
        Err(Refusal::NotNow(problem)) => Outcome::Failed(problem, Some(grant)),
    }
}

/// Stores a new grant in place of the one before. That one is not revoked: at some providers this would end the new one.
pub(super) async fn install(keeper: &GrantKeeper, subject: &Subject, grant: Arc<Grant>) -> Outcome {
    match keeper.store(subject, &grant).await {
        Ok(()) => Outcome::Held(grant),
        Err(problem) => Outcome::Failed(problem, None),
    }
}

/// Forgets the grant, then tells the provider. What was forgotten, if there was something.
pub(super) async fn revoke(keeper: &GrantKeeper, subject: &Subject) -> Result<Option<Revocation>, GrantProblem> {
    let grant = keeper.load(subject).await;
    // A record that cannot be read is forgotten all the same.
    keeper.forget(subject).await?;
    match grant {
        Ok(None) => Ok(None),
        Ok(Some(grant)) => Ok(Some(keeper.tell_provider(&grant).await)),
        Err(_) => Ok(Some(Revocation::Failed)),
    }
}

enum Refusal {
    Ended(Unprovisioned),
    NotNow(GrantProblem),
}

/// New tokens, and the client that they belong to.
async fn refresh(keeper: &GrantKeeper, grant: &Grant) -> Result<(String, Tokens), Refusal> {
    let (provider, client) = keeper.provider().map_err(Refusal::NotNow)?;
    match refresh_as(keeper, &provider, &client, grant).await {
        Err(TokenError::InvalidClient { .. }) => {
            tracing::warn!(client_id = %client.client_id, "the identity provider refuses this server's client");
            let replaced = keeper.options.clients.replace(&client.client_id).await;
            let client = replaced.map_err(|NoOtherClient { retry_after }| {
                Refusal::NotNow(match retry_after {
                    Some(_) => GrantProblem::NotReady,
                    None => GrantProblem::ClientRefused,
                })
            })?;
            finish(refresh_as(keeper, &provider, &client, grant).await, &client, grant)
        }
        answer => finish(answer, &client, grant),
    }
}

async fn refresh_as(
    keeper: &GrantKeeper,
    provider: &ProviderMetadata,
    client: &ClientCredentials,
    grant: &Grant,
) -> Result<Tokens, TokenError> {
    let refresh = TokenGrant::Refresh {
        refresh_token: &grant.refresh_token,
        resource: grant.resource.as_deref(),
    };
    request_tokens(&keeper.options.http, provider, client, refresh).await
}

/// What an answer means. A refresh token is bound to the client it was issued to (RFC 6749 §10.4), so a grant rarely
/// survives its client; whether this one does is for the provider to say.
fn finish(
    answer: Result<Tokens, TokenError>,
    client: &ClientCredentials,
    grant: &Grant,
) -> Result<(String, Tokens), Refusal> {
    match answer {
        Ok(tokens) => Ok((client.client_id.as_ref().to_owned(), tokens)),
        Err(TokenError::InvalidGrant { .. }) if *client.client_id != *grant.client_id => {
            Err(Refusal::Ended(Unprovisioned::ClientReplaced))
        }
        Err(TokenError::InvalidGrant { .. }) => Err(Refusal::Ended(Unprovisioned::Refused)),
        Err(error) => {
            tracing::warn!(%error, "a grant could not be renewed");
            Err(Refusal::NotNow(match error {
                TokenError::InvalidClient { .. } => GrantProblem::ClientRefused,
                TokenError::Unavailable(_) => GrantProblem::Unreachable,
                _ => GrantProblem::Refused,
            }))
        }
    }
}
