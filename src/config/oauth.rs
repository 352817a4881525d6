//! The identity provider, this server's client there, and how its tokens are checked.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::mode::Mode;
use super::nextcloud::NextcloudConfig;
use super::problem::Invalid;
use super::reader::Reader;
use super::values::{base_url, boolean, endpoint_url, list, positive_seconds, seconds, shown};
use super::variables::{
    ALLOWED_MCP_CLIENTS, INTROSPECTION_URI, JWKS_URI, NEXTCLOUD_MCP_SCOPE_SEPARATOR, NEXTCLOUD_OIDC_CLIENT_ID,
    NEXTCLOUD_OIDC_CLIENT_SECRET, NEXTCLOUD_OIDC_RESOURCE, NEXTCLOUD_OIDC_SCOPES, NEXTCLOUD_OIDC_TOKEN_TYPE,
    NEXTCLOUD_PUBLIC_ISSUER_URL, NEXTCLOUD_TOKEN_EXCHANGE, NEXTCLOUD_TOKEN_EXCHANGE_AUDIENCE,
    NEXTCLOUD_TOKEN_PASSTHROUGH, OIDC_DISCOVERY_BACKOFF_BASE, OIDC_DISCOVERY_BACKOFF_MAX, OIDC_DISCOVERY_URL,
    OIDC_ISSUER, OIDC_RESOURCE_SERVER_ID, TOKEN_CACHE_TTL_SECONDS, USERINFO_URI,
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

/// How this server proves to Nextcloud whom a request is for, in OAuth mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OAuthBackDoor {
    /// By a grant of its own that each user gives it.
    OwnGrant,
    /// By the token that the identity provider gives in exchange for the caller's (RFC 8693).
    TokenExchange {
        /// What the provider calls Nextcloud.
        audience: Option<String>,
    },
    /// By the caller's own token.
    CallerBearer,
}

/// What this server's own grants are asked for (RFC 8707).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantResource {
    /// Nextcloud, by its public URL.
    Nextcloud,
    /// What the identity provider calls Nextcloud.
    Named(String),
    /// Nothing in particular: the identity provider knows no resources.
    Unnamed,
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
        let back_door = back_door(reader, mode);
        let grant_resource = reader
            .optional(&NEXTCLOUD_OIDC_RESOURCE, grant_resource)
            .unwrap_or(GrantResource::Nextcloud);
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

/// RFC 8707 §2: an absolute URI without a fragment. It may be a URN.
fn grant_resource(text: &str) -> Result<GrantResource, Invalid> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(GrantResource::Unnamed);
    }
    match Url::parse(text) {
        // Compared character by character by the provider, so it is kept as written.
        Ok(uri) if uri.fragment().is_none() => Ok(GrantResource::Named(text.to_owned())),
        _ => Err(Invalid::new(
            format!("{} is not an absolute URI without a fragment", shown(text)),
            "write the URI that the identity provider knows Nextcloud by, or `none`",
        )),
    }
}

