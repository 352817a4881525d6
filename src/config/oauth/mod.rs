//! The identity provider, this server's client there, and how its tokens are checked.

mod back_door;
#[cfg(test)]
mod tests;

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

pub use back_door::{GrantResource, OAuthBackDoor};

use super::mode::Mode;
use super::nextcloud::NextcloudConfig;
use super::problem::Invalid;
use super::reader::Reader;
use super::values::{base_url, endpoint_url, list, positive_seconds, seconds, shown};
use super::variables::{
    ALLOWED_MCP_CLIENTS, INTROSPECTION_URI, JWKS_URI, NEXTCLOUD_MCP_SCOPE_SEPARATOR, NEXTCLOUD_OIDC_CLIENT_ID,
    NEXTCLOUD_OIDC_CLIENT_SECRET, NEXTCLOUD_OIDC_SCOPES, NEXTCLOUD_OIDC_TOKEN_TYPE, NEXTCLOUD_PUBLIC_ISSUER_URL,
    OIDC_DISCOVERY_BACKOFF_BASE, OIDC_DISCOVERY_BACKOFF_MAX, OIDC_DISCOVERY_URL, OIDC_ISSUER, OIDC_RESOURCE_SERVER_ID,
    TOKEN_CACHE_TTL_SECONDS, USERINFO_URI,
};

use crate::http::oauth::AllowedClient;

/// The kind of access token asked for at registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenType {
    /// Opaque: only the provider can tell what it means.
    Bearer,
    /// Signed claims (RFC 9068).
    Jwt,
}

/// A client that was set up at the identity provider by hand.
#[derive(Debug, Clone)]
pub struct StaticClient {
    /// Its `client_id`.
    pub id: String,
    /// Its secret; a public client has none.
    pub secret: Option<SecretString>,
}

/// Endpoints that are not taken from discovery.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The issuer, as tokens spell it.
    pub issuer: Option<String>,
    /// The signing keys.
    pub jwks: Option<Url>,
    /// The introspection endpoint.
    pub introspection: Option<Url>,
    /// The userinfo endpoint.
    pub userinfo: Option<Url>,
}

/// The section "OAuth".
#[derive(Debug, Clone)]
pub struct OAuthConfig {
    /// The discovery document.
    pub discovery_url: Url,
    /// The first pause between two tries of discovery.
    pub discovery_backoff_base: Duration,
    /// The longest pause between two tries of discovery.
    pub discovery_backoff_max: Duration,
    /// The client to use; `None` registers one.
    pub client: Option<StaticClient>,
    /// The scopes to ask for at registration; `None` is those of the tools.
    pub scopes: Option<Vec<String>>,
    /// The kind of token to ask for at registration.
    pub token_type: TokenType,
    /// The issuer as browsers reach it, where it differs.
    pub public_issuer: Option<Url>,
    /// Endpoints that are not taken from discovery.
    pub overrides: Overrides,
    /// The separator in advertised scopes.
    pub scope_separator: char,
    /// Longest trust in a verified token; zero asks every time.
    pub token_cache_ttl: Duration,
    /// The clients that may log in through `/oauth/authorize`; none are listed: any.
    pub allowed_clients: Vec<AllowedClient>,
    /// What scopes are prefixed with, and a slash (AWS Cognito).
    pub resource_server_id: Option<String>,
    /// How Nextcloud is reached.
    pub back_door: OAuthBackDoor,
    /// What grants of this server's own are asked for.
    pub grant_resource: GrantResource,
}

