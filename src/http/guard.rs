//! The guard on `/mcp`, for every method: who calls, and may they.
//!
//! In this order: our host, an allowed origin, one credential, a valid token, and only then the body, bounded. An
//! unauthenticated body is never read. The handler learns the caller from the request's extensions and trusts nothing
//! else.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actors::clock::{Clock, SystemClock};
use actors::scope::ScopeSet;
use actors::token_verifier::{Rejection, TokenVerifier};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Method, Uri};
use axum::middleware::Next;
use axum::response::Response;
use secrecy::SecretString;
use tracing::Instrument;

use super::challenge::Refusal;
use super::{FrontDoor, Surface, body, peek, stream};
use crate::config::HttpGuardConfig;
use crate::mcp::Caller;
use crate::mcp::bulk::Held;

/// Checks a request and passes it on.
pub(super) async fn guard(State(surface): State<Arc<Surface>>, request: Request, next: Next) -> Response {
    let held = surface.bulk.exchange();
    match admit(&surface, request, &held).await {
        Ok((request, lifetime)) => {
            let response = body::hold(next.run(request).await, held);
            match lifetime {
                Some(lifetime) => stream::end_with_token(response, lifetime),
                None => response,
            }
        }
        Err(refusal) => {
            tracing::debug!(?refusal, "refused");
            refusal.into_response(&surface.metadata)
        }
    }
}

/// The request with its caller, and for how long the caller's token is good.
async fn admit(surface: &Surface, mut request: Request, held: &Held) -> Result<(Request, Option<Duration>), Refusal> {
    check_names(&surface.names, request.uri(), request.headers())?;
    let caller = match &surface.front_door {
        FrontDoor::Open(caller) => caller.clone(),
        FrontDoor::ResourceServer(verifier) => authenticate(verifier, request.headers()).await?,
    };
    let lifetime = caller
        .principal
        .expires_at
        .map(|end| Duration::from_secs(end.saturating_sub(SystemClock.unix_seconds())));
    if request.method() == Method::POST {
        let (parts, unread) = request.into_parts();
        let bytes = body::read(unread, surface.max_body, held).await?;
        check_scopes(surface, &caller, &bytes)?;
        request = Request::from_parts(parts, Body::from(bytes));
    }
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(held.clone());
    Ok((request, lifetime))
}

/// The defence against DNS rebinding, and against web pages that drive a local server (MCP transports, "Security
/// Warning").
fn check_names(names: &HttpGuardConfig, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
    let authority = uri.authority().map(Authority::as_str);
    let host = authority.or_else(|| only(headers, &HOST));
    if !host.is_some_and(|host| names.admits_host(host)) {
        return Err(Refusal::Forbidden(
            "This host name is not one of this server's. Add it to MCP_ALLOWED_HOSTS.",
        ));
    }
    let origin_admitted = match only(headers, &ORIGIN) {
        Some(origin) => names.admits_origin(origin),
        None => !headers.contains_key(ORIGIN),
    };
    if !origin_admitted {
        return Err(Refusal::Forbidden(
            "Pages of this origin may not use this server. Add it to MCP_ALLOWED_ORIGINS.",
        ));
    }
    Ok(())
}

/// The text of a header that is there exactly once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    match values.next() {
        None => value.to_str().ok(),
        Some(_) => None,
    }
}

async fn authenticate(verifier: &TokenVerifier, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let token = bearer(headers)?;
    match verifier
        .verify(&token)
        .instrument(tracing::debug_span!("verify token"))
        .await
    {
        Ok(principal) => Ok(Caller {
            principal,
            bearer: Some(Arc::new(token)),
        }),
        Err(rejection) => Err(refuse(&rejection)),
    }
}

fn refuse(rejection: &Rejection) -> Refusal {
    tracing::debug!(reason = rejection.reason(), "the access token was rejected");
    if rejection.is_unavailable() {
        Refusal::Unavailable {
            reason: rejection.description(),
            retry_after: rejection.retry_after(),
        }
    } else {
        Refusal::InvalidToken(rejection.description())
    }
}

/// The token of the one `Authorization: Bearer` header (RFC 6750 §2.1). Tokens in the query or the body are not
/// looked for.
fn bearer(headers: &HeaderMap) -> Result<SecretString, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(Refusal::NoToken)?;
    if values.next().is_some() {
        return Err(Refusal::InvalidRequest("There is more than one Authorization header"));
    }
    let malformed = || Refusal::InvalidToken("The access token is malformed".to_owned());
    let value = value.to_str().map_err(|_| malformed())?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::NoToken);
    }
    let token = token.trim_matches(' ');
    if token.is_empty() {
        return Err(Refusal::InvalidRequest("The Authorization header holds no token"));
    }
    Ok(SecretString::from(token))
}

/// 403 with what to ask for: the scopes that the token has and those that are missing, since some clients ask for
/// exactly what the challenge names and would lose the others. Sorted, so that it is the same bytes as long as nothing else
/// is granted: by that a client sees that another login has brought nothing. Without `offline_access`, which is between the
/// client and the provider (MCP authorization, "Refresh Tokens").
fn check_scopes(surface: &Surface, caller: &Caller, body: &[u8]) -> Result<(), Refusal> {
    let required = peek::required_scopes(&surface.catalogue, body);
    let missing = caller.principal.missing_scopes(required.iter().copied());
    if missing.is_empty() {
        return Ok(());
    }
    let metadata = &surface.metadata;
    let granted = caller.principal.scopes.iter().flat_map(ScopeSet::iter);
    let scope: BTreeSet<String> = granted
        .filter(|scope| *scope != "offline_access")
        .chain(missing.iter().copied())
        .map(|scope| metadata.spell(scope))
        .collect();
    let scope: Vec<String> = scope.into_iter().collect();
    let missing: Vec<String> = missing.into_iter().map(|scope| metadata.spell(scope)).collect();
    Err(Refusal::InsufficientScope {
        missing: missing.join(" "),
        scope: scope.join(" "),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::header::AUTHORIZATION;
    use axum::http::{HeaderMap, HeaderValue};
    use secrecy::ExposeSecret;

    use super::{Refusal, bearer};

    fn read(values: &[&[u8]]) -> Result<String, Refusal> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        bearer(&headers).map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn exactly_one_bearer_token_is_taken() {
        assert_eq!(read(&[b"Bearer abc"]).unwrap(), "abc");
        assert_eq!(read(&[b"bearer  abc"]).unwrap(), "abc");
        assert_eq!(read(&[]), Err(Refusal::NoToken));
        assert_eq!(read(&[b"Basic YTpi"]), Err(Refusal::NoToken));
        for malformed in [
            &[b"Bearer abc".as_slice(), b"Bearer abc"][..],
            &[b"Bearer"],
            &[b"Bearer  "],
        ] {
            assert!(matches!(read(malformed), Err(Refusal::InvalidRequest(_))));
        }
        assert!(matches!(read(&[b"Bearer \xff"]), Err(Refusal::InvalidToken(_))));
    }
}
