//! What a sandbox is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::clock::Clock;
use crate::users::User;

const DAY: Duration = Duration::from_hours(24);

/// The form of the access tokens that the `oidc` app issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenType {
    /// A random string, known only to the server.
    Opaque,
    /// A signed JWT of type `at+JWT` (RFC 9068).
    Jwt,
}

impl TokenType {
    /// The name used in client registrations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opaque => "opaque",
            Self::Jwt => "jwt",
        }
    }
}

/// The settings of a [`Sandbox`](crate::Sandbox). The defaults are those of the recorded instance, on a free port of
/// the loopback interface, with the users alice and bob.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one switch of the apps' settings pages"
)]
pub struct SandboxOptions {
    pub(crate) bind: SocketAddr,
    pub(crate) users: Vec<User>,
    pub(crate) clock: Clock,
    pub(crate) seed: bool,
    pub(crate) expire_time: Duration,
    pub(crate) refresh_expire_time: Duration,
    pub(crate) client_expire_time: Duration,
    pub(crate) default_token_type: TokenType,
    pub(crate) consent: bool,
    pub(crate) dynamic_registration: bool,
    pub(crate) registration_access_tokens: bool,
    pub(crate) max_clients: Option<usize>,
    pub(crate) scope_limit: usize,
    pub(crate) bearer_validation: bool,
    pub(crate) trusted_issuer: Option<String>,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            users: vec![User::alice(), User::bob()],
            clock: Clock::system(),
            seed: true,
            expire_time: Duration::from_hours(1),
            refresh_expire_time: 7 * DAY,
            client_expire_time: 30 * DAY,
            default_token_type: TokenType::Jwt,
            consent: true,
            dynamic_registration: true,
            registration_access_tokens: true,
            max_clients: None,
            scope_limit: 512,
            bearer_validation: true,
            trusted_issuer: None,
        }
    }
}

impl SandboxOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Listens here instead of on a free loopback port.
    #[must_use]
    pub fn bind(mut self, address: SocketAddr) -> Self {
        self.bind = address;
        self
    }

    /// Has exactly these users.
    #[must_use]
    pub fn users(mut self, users: impl IntoIterator<Item = User>) -> Self {
        self.users = users.into_iter().collect();
        self
    }

    /// Takes the time from `source` instead of the system.
    #[must_use]
    pub fn time_source(mut self, source: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Clock::new(Arc::new(source));
        self
    }

    /// Whether users start with something to look at. On by default.
    #[must_use]
    pub fn seed(mut self, seed: bool) -> Self {
        self.seed = seed;
        self
    }

    /// `expires_in` of access tokens; as on a real server they work twice as long. Default: one hour.
    #[must_use]
    pub fn expire_time(mut self, lifetime: Duration) -> Self {
        self.expire_time = lifetime;
        self
    }

    /// `refresh_expires_in` of refresh tokens. Default: seven days.
    #[must_use]
    pub fn refresh_expire_time(mut self, lifetime: Duration) -> Self {
        self.refresh_expire_time = lifetime;
        self
    }

    /// How long a dynamically registered client lives. Default: thirty days (the app's own default is one hour).
    #[must_use]
    pub fn client_expire_time(mut self, lifetime: Duration) -> Self {
        self.client_expire_time = lifetime;
        self
    }

    /// The token type of a client whose registration asks for one that the app does not know. Default: JWT.
    #[must_use]
    pub fn default_token_type(mut self, token_type: TokenType) -> Self {
        self.default_token_type = token_type;
        self
    }

    /// Whether users are asked before a client gets a token. On by default.
    #[must_use]
    pub fn consent(mut self, consent: bool) -> Self {
        self.consent = consent;
        self
    }

    /// Whether clients may register themselves (RFC 7591). On by default.
    #[must_use]
    pub fn dynamic_registration(mut self, allowed: bool) -> Self {
        self.dynamic_registration = allowed;
        self
    }

    /// Whether registrations answer with a `registration_access_token`; older versions of the app did not.
    #[must_use]
    pub fn registration_access_tokens(mut self, issued: bool) -> Self {
        self.registration_access_tokens = issued;
        self
    }

    /// Refuses registrations above this number of clients, as the app does except on `SQLite`.
    #[must_use]
    pub fn max_clients(mut self, clients: usize) -> Self {
        self.max_clients = Some(clients);
        self
    }

    /// Where a client's scope string is cut. Default: 512 characters; older versions of the app cut earlier.
    #[must_use]
    pub fn scope_limit(mut self, characters: usize) -> Self {
        self.scope_limit = characters;
        self
    }

    /// Whether `user_oidc` accepts the `oidc` app's tokens as bearers (`oidc_provider_bearer_validation`). On by
    /// default.
    #[must_use]
    pub fn bearer_validation(mut self, enabled: bool) -> Self {
        self.bearer_validation = enabled;
        self
    }

    /// Another identity provider whose bearer tokens `user_oidc` takes: those meant for its client there, `nextcloud`. The
    /// provider is looked for when such a token comes.
    #[must_use]
    pub fn trusted_issuer(mut self, issuer: impl Into<String>) -> Self {
        self.trusted_issuer = Some(issuer.into());
        self
    }
}
