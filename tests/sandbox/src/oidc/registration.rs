//! Dynamic client registration (RFC 7591) and its management (RFC 7592), with the app's own error names.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::client::{Client, RegistrationToken};
use super::error::{bad_request, with_status};
use super::{Store, cors};
use crate::auth::bearer_token;
use crate::frontend::base_url;
use crate::{AppState, TokenType, pages, random, reply};

/// How long the former registration token still works after an update.
const GRACE: Duration = Duration::from_mins(1);
/// Where a client's name is cut.
const NAME_LIMIT: usize = 64;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/apps/oidc/register", post(register).options(cors::preflight))
        .route(
            "/apps/oidc/register/{client_id}",
            get(read).put(update).delete(delete).options(cors::preflight),
        )
}

/// What a registration answers. Reading and updating leave some of it out.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of RFC 7591 and RFC 7592")]
struct Registration<'a> {
    client_name: &'a str,
    client_id: &'a str,
    client_secret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_access_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_client_uri: Option<String>,
    redirect_uris: &'a [String],
    token_endpoint_auth_method: &'static str,
    response_types: &'static [&'static str],
    grant_types: &'static [&'static str],
    id_token_signed_response_alg: &'static str,
    application_type: &'a str,
    client_id_issued_at: u64,
    client_secret_expires_at: u64,
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_url: Option<&'a str>,
}

impl<'a> Registration<'a> {
    fn of(client: &'a Client, base: &str) -> Self {
        let (response_types, grant_types): (&[_], &[_]) = if client.implicit {
            (&["code", "id_token"], &["authorization_code", "implicit"])
        } else {
            (&["code"], &["authorization_code"])
        };
        Self {
            client_name: &client.name,
            client_id: &client.id,
            client_secret: &client.secret,
            registration_access_token: None,
            registration_client_uri: client
                .registration
                .as_ref()
                .map(|_| format!("{base}/apps/oidc/register/{}", client.id)),
            redirect_uris: &client.redirect_uris,
            token_endpoint_auth_method: "client_secret_post",
            response_types,
            grant_types,
            id_token_signed_response_alg: client.signing_alg,
            application_type: &client.application_type,
            client_id_issued_at: client.issued_at,
            client_secret_expires_at: client.expires_at.unwrap_or_default(),
            scope: &client.scope,
            token_type: None,
            resource_url: None,
        }
    }

    fn with_token(mut self, client: &'a Client) -> Self {
        self.registration_access_token = client.registration.as_ref().map(|registration| &*registration.current);
        self
    }
}

