//! What a token verifier is told at start.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use observability::Metrics;
use url::Url;

use crate::clock::SharedClock;

/// What a token verifier is told at start.
#[derive(Clone)]
pub struct VerifierOptions {
    /// The client for calls to the provider.
    pub http: reqwest::Client,
    /// The time that tokens are checked against.
    pub clock: SharedClock,
    /// The provider and where to find it.
    pub provider: ProviderOptions,
    /// This server's resource identifier (RFC 8707), `{public}/mcp`: named when a token is for somebody else.
    pub resource: Arc<str>,
    /// Whom tokens may be meant for besides our OAuth client: `{public}` and `{public}/mcp`.
    pub audiences: Vec<String>,
    /// Scopes that this server knows, in any spelling: a granted scope cut short (Nextcloud's oidc app before 1.11) is
    /// recognised by them.
    pub known_scopes: Vec<String>,
    /// `OIDC_RESOURCE_SERVER_ID`: scopes may be prefixed with it and a slash (AWS Cognito).
    pub resource_server_id: Option<String>,
    /// Bounds of the two caches.
    pub cache: CacheOptions,
    /// How far the provider's clock may be from ours.
    pub leeway: Duration,
    /// How many requests may wait for an answer of the provider at once.
    pub waiting_limit: usize,
    /// How many calls about tokens may be under way at once.
    pub call_limit: usize,
    /// Where checks are counted.
    pub metrics: Metrics,
}

impl VerifierOptions {
    /// The usual bounds, for a provider and this server's `resource`.
    pub fn new(http: reqwest::Client, clock: SharedClock, provider: ProviderOptions, resource: &str) -> Self {
        Self {
            http,
            clock,
            provider,
            resource: resource.into(),
            audiences: vec![resource.to_owned()],
            known_scopes: Vec::new(),
            resource_server_id: None,
            cache: CacheOptions::default(),
            leeway: Duration::from_secs(10),
            waiting_limit: 1024,
            call_limit: 64,
            metrics: Metrics::new(),
        }
    }
}

impl fmt::Debug for VerifierOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("VerifierOptions")
            .field("provider", &self.provider)
            .field("resource", &self.resource)
            .field("audiences", &self.audiences)
            .finish_non_exhaustive()
    }
}

/// The provider, where to find it, and how patiently.
#[derive(Debug, Clone)]
pub struct ProviderOptions {
    /// An issuer or the URL of its metadata: `OIDC_DISCOVERY_URL`, else `NEXTCLOUD_HOST`.
    pub location: Url,
    /// `NEXTCLOUD_PUBLIC_ISSUER_URL`: the issuer as browsers and clients reach it, when that is another address.
    pub public_issuer: Option<Url>,
    /// `OIDC_ISSUER`: tokens name this issuer, whatever the metadata says.
    pub issuer: Option<String>,
    /// `JWKS_URI`, in place of the metadata's.
    pub jwks_uri: Option<String>,
    /// `INTROSPECTION_URI`, in place of the metadata's.
    pub introspection_uri: Option<String>,
    /// `USERINFO_URI`, in place of the metadata's.
    pub userinfo_uri: Option<String>,
    /// `OIDC_DISCOVERY_MAX_ATTEMPTS`: after so many the waits between attempts no longer grow.
    pub max_attempts: u32,
    /// `OIDC_DISCOVERY_BACKOFF_BASE`: the wait after the first attempt; it doubles with each.
    pub backoff_base: Duration,
    /// `OIDC_DISCOVERY_BACKOFF_MAX`: the longest wait.
    pub backoff_max: Duration,
    /// How often metadata and keys are fetched again.
    pub refresh_interval: Duration,
    /// An unknown key makes for one fetch of the keys in this time.
    pub key_cooldown: Duration,
}

impl ProviderOptions {
    /// The usual waits, for the provider at `location`.
    pub fn new(location: Url) -> Self {
        Self {
            location,
            public_issuer: None,
            issuer: None,
            jwks_uri: None,
            introspection_uri: None,
            userinfo_uri: None,
            max_attempts: 10,
            backoff_base: Duration::from_secs(1),
            backoff_max: Duration::from_secs(15),
            refresh_interval: Duration::from_mins(10),
            key_cooldown: Duration::from_secs(30),
        }
    }

    /// The wait after `attempts` failed ones.
    pub(super) fn backoff(&self, attempts: u32) -> Duration {
        if attempts >= self.max_attempts {
            return self.backoff_max;
        }
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        self.backoff_base.saturating_mul(doubled).min(self.backoff_max)
    }
}

/// Bounds of the verified-token cache and of the cache of refused tokens.
#[derive(Debug, Clone, Copy)]
pub struct CacheOptions {
    /// Longest time that a verified token is believed without another look; a revocation is seen within it.
    pub ttl: Duration,
    /// Most verified tokens that are kept.
    pub capacity: u64,
    /// Longest time that a refused token is refused without another look.
    pub negative_ttl: Duration,
    /// Most refused tokens that are kept.
    pub negative_capacity: u64,
}

impl Default for CacheOptions {
    fn default() -> Self {
        Self {
            ttl: Duration::from_mins(1),
            capacity: 50_000,
            negative_ttl: Duration::from_secs(10),
            negative_capacity: 10_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use url::Url;

    use super::ProviderOptions;

    #[test]
    fn waits_double_up_to_the_longest_and_never_end() {
        let options = ProviderOptions::new(Url::parse("http://localhost").unwrap());
        let waits: Vec<u64> = (1..=6).map(|attempts| options.backoff(attempts).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 15, 15]);
        assert_eq!(options.backoff(u32::MAX), Duration::from_secs(15));
    }
}