fn back_door(reader: &mut Reader<'_>, mode: Option<&Mode>) -> OAuthBackDoor {
    let passthrough = reader.value(&NEXTCLOUD_TOKEN_PASSTHROUGH, boolean);
    let exchange = reader.value(&NEXTCLOUD_TOKEN_EXCHANGE, boolean);
    let audience = reader.optional(&NEXTCLOUD_TOKEN_EXCHANGE_AUDIENCE, |text| Ok(text.to_owned()));
    if passthrough && exchange {
        reader.refuse(
            &NEXTCLOUD_TOKEN_EXCHANGE,
            Invalid::new(
                "it contradicts NEXTCLOUD_TOKEN_PASSTHROUGH",
                "leave one of the two out, or both to let each user give this server access",
            ),
        );
    }
    if passthrough && matches!(mode, Some(Mode::OAuth)) {
        reader.notice(
            "NEXTCLOUD_TOKEN_PASSTHROUGH=true: the tokens of MCP clients are shown to Nextcloud. The MCP specification \
             forbids that, since such a token is good for more than this server. Leave it out to let each user give this \
             server access of its own",
        );
    }
    if exchange {
        OAuthBackDoor::TokenExchange { audience }
    } else if passthrough {
        OAuthBackDoor::CallerBearer
    } else {
        OAuthBackDoor::OwnGrant
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use secrecy::ExposeSecret;

    use super::super::tests::{OAUTH, load, notices, problems};
    use super::{GrantResource, OAuthBackDoor, TokenType};

    #[test]
    fn defaults() {
        let oauth = load(OAUTH).config.oauth;
        assert_eq!(
            oauth.discovery_url.as_str(),
            "https://cloud.example.org/.well-known/openid-configuration"
        );
        assert!(oauth.client.is_none() && oauth.scopes.is_none() && oauth.overrides.issuer.is_none());
        assert_eq!((oauth.token_type, oauth.scope_separator), (TokenType::Bearer, ':'));
        assert_eq!(oauth.token_cache_ttl, Duration::from_mins(1));
    }

    #[test]
    fn each_user_gives_access_unless_something_else_is_asked_for() {
        let back_door = |settings: &[(&str, &str)]| load(&[OAUTH, settings].concat()).config.oauth.back_door;
        assert_eq!(back_door(&[]), OAuthBackDoor::OwnGrant);
        let exchange = [
            ("NEXTCLOUD_TOKEN_EXCHANGE", "true"),
            ("NEXTCLOUD_TOKEN_EXCHANGE_AUDIENCE", "nextcloud"),
        ];
        let audience = Some("nextcloud".to_owned());
        assert_eq!(back_door(&exchange), OAuthBackDoor::TokenExchange { audience });
        let passthrough = [("NEXTCLOUD_TOKEN_PASSTHROUGH", "true")];
        assert_eq!(back_door(&passthrough), OAuthBackDoor::CallerBearer);
        assert!(notices(&[OAUTH, &passthrough].concat()).contains("The MCP specification forbids that"));
    }

    #[test]
    fn grants_are_asked_for_nextcloud_or_what_the_provider_calls_it() {
        let resource = |settings: &[(&str, &str)]| load(&[OAUTH, settings].concat()).config.oauth.grant_resource;
        assert_eq!(resource(&[]), GrantResource::Nextcloud);
        assert_eq!(resource(&[("NEXTCLOUD_OIDC_RESOURCE", "None")]), GrantResource::Unnamed);
        for name in ["urn:nextcloud", "https://Cloud.example.org:443/x/"] {
            let named = GrantResource::Named(name.to_owned());
            assert_eq!(resource(&[("NEXTCLOUD_OIDC_RESOURCE", name)]), named);
        }
        for wrong in ["nextcloud", "https://cloud.example.org/#a"] {
            let problems = problems(&[OAUTH, &[("NEXTCLOUD_OIDC_RESOURCE", wrong)]].concat());
            assert!(problems.contains("absolute URI without a fragment"), "{problems}");
        }
    }

    #[test]
    fn discovery_follows_the_path_of_nextcloud() {
        let oauth = load(&[("NEXTCLOUD_HOST", "https://example.org/nextcloud/")])
            .config
            .oauth;
        assert_eq!(
            oauth.discovery_url.as_str(),
            "https://example.org/nextcloud/.well-known/openid-configuration"
        );
    }

    #[test]
    fn everything_can_be_set() {
        let oauth = load(
            &[
                OAUTH,
                &[
                    (
                        "OIDC_DISCOVERY_URL",
                        "https://id.example.org/realms/a/.well-known/openid-configuration",
                    ),
                    ("NEXTCLOUD_OIDC_CLIENT_ID", "mcp"),
                    ("NEXTCLOUD_OIDC_CLIENT_SECRET", "hunter2"),
                    ("NEXTCLOUD_OIDC_SCOPES", "openid notes.read, notes.write"),
                    ("NEXTCLOUD_OIDC_TOKEN_TYPE", "JWT"),
                    ("OIDC_ISSUER", "https://id.example.org/realms/a/"),
                    ("NEXTCLOUD_MCP_SCOPE_SEPARATOR", "."),
                    ("TOKEN_CACHE_TTL_SECONDS", "0"),
                ],
            ]
            .concat(),
        )
        .config
        .oauth;
        let client = oauth.client.unwrap();
        assert_eq!(client.id, "mcp");
        assert_eq!(client.secret.unwrap().expose_secret(), "hunter2");
        assert_eq!(oauth.scopes.unwrap(), ["openid", "notes.read", "notes.write"]);
        assert_eq!(
            oauth.overrides.issuer.as_deref(),
            Some("https://id.example.org/realms/a/")
        );
        assert_eq!((oauth.token_type, oauth.scope_separator), (TokenType::Jwt, '.'));
        assert!(oauth.token_cache_ttl.is_zero());
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        for (settings, told) in [
            (
                &[("NEXTCLOUD_OIDC_CLIENT_SECRET", "hunter2")][..],
                "NEXTCLOUD_OIDC_CLIENT_SECRET: set without",
            ),
            (
                &[("OIDC_DISCOVERY_BACKOFF_BASE", "20")],
                "OIDC_DISCOVERY_BACKOFF_MAX: it is less than",
            ),
            (&[("NEXTCLOUD_OIDC_SCOPES", "openid n\u{f6}tes")], "is not a scope"),
            (&[("NEXTCLOUD_OIDC_TOKEN_TYPE", "opaque")], "use bearer or jwt"),
            (&[("NEXTCLOUD_MCP_SCOPE_SEPARATOR", "/")], "use `:` or `.`"),
            (
                &[
                    ("NEXTCLOUD_TOKEN_PASSTHROUGH", "true"),
                    ("NEXTCLOUD_TOKEN_EXCHANGE", "true"),
                ],
                "NEXTCLOUD_TOKEN_EXCHANGE: it contradicts",
            ),
        ] {
            let problems = problems(&[OAUTH, settings].concat());
            assert!(problems.contains(told), "{problems}");
            assert!(!problems.contains("hunter2"));
        }
    }
}