async fn register(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Response {
    let options = state.options();
    if !options.dynamic_registration {
        return bad_request(
            "dynamic_registration_not_allowed",
            "Dynamic Client Registration is not enabled.",
        );
    }
    let metadata = read_metadata(&body);
    let redirect_uris = match redirect_uris(&metadata) {
        Ok(Some(uris)) => uris,
        Ok(None) => return no_redirect_uris(),
        Err(refusal) => return refusal,
    };
    let scope = match scope(&metadata, options.scope_limit) {
        Ok(scope) => scope.unwrap_or_default(),
        Err(refusal) => return refusal,
    };
    let resource_url = text(&metadata, "resource_url").map(str::to_owned);
    if resource_url.as_deref().is_some_and(|url| url::Url::parse(url).is_err()) {
        return bad_request("invalid_resource_url", "Resource URL must be a valid URL (RFC 9728).");
    }
    let now = state.clock().unix();
    let mut store = state.oidc();
    if options
        .max_clients
        .is_some_and(|limit| store.clients().filter(|it| it.expires_at.is_some()).count() >= limit)
    {
        return bad_request(
            "max_num_clients_exceeded",
            "Maximum number of dynamic registered clients exceeded.",
        );
    }
    let token = RegistrationToken {
        current: random::alphanumeric(64),
        previous: None,
    };
    let client = Client {
        id: random::alphanumeric(64),
        secret: random::alphanumeric(64),
        name: name(&metadata).unwrap_or_else(|| "DCR-127.0.0.1".to_owned()),
        redirect_uris,
        scope,
        token_type: token_type(&metadata, options.default_token_type),
        resource_url,
        application_type: text(&metadata, "application_type").unwrap_or("web").to_owned(),
        signing_alg: signing_alg(&metadata).unwrap_or("RS256"),
        implicit: implicit(&metadata).unwrap_or_default(),
        issued_at: now,
        expires_at: Some(now + options.client_expire_time.as_secs()),
        registration: options.registration_access_tokens.then_some(token),
    };
    let mut answer = Registration::of(&client, &base_url(&headers)).with_token(&client);
    answer.token_type = Some(client.token_type.as_str());
    answer.resource_url = client.resource_url.as_deref();
    let response = cors::allow(&headers, "POST", reply::json(StatusCode::CREATED, &answer));
    store.insert_client(client);
    response
}

async fn read(State(state): State<AppState>, Path(client_id): Path<String>, headers: HeaderMap) -> Response {
    let mut store = state.oidc();
    match managed(&state, &mut store, &headers, &client_id) {
        Ok(client) => {
            let answer = Registration::of(client, &base_url(&headers));
            cors::allow(&headers, "GET", reply::json(StatusCode::OK, &answer))
        }
        Err(refusal) => refusal,
    }
}

/// Changes what is sent and leaves the rest; the id and the secret stay whatever is sent. Every update gives a new
/// registration token.
async fn update(
    State(state): State<AppState>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = state.clock().unix();
    let mut store = state.oidc();
    let client = match managed(&state, &mut store, &headers, &client_id) {
        Ok(client) => client,
        Err(refusal) => return refusal,
    };
    let metadata = read_metadata(&body);
    match redirect_uris(&metadata) {
        Ok(Some(uris)) => client.redirect_uris = uris,
        Ok(None) if metadata.get("redirect_uris").is_some() => return no_redirect_uris(),
        Ok(None) => {}
        Err(refusal) => return refusal,
    }
    match scope(&metadata, state.options().scope_limit) {
        Ok(Some(scope)) => client.scope = scope,
        Ok(None) => {}
        Err(refusal) => return refusal,
    }
    if let Some(name) = name(&metadata) {
        client.name = name;
    }
    if let Some(alg) = signing_alg(&metadata) {
        client.signing_alg = alg;
    }
    if let Some(implicit) = implicit(&metadata) {
        client.implicit = implicit;
    }
    if let Some(registration) = &mut client.registration {
        let former = std::mem::replace(&mut registration.current, random::alphanumeric(64));
        registration.previous = Some((former, now + GRACE.as_secs()));
    }
    let answer = Registration::of(client, &base_url(&headers)).with_token(client);
    cors::allow(&headers, "PUT", reply::json(StatusCode::OK, &answer))
}

async fn delete(State(state): State<AppState>, Path(client_id): Path<String>, headers: HeaderMap) -> Response {
    let mut store = state.oidc();
    if let Err(refusal) = managed(&state, &mut store, &headers, &client_id) {
        return refusal;
    }
    store.delete_client(&client_id);
    cors::allow(
        &headers,
        "DELETE",
        reply::text(StatusCode::NO_CONTENT, reply::JSON, String::new()),
    )
}

/// The client whose registration token this request brings, if it is the one it names. The token of a client that is
/// gone is not the same as no token.
fn managed<'store>(
    state: &AppState,
    store: &'store mut Store,
    headers: &HeaderMap,
    client_id: &str,
) -> Result<&'store mut Client, Response> {
    let refuse = |description| with_status(StatusCode::UNAUTHORIZED, "invalid_token", description);
    let now = state.clock().unix();
    let token = bearer_token(headers).ok_or_else(|| refuse(NO_TOKEN))?;
    // Asking for any client drops the expired ones first.
    store.client(client_id, now);
    let owner = store
        .clients()
        .find(|client| client.registration.as_ref().is_some_and(|it| it.is(token, now)));
    let Some(owner) = owner.map(|owner| owner.id.clone()) else {
        let was_known = store.was_registration_token(token);
        return Err(refuse(if was_known { CLIENT_IS_GONE } else { NO_TOKEN }));
    };
    if owner != client_id {
        let description = "Token does not match the requested client.";
        return Err(with_status(StatusCode::FORBIDDEN, "unauthorized_client", description));
    }
    store.client_mut(client_id).ok_or_else(|| refuse(CLIENT_IS_GONE))
}

const NO_TOKEN: &str = "Invalid or missing registration access token.";
const CLIENT_IS_GONE: &str = "Token does not correspond to a valid client.";

/// A body that is no JSON object says nothing.
fn read_metadata(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

fn text<'a>(metadata: &'a Value, name: &str) -> Option<&'a str> {
    metadata
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

/// A string where the list should be crashes the controller.
fn redirect_uris(metadata: &Value) -> Result<Option<Vec<String>>, Response> {
    match metadata.get("redirect_uris") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(uris)) if uris.is_empty() => Ok(None),
        Some(Value::Array(uris)) => Ok(Some(uris.iter().filter_map(Value::as_str).map(str::to_owned).collect())),
        Some(_) => Err(pages::error(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

fn no_redirect_uris() -> Response {
    bad_request(
        "no_redirect_uris_provided",
        "Dynamic Client Registration requires redirect_uris to be set.",
    )
}

fn scope(metadata: &Value, limit: usize) -> Result<Option<String>, Response> {
    let Some(scope) = metadata.get("scope").and_then(Value::as_str) else {
        return Ok(None);
    };
    if !scope
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b" _-:./".contains(&byte))
    {
        let description = "Scope contains invalid characters. Allowed: alphanumeric, spaces, underscores, hyphens, \
                           colons, periods, and forward slashes.";
        return Err(bad_request("invalid_scope", description));
    }
    Ok(Some(scope.chars().take(limit).collect()))
}

fn name(metadata: &Value) -> Option<String> {
    text(metadata, "client_name").map(|name| name.chars().take(NAME_LIMIT).collect())
}

/// Not asked for, it is opaque; asked for by any other name than these two, it is the server's default.
fn token_type(metadata: &Value, default: TokenType) -> TokenType {
    match text(metadata, "token_type") {
        None | Some("opaque") => TokenType::Opaque,
        Some("jwt") => TokenType::Jwt,
        Some(_) => default,
    }
}

/// Whatever is not RS256 becomes HS256.
fn signing_alg(metadata: &Value) -> Option<&'static str> {
    text(metadata, "id_token_signed_response_alg").map(|alg| if alg == "RS256" { "RS256" } else { "HS256" })
}

fn implicit(metadata: &Value) -> Option<bool> {
    let types = metadata.get("response_types")?.as_array()?;
    Some(
        types
            .iter()
            .any(|response_type| response_type.as_str().is_some_and(|it| it.contains("id_token"))),
    )
}