impl OAuthConfig {
    pub(super) fn read(
        reader: &mut Reader<'_>,
        nextcloud: Option<&NextcloudConfig>,
        mode: Option<&Mode>,
    ) -> Option<Self> {
        let discovery_url = reader
            .optional(&OIDC_DISCOVERY_URL, endpoint_url)
            .or_else(|| nextcloud.and_then(|nextcloud| well_known(&nextcloud.base_url)));
        let discovery_backoff_base = reader.value(&OIDC_DISCOVERY_BACKOFF_BASE, positive_seconds);
        let discovery_backoff_max = reader.value(&OIDC_DISCOVERY_BACKOFF_MAX, positive_seconds);
        if discovery_backoff_max < discovery_backoff_base {
            reader.refuse(
                &OIDC_DISCOVERY_BACKOFF_MAX,
                Invalid::new(
                    "it is less than OIDC_DISCOVERY_BACKOFF_BASE",
                    "set it to at least that many seconds",
                ),
            );
        }
        let client = static_client(reader);
        let scopes = reader.optional(&NEXTCLOUD_OIDC_SCOPES, scopes);
        let token_type = reader.value(&NEXTCLOUD_OIDC_TOKEN_TYPE, token_type);
        let public_issuer = reader.optional(&NEXTCLOUD_PUBLIC_ISSUER_URL, base_url);
        let overrides = Overrides {
            // Compared character by character (OpenID Connect Core §3.1.3.7), so it is kept as written.
            issuer: reader.optional(&OIDC_ISSUER, |text| endpoint_url(text).map(|_| text.to_owned())),
            jwks: reader.optional(&JWKS_URI, endpoint_url),
            introspection: reader.optional(&INTROSPECTION_URI, endpoint_url),
            userinfo: reader.optional(&USERINFO_URI, endpoint_url),
        };
        let scope_separator = reader.value(&NEXTCLOUD_MCP_SCOPE_SEPARATOR, separator);
        let token_cache_ttl = reader.value(&TOKEN_CACHE_TTL_SECONDS, seconds);
        let allowed_clients = reader
            .optional(&ALLOWED_MCP_CLIENTS, allowed_clients)
            .unwrap_or_default();
        let resource_server_id = reader.optional(&OIDC_RESOURCE_SERVER_ID, |text| Ok(text.to_owned()));
        let back_door = OAuthBackDoor::read(reader, mode);
        let grant_resource = GrantResource::read(reader);
        Some(Self {
            discovery_url: discovery_url?,
            discovery_backoff_base,
            discovery_backoff_max,
            client,
            scopes,
            token_type,
            public_issuer,
            overrides,
            scope_separator,
            token_cache_ttl,
            allowed_clients,
            resource_server_id,
            back_door,
            grant_resource,
        })
    }
}

/// Discovery 1.0 §4: the well-known path is appended to the issuer's own path.
fn well_known(base: &Url) -> Option<Url> {
    let base = base.as_str().trim_end_matches('/');
    Url::parse(&format!("{base}/.well-known/openid-configuration")).ok()
}

fn static_client(reader: &mut Reader<'_>) -> Option<StaticClient> {
    let id = reader.optional(&NEXTCLOUD_OIDC_CLIENT_ID, |text| Ok(text.to_owned()));
    let secret = reader.secret(&NEXTCLOUD_OIDC_CLIENT_SECRET);
    if id.is_none() && secret.is_some() {
        reader.refuse(
            &NEXTCLOUD_OIDC_CLIENT_SECRET,
            Invalid::new(
                "set without NEXTCLOUD_OIDC_CLIENT_ID",
                "set both, or neither to let the server register itself",
            ),
        );
    }
    id.map(|id| StaticClient { id, secret })
}

/// Scopes between spaces, as OAuth writes them, or commas, as this configuration writes lists.
fn scopes(text: &str) -> Result<Vec<String>, Invalid> {
    let scopes: Vec<String> = text
        .split([',', ' ', '\t'])
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect();
    // RFC 6749 §3.3: printable ASCII without the space, the quotation mark and the backslash.
    match scopes.iter().find(|scope| {
        !scope
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    }) {
        Some(scope) => Err(Invalid::new(
            format!("{} is not a scope", shown(scope)),
            "write scopes such as `openid profile notes:read`, with spaces between them",
        )),
        None => Ok(scopes),
    }
}

fn token_type(text: &str) -> Result<TokenType, Invalid> {
    match text.to_ascii_lowercase().as_str() {
        "bearer" => Ok(TokenType::Bearer),
        "jwt" => Ok(TokenType::Jwt),
        _ => Err(Invalid::new(
            format!("{} is not a token type", shown(text)),
            "use bearer or jwt",
        )),
    }
}

fn separator(text: &str) -> Result<char, Invalid> {
    match text {
        ":" => Ok(':'),
        "." => Ok('.'),
        _ => Err(Invalid::new(
            format!("{} is not a separator", shown(text)),
            "use `:` or `.`",
        )),
    }
}

fn allowed_clients(text: &str) -> Result<Vec<AllowedClient>, Invalid> {
    let parse = |entry: &str| {
        AllowedClient::parse(entry).map_err(|error| {
            Invalid::new(
                error.to_string(),
                "write `id` or `id|redirect_uri`, separated by commas",
            )
        })
    };
    list(text).into_iter().map(parse).collect()
}
