//! The registry of configuration variables: the reader, the look-alike check and the reference page all use this list.

use super::variable::Section::{HttpGuard, Nextcloud, OAuth, Observability, Server, Storage};
use super::variable::Variable;

/// Declares the variables as constants of their own name, and [`ALL`] in the same order.
macro_rules! variables {
    ($($name:ident = $description:expr;)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`: its meaning is in the registry entry.")]
            pub const $name: Variable = Variable { name: stringify!($name), ..$description };
        )*

        /// Every variable that has an effect, by section.
        pub const ALL: &[Variable] = &[$($name),*];
    };
}

variables! {
    NEXTCLOUD_MCP_HOST = Variable::new(Server, "Address or host name to listen on; `0.0.0.0` is every IPv4 interface.")
        .default("127.0.0.1").flag("--host");
    NEXTCLOUD_MCP_PORT = Variable::new(Server, "Port to listen on.").default("8000").flag("--port");
    MCP_TRANSPORT = Variable::new(Server, "`streamable-http` (`http` is the same) or `stdio`; `stdio` serves a single user only.")
        .default("streamable-http").flag("--transport");
    MCP_DEPLOYMENT_MODE = Variable::new(Server,
        "`single_user_basic` (one user, app password from this configuration), `oauth` or `login_flow` (both: many users, \
         OAuth), or `auto`: single user when a user name and password are set, else OAuth.")
        .default("auto");
    NEXTCLOUD_MCP_ENABLED_APPS = Variable::new(Server,
        "Nextcloud apps to serve, comma-separated: `notes`, `tables`, `webdav`, `sharing`, `calendar`, `contacts`, `cookbook`, \
         `deck`; the flag takes one and can be repeated.")
        .computed("all of them").flag("--enable-app");
    NEXTCLOUD_MCP_SERVER_URL = Variable::new(Server,
        "The URL under which MCP clients and browsers reach this server, without `/mcp`; clients compare it with what they \
         were given, so it has to be exact.")
        .computed("`http://localhost:` and the port").flag("--mcp-server-url");
    MCP_DISABLE_CAPABILITY_GATING = Variable::new(Server, "Lists and runs the tools of apps that Nextcloud does not report as installed.")
        .default("false");
    WEBDAV_WRITE_MAX_MB = Variable::new(Server, "Largest file content that a tool call may carry, in MiB.").default("50");
    EXCLUDED_TAGS = Variable::new(Server,
        "System tags, comma-separated, whose files and folders no tool shows or touches; users have to be able to see the tags.");
    MAX_REQUEST_BODY_BYTES = Variable::new(Server, "Largest request body accepted on `/mcp`: bytes, or with a unit (`16 MiB`).")
        .computed("`WEBDAV_WRITE_MAX_MB` in base64 plus 1 MiB");

    MCP_DNS_REBINDING_PROTECTION = Variable::new(HttpGuard,
        "Refuses requests whose `Host` or `Origin` is not an allowed one, as a web page that was pointed at this server sends them.")
        .default("true");
    MCP_ALLOWED_HOSTS = Variable::new(HttpGuard,
        "Further host names accepted in `Host`, comma-separated: `name` or `name:*` for any port, `name:port` for one.")
        .computed("always allowed: the host of `NEXTCLOUD_MCP_SERVER_URL`, the loopback names, the address listened on");
    MCP_ALLOWED_ORIGINS = Variable::new(HttpGuard,
        "Further web origins accepted in `Origin`, comma-separated, such as `https://app.example.org` or `http://localhost:*`.")
        .computed("always allowed: the origin of `NEXTCLOUD_MCP_SERVER_URL`, and loopback origins");
    CORS_ALLOW_ORIGINS = Variable::new(HttpGuard,
        "Web origins whose scripts may read the answers, comma-separated, or `*` for all; they are accepted in `Origin` as well.")
        .computed("the allowed origins");
    COOKIE_SECURE = Variable::new(HttpGuard,
        "Whether browsers keep this server's cookies for TLS only, with names that begin with `__Host-`: `true`, `false` or `auto`.")
        .computed("`true` if `NEXTCLOUD_MCP_SERVER_URL` begins with `https://`");

    NEXTCLOUD_HOST = Variable::new(Nextcloud, "Base URL of Nextcloud, with its path if it has one. Required.").flag("--nextcloud-host");
    NEXTCLOUD_USERNAME = Variable::new(Nextcloud, "Login name of the single user.").flag("--nextcloud-username");
    NEXTCLOUD_PASSWORD = Variable::new(Nextcloud, "App password of the single user.").flag("--nextcloud-password").secret();
    NEXTCLOUD_PUBLIC_URL = Variable::new(Nextcloud, "Base URL of Nextcloud in people's browsers, for links, when `NEXTCLOUD_HOST` is an internal address.");
    NEXTCLOUD_VERIFY_SSL = Variable::new(Nextcloud, "Whether the TLS certificates of Nextcloud and the identity provider are checked.").default("true");
    NEXTCLOUD_CA_BUNDLE = Variable::new(Nextcloud, "PEM file with further certificate authorities.");
    NEXTCLOUD_HTTP_KEEPALIVE = Variable::new(Nextcloud, "Whether connections to Nextcloud are reused.").default("true");
    NEXTCLOUD_CONNECT_TIMEOUT_SECONDS = Variable::new(Nextcloud, "Bound on connecting to Nextcloud.").default("5");
    NEXTCLOUD_TIMEOUT_SECONDS = Variable::new(Nextcloud, "Bound on waiting for an answer of Nextcloud, and on silence within it.").default("30");

    OIDC_DISCOVERY_URL = Variable::new(OAuth, "Discovery document of the identity provider.")
        .computed("`NEXTCLOUD_HOST` and `/.well-known/openid-configuration`");
    OIDC_DISCOVERY_BACKOFF_BASE = Variable::new(OAuth, "Seconds before discovery is tried a second time; doubled after each failure.").default("1");
    OIDC_DISCOVERY_BACKOFF_MAX = Variable::new(OAuth, "Longest pause between two tries of discovery, in seconds; it is tried until it succeeds.").default("15");
    NEXTCLOUD_OIDC_CLIENT_ID = Variable::new(OAuth, "This server's own client at the identity provider.")
        .computed("registers itself (RFC 7591)").flag("--oauth-client-id");
    NEXTCLOUD_OIDC_CLIENT_SECRET = Variable::new(OAuth, "Secret of that client.").flag("--oauth-client-secret").secret();
    NEXTCLOUD_OIDC_SCOPES = Variable::new(OAuth, "Scopes asked for when the server registers itself, separated by spaces.")
        .computed("`openid profile email` and those of the enabled apps").flag("--oauth-scopes");
    NEXTCLOUD_OIDC_TOKEN_TYPE = Variable::new(OAuth, "Kind of access token asked for at registration: `bearer` (opaque) or `jwt`.")
        .default("bearer").flag("--oauth-token-type");
    NEXTCLOUD_OIDC_RESOURCE = Variable::new(OAuth, "What the identity provider calls Nextcloud: the URI that users' access is asked for (`resource`, RFC 8707), or `none` for a provider that refuses to be told.")
        .computed("the public URL of Nextcloud");
    NEXTCLOUD_PUBLIC_ISSUER_URL = Variable::new(OAuth, "Issuer as browsers reach it, when the identity provider has another name inside the network.")
        .flag("--public-issuer-url");
    OIDC_ISSUER = Variable::new(OAuth, "Issuer that tokens have to name, compared character by character.").computed("from discovery");
    JWKS_URI = Variable::new(OAuth, "The provider's signing keys.").computed("from discovery");
    INTROSPECTION_URI = Variable::new(OAuth, "The provider's introspection endpoint (RFC 7662).").computed("from discovery");
    USERINFO_URI = Variable::new(OAuth, "The provider's userinfo endpoint.").computed("from discovery");
    NEXTCLOUD_MCP_SCOPE_SEPARATOR = Variable::new(OAuth, "`:` or `.`: how advertised scopes are spelt (`notes:read`, `notes.read`); both are always understood.").default(":");
    TOKEN_CACHE_TTL_SECONDS = Variable::new(OAuth, "Longest time that a verified token is trusted without asking again, so the time until a revocation is noticed; 0 asks every time.").default("60");
    ALLOWED_MCP_CLIENTS = Variable::new(OAuth, "Clients that may log in through `/oauth/authorize`, separated by commas: `id` for any loopback redirect, `id|redirect_uri` for that one; unset lets any client of the identity provider in.");
    OIDC_RESOURCE_SERVER_ID = Variable::new(OAuth, "What the identity provider prefixes scopes with, and a slash (AWS Cognito).");
    NEXTCLOUD_TOKEN_EXCHANGE = Variable::new(OAuth, "Exchanges the MCP client's token for one of Nextcloud's (RFC 8693), at an identity provider that offers it, instead of asking each user for access.").default("false");
    NEXTCLOUD_TOKEN_EXCHANGE_AUDIENCE = Variable::new(OAuth, "What the identity provider calls Nextcloud, where an exchange has to name it.");
    NEXTCLOUD_TOKEN_PASSTHROUGH = Variable::new(OAuth, "Shows Nextcloud the MCP client's own token, instead of asking each user for access; the MCP specification forbids it.").default("false");

    TOKEN_STORAGE_DB = Variable::new(Storage, "File that holds the registered client and the grants, encrypted; not used for a single user.")
        .computed("`nextcloud-mcp-server/credentials.redb` in `$XDG_DATA_HOME` or `~/.local/share`");
    TOKEN_ENCRYPTION_KEY = Variable::new(Storage,
        "Key that the file is encrypted with: 32 bytes in base64, as `openssl rand -base64 32` or Fernet makes them; older keys \
         may follow after commas, to be replaced by the first.")
        .computed("generated into a file beside `TOKEN_STORAGE_DB`, with `.key` added to its name").secret();

    LOG_LEVEL = Variable::new(Observability, "`critical`, `error`, `warning`, `info`, `debug` or `trace`.").default("info").flag("--log-level");
    RUST_LOG = Variable::new(Observability, "Filter directives put on top of `LOG_LEVEL`, such as `nextcloud_mcp=debug`.");
    LOG_FORMAT = Variable::new(Observability, "`text` or `json`.").default("text");
    LOG_INCLUDE_TRACE_CONTEXT = Variable::new(Observability, "Whether log lines carry trace and span ids.").default("true");
    METRICS_ENABLED = Variable::new(Observability, "Whether Prometheus metrics are served.").default("true");
    METRICS_HOST = Variable::new(Observability, "Address that `/metrics` listens on.").default("127.0.0.1");
    METRICS_PORT = Variable::new(Observability, "Port that `/metrics` listens on.").default("9090");
    OTEL_EXPORTER_OTLP_ENDPOINT = Variable::new(Observability, "Base URL of an OTLP receiver (HTTP) that traces are sent to; the other standard `OTEL_*` variables apply too.");
    OTEL_SERVICE_NAME = Variable::new(Observability, "Name of this service in traces.").computed("`nextcloud-mcp-server`");
}

/// The variable called `name`, if it has an effect.
pub fn find(name: &str) -> Option<&'static Variable> {
    ALL.iter().find(|variable| variable.name == name)
}
