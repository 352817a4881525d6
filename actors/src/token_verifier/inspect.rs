//! Asking the provider about a token: introspection, and userinfo where there is no introspection.

use std::sync::Arc;

use super::cache::Verdict;
use super::jwt::subject;
use super::own_client::{NoOtherClient, OwnClient};
use super::provider::Provider;
use super::rejection::Rejection;
use super::shared::Shared;
use crate::oidc::{CallError, ClientCredentials, Introspection, OneOrMany, UserInfoAnswer, introspect, userinfo};

/// Asks the provider whether a token is good, and for whom.
pub(super) async fn inspect(shared: &Shared, token: &str) -> Verdict {
    let provider = shared.provider.load_full().ok_or(Rejection::NotReady)?;
    if let Some(endpoint) = provider.metadata.introspection_endpoint.as_deref() {
        let clients = shared.clients.get().ok_or(Rejection::NotReady)?;
        let (answer, client) = ask(shared, clients.as_ref(), endpoint, token).await?;
        return judge(shared, &provider, &client, &answer);
    }
    let Some(endpoint) = provider.metadata.userinfo_endpoint.as_deref() else {
        return Err(Rejection::NotConfigured);
    };
    match userinfo(&shared.options.http, endpoint, token).await {
        Ok(UserInfoAnswer::Known(person)) => {
            let scopes = person.scope.iter().flat_map(words);
            Ok(shared.principal(&provider, subject(Some(&person.sub))?, None, scopes, None))
        }
        Ok(UserInfoAnswer::Refused) => Err(inactive(shared)),
        Err(error) => Err(failed(&error)),
    }
}

/// Introspects as our client; as its successor if the provider refuses it.
async fn ask(
    shared: &Shared,
    clients: &dyn OwnClient,
    endpoint: &str,
    token: &str,
) -> Result<(Introspection, ClientCredentials), Rejection> {
    let client = clients.current().ok_or(Rejection::NotReady)?;
    let refusal = match ask_either_way(shared, &client, endpoint, token).await {
        Ok(answer) => return Ok((answer, client)),
        Err(error @ CallError::ClientRefused { .. }) => error,
        Err(error) => return Err(failed(&error)),
    };
    tracing::warn!(client_id = %client.client_id, error = %refusal, "the identity provider refuses this server's client");
    let client = clients
        .replace(&client.client_id)
        .await
        .map_err(|NoOtherClient { retry_after }| Rejection::ClientRefused { retry_after })?;
    match ask_either_way(shared, &client, endpoint, token).await {
        Ok(answer) => Ok((answer, client)),
        Err(error) => Err(failed(&error)),
    }
}

/// Introspects by basic credentials or by form, as it worked last; the other way if the provider refuses that.
async fn ask_either_way(
    shared: &Shared,
    client: &ClientCredentials,
    endpoint: &str,
    token: &str,
) -> Result<Introspection, CallError> {
    let http = &shared.options.http;
    let usual = shared.authentication();
    let answer = introspect(http, endpoint, client, usual, token).await;
    if !matches!(answer, Err(CallError::ClientRefused { .. })) || client.client_secret.is_none() {
        return answer;
    }
    let answer = introspect(http, endpoint, client, usual.other(), token).await;
    if answer.is_ok() {
        shared.set_authentication(usual.other());
    }
    answer
}

/// What an answer means for us.
fn judge(shared: &Shared, provider: &Provider, client: &ClientCredentials, answer: &Introspection) -> Verdict {
    if !answer.active {
        return Err(inactive(shared));
    }
    if answer.iss.as_deref().is_some_and(|issuer| !provider.is_issuer(issuer)) {
        return Err(Rejection::BadIssuer);
    }
    let expectations = shared.expectations(provider, Some(&client.client_id));
    let expires_at = answer.exp.map(|exp| exp.0);
    expectations.check_times(expires_at, answer.nbf.map(|nbf| nbf.0))?;
    // Nextcloud has checked already that we are the owner or the resource, and its `aud` does not tell which.
    if !provider.is_nextcloud() {
        let audience = answer.aud.clone().unwrap_or_default();
        expectations.check_audience(&audience, answer.client_id.as_deref())?;
    }
    let person = subject(answer.sub.as_deref().or(answer.username.as_deref()))?;
    let scopes = answer.scope.iter().flat_map(words);
    Ok(shared.principal(provider, person, answer.client_id.as_deref(), scopes, expires_at))
}

fn words(scope: &OneOrMany) -> impl Iterator<Item = &str> {
    scope.iter().flat_map(str::split_ascii_whitespace)
}

fn inactive(shared: &Shared) -> Rejection {
    Rejection::Inactive {
        resource: Arc::clone(&shared.options.resource),
    }
}

fn failed(error: &CallError) -> Rejection {
    tracing::warn!(%error, "the identity provider could not be asked about a token");
    match error {
        CallError::ClientRefused { .. } => Rejection::ClientRefused { retry_after: None },
        _ => Rejection::NetworkError,
    }
}
